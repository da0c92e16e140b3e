"""Requests that arrive together share one transaction; each is answered after its commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from deskwright.desk import clock
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Outcome
from deskwright.desk.arriving.gathering import Gathering
from deskwright.desk.errors import Unavailable
from deskwright.store import outage

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST = 256
"""Arrivals in one transaction; a batch of one when the desk is quiet."""
ROOM = 2048
"""Arrivals that may wait before further ones are turned away."""

HIDDEN = "The database does not answer. An Idempotency-Key lets you try again without a second ticket."


class Batcher(Generic[Item, Result]):
    """Lives on one event loop; the commits happen on a thread of its own. `act` takes a batch in."""

    def __init__(self, name: str, act: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self.loop = asyncio.get_running_loop()
        self.gathering: Gathering[Item, Result, asyncio.Future[Result]] = Gathering(
            name, act, self.answer, most=MOST, room=ROOM
        )

    def open(self) -> None:
        """Begin; whoever opens it keeps the patrol that notices when the database is back."""
        self.gathering.open()

    def close(self) -> None:
        self.gathering.close()

    async def take(self, item: Item) -> Result:
        """How it ended, durable. Raises Unavailable when nothing was kept, or a hanging database hides it."""
        waiting: asyncio.Future[Result] = self.loop.create_future()
        self.gathering.submit(item, waiting)
        self.loop.call_later(outage.DOUBT, self.doubt, waiting)
        return await waiting

    def doubt(self, waiting: asyncio.Future[Result]) -> None:
        """Let nobody wait for a database that hangs."""
        if waiting.done():
            return
        if outage.lookout.away():
            waiting.set_exception(Unavailable(HIDDEN))
        else:
            self.loop.call_later(outage.DOUBT, self.doubt, waiting)

    def answer(self, answers: Sequence[tuple[asyncio.Future[Result], Result | Exception]]) -> None:
        self.loop.call_soon_threadsafe(settle, answers)


def of_intake() -> Batcher[Arrival, Outcome]:
    """The one for what programmes hand in."""
    return Batcher("intake", receive)


def receive(batch: Sequence[Arrival]) -> Sequence[Outcome]:
    return intake.receive(batch, clock.now())


def settle(answers: Sequence[tuple[asyncio.Future[Any], Any]]) -> None:
    for waiting, result in answers:
        if waiting.done():
            continue
        if isinstance(result, Exception):
            waiting.set_exception(result)
        else:
            waiting.set_result(result)
