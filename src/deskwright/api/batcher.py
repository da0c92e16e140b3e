"""Requests that arrive together share one transaction; each is answered after its commit. One per process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from deskwright.desk import clock, intake
from deskwright.desk.arrivals import Arrival, Outcome
from deskwright.desk.errors import Unavailable
from deskwright.desk.gathering import Gathering
from deskwright.store import outage

Waiting = asyncio.Future[Outcome]
MOST = 256
"""Arrivals in one transaction; a batch of one when the desk is quiet."""
ROOM = 2048
"""Arrivals that may wait before further ones are turned away."""

HIDDEN = "The database does not answer. An Idempotency-Key lets you try again without a second ticket."


class Batcher:
    """Lives on one event loop; the commits happen on a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.gathering: Gathering[Arrival, Outcome, Waiting] = Gathering(
            "intake", receive, self.answer, most=MOST, room=ROOM
        )

    def open(self) -> None:
        self.gathering.open()
        self.off_duty = outage.keep_patrol()

    def close(self) -> None:
        self.off_duty.set()
        self.gathering.close()

    async def take(self, arrival: Arrival) -> Outcome:
        """How the arrival ended, durable. Raises Unavailable when nothing was kept, or a hanging database hides it."""
        waiting: Waiting = self.loop.create_future()
        self.gathering.submit(arrival, waiting)
        self.loop.call_later(outage.DOUBT, self.doubt, waiting)
        return await waiting

    def doubt(self, waiting: Waiting) -> None:
        """Let nobody wait for a database that hangs."""
        if waiting.done():
            return
        if outage.lookout.away():
            waiting.set_exception(Unavailable(HIDDEN))
        else:
            self.loop.call_later(outage.DOUBT, self.doubt, waiting)

    def answer(self, answers: Sequence[tuple[Waiting, Outcome | Exception]]) -> None:
        self.loop.call_soon_threadsafe(settle, answers)


def receive(batch: Sequence[Arrival]) -> Sequence[Outcome]:
    return intake.receive(batch, clock.now())


def settle(answers: Sequence[tuple[Waiting, Outcome | Exception]]) -> None:
    for waiting, result in answers:
        if waiting.done():
            continue
        if isinstance(result, Exception):
            waiting.set_exception(result)
        else:
            waiting.set_result(result)
