"""Gathers what many callers hand in at the same moment into one deed: while one batch commits, the next one fills.

One thread, one connection. Whoever hands something in is answered after the commit, or told that nothing was kept.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from deskwright.desk.errors import Unavailable
from deskwright.store import outage

Item = TypeVar("Item")
Result = TypeVar("Result")
Token = TypeVar("Token")
RETRIES = 3
"""How often a batch that lost against another transaction (a deadlock) is tried again."""

log = logging.getLogger("deskwright.gathering")


class Gathering(Generic[Item, Result, Token]):
    """`act` does a batch in one transaction and gives results in order; `answer` hands each caller's token its result.

    Both run on the gathering's own thread. A batch grows only with what waits, up to `most`; beyond `room` waiting, or
    while the database is away, `submit` refuses at once.
    """

    def __init__(
        self,
        name: str,
        act: Callable[[Sequence[Item]], Sequence[Result]],
        answer: Callable[[Sequence[tuple[Token, Result | Exception]]], None],
        *,
        most: int = 256,
        room: int = 4096,
    ) -> None:
        self.act, self.answer, self.most, self.room = act, answer, most, room
        self._waiting: deque[tuple[Item, Token]] = deque()
        self._turn = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def open(self) -> None:
        self._thread.start()

    def close(self, seconds: float = 10.0) -> None:
        """Take nothing more, finish what waits, and end."""
        self._stop.set()
        with self._turn:
            self._turn.notify()
        self._thread.join(seconds)

    def submit(self, item: Item, token: Token) -> None:
        """Hand in one item; its token is answered later. Raises Unavailable: full, away, or ending."""
        with self._turn:
            if outage.lookout.away():
                raise Unavailable("The database is away. Nothing was kept; try again shortly.")
            if len(self._waiting) >= self.room or self._stop.is_set():
                raise Unavailable("Too much is waiting. Nothing was kept; try again shortly.", retry_after=1)
            self._waiting.append((item, token))
            self._turn.notify()

    def _work(self) -> None:
        while batch := self._gather():
            try:
                self._settle(batch)
            except Exception:
                log.exception("Answering a batch of %s failed", len(batch))
        outage.let_go()

    def _gather(self) -> list[tuple[Item, Token]]:
        """The next batch; empty at the end."""
        with self._turn:
            while not self._waiting and not self._stop.is_set():
                self._turn.wait()
            return [self._waiting.popleft() for _ in range(min(self.most, len(self._waiting)))]

    def _settle(self, batch: list[tuple[Item, Token]]) -> None:
        try:
            results = self._do([item for item, _ in batch])
        except outage.AWAY as trouble:
            self._turn_away(batch, trouble)
        except Exception as trouble:
            log.exception("A batch of %s failed", len(batch))
            self.answer([(token, trouble) for _, token in batch])
        else:
            self.answer([(token, result) for (_, token), result in zip(batch, results, strict=True)])

    def _do(self, items: Sequence[Item]) -> Sequence[Result]:
        for _ in range(RETRIES):
            try:
                return self.act(items)
            except outage.AWAY as trouble:
                if not outage.passing(trouble):
                    raise
        return self.act(items)

    def _turn_away(self, batch: list[tuple[Item, Token]], trouble: Exception) -> None:
        """Answer this batch and everything behind it; `submit` refuses further ones until the database is back."""
        outage.lookout.notice(trouble)
        outage.let_go()
        with self._turn:
            batch = batch + list(self._waiting)
            self._waiting.clear()
        refusal = f"{outage.plain(trouble)} Nothing was kept; try again shortly."
        self.answer([(token, Unavailable(refusal)) for _, token in batch])
