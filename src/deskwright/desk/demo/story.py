"""Simulated time: moments of people and marks of clocks happen in their order, each through a deed of the desk.

What people do at a moment is in `customers` and `work`. No row is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Final

from deskwright.desk import clocks, workflows
from deskwright.desk.demo import board
from deskwright.desk.demo.parts import Thread, Worker, workers
from deskwright.desk.demo.plan import Opening
from deskwright.store.models import Agent

NEVER: Final = datetime.max.replace(tzinfo=UTC)
STOCK: Final = timedelta(days=4)
STUCK: Final = 50
"""Beats at one instant after which a clock does not move."""

Moment = Callable[["Story", datetime], bool]
"""Something somebody does; returns whether a ticket was touched."""


class Story:
    """The desk's days up to `until`."""

    def __init__(self, agents: Mapping[str, Agent], until: datetime, dice: Random) -> None:
        self.until = until
        self.dice = dice
        self.agents = agents
        self.workers = workers(agents, workflows.live())
        self.threads: dict[int, Thread] = {}
        self.moments: list[tuple[datetime, int, Moment]] = []
        self.order = count()
        self.mark = NEVER
        self.stock_at = until - timedelta(days=58)
        self.watchers: list[Callable[[Thread, board.Seen | None, datetime], None]] = []
        """Told of every touched ticket: the thread as it is now, how it was seen before, when."""

    def later(self, at: datetime, moment: Moment) -> None:
        """Let something happen at an instant; what would be after the end never happens."""
        if at <= self.until:
            heappush(self.moments, (at, next(self.order), moment))

    def run(self, openings: Iterable[Opening], write: Callable[[Opening], Moment]) -> None:
        """Live through the openings and all that follows from them."""
        for opening in openings:
            self.later(opening.at, write(opening))
        while (at := min(self.mark, self.next_moment())) <= self.until:
            if self.mark == at:
                self.beat(at)
            else:
                self.happen()

    def next_moment(self) -> datetime:
        return self.moments[0][0] if self.moments else NEVER

    def beat(self, at: datetime) -> None:
        """The worker's beat at the very instant a mark is due. Raises RuntimeError when a clock does not move on."""
        for _ in range(STUCK):
            clocks.tick(at)
            self.look(at)
            if self.mark > at:
                return
        raise RuntimeError(f"the clocks do not move on at {at}")

    def happen(self) -> None:
        at, _, moment = heappop(self.moments)
        if at >= self.stock_at:
            board.take_stock()
            self.stock_at = at + STOCK
        if moment(self, at):
            self.look(at)

    def look(self, at: datetime) -> None:
        """See what became of the tickets, and tell those who watch."""
        touched, mark = board.touched(at)
        self.mark = mark or NEVER
        for seen in touched:
            thread = self.threads.get(seen.id)
            if thread is None:
                continue  # a follow-up, which nobody wrote
            before, thread.seen = thread.seen, seen
            for watch in self.watchers:
                watch(thread, before, at)

    def live(self) -> list[Thread]:
        """The threads on which somebody may still have to say something."""
        return [thread for thread in self.threads.values() if thread.seen is None or thread.seen.status != "solved"]

    def worker(self, agent: int | None) -> Worker | None:
        return self.workers.get(agent) if agent is not None else None
