"""Visitors whose chat windows are open at this process: what each has not been shown yet.

What they see is looked up once for all who are concerned by a change. Lives on one event loop, beside the agents'
station, which tells it what the database announces.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import orjson

from deskwright.desk import clock
from deskwright.desk.chat import being, reading
from deskwright.desk.chat.being import VISITOR
from deskwright.store import live, outage
from deskwright.store.aside import aside
from deskwright.store.connection import cursor
from deskwright.store.live import PRESENCE, Change

GATHER: Final = 0.03
"""Seconds of announcements told together: less than anybody notices in a conversation."""
MOST: Final = 100
"""Events a window holds unread; beyond that its stream ends."""
WINDOWS: Final = 6
"""Open windows of one visitor in one process."""

log = logging.getLogger("deskwright.chat")


class Guest:
    """One open stream of a visitor. `after` is the newest message it was told."""

    __slots__ = ("after", "name", "over", "parts", "state", "ticket", "waits", "wake")

    def __init__(self, ticket: int, name: str, after: int) -> None:
        self.ticket, self.name, self.after = ticket, name, after
        self.parts: list[bytes] = []
        self.state = b""
        self.waits = self.over = False
        self.wake = asyncio.Event()

    def tell(self, event: bytes) -> None:
        """Queue an event. A window that reads too slowly is ended: it comes back and goes on after what it has."""
        if len(self.parts) < MOST:
            self.parts.append(event)
            self.wake.set()
        else:
            self.end()

    def hear(self, messages: Iterable[Mapping[str, Any]], state: Mapping[str, Any] | None) -> None:
        for message in messages:
            if message["id"] > self.after:
                self.after = message["id"]
                self.tell(b"id: %d\nevent: message\ndata: %b\n\n" % (self.after, orjson.dumps(message)))
        if state is not None:
            self.waits = state["place"] is not None
            said = orjson.dumps(state)
            if said != self.state:
                self.state = said
                self.tell(b"event: state\ndata: %b\n\n" % said)

    def end(self) -> None:
        self.over = True
        self.wake.set()

    def take(self) -> bytes:
        """Everything gathered; forgets it."""
        self.wake.clear()
        said, self.parts = b"".join(self.parts), []
        return said


class Lobby:
    """All guests of this process, by the ticket of their chat."""

    def __init__(self) -> None:
        self.guests: dict[int, set[Guest]] = {}
        self.moved = False
        """Something happened since the places of those who wait were looked up."""
        self.touched: set[int] = set()
        self.stirred = asyncio.Event()
        self.saying: set[asyncio.Task[None]] = set()

    def everybody(self) -> list[Guest]:
        return [guest for some in self.guests.values() for guest in some]

    def crowded(self, ticket: int) -> bool:
        return len(self.guests.get(ticket, ())) >= WINDOWS

    @contextmanager
    def joined(self, guest: Guest) -> Iterator[None]:
        self.guests.setdefault(guest.ticket, set()).add(guest)
        self.behind(self.arrive([guest]))
        try:
            yield
        finally:
            some = self.guests[guest.ticket]
            some.discard(guest)
            if not some:
                del self.guests[guest.ticket]
                self.behind(say(live.presence(gone=[(guest.ticket, VISITOR, "")])))

    def behind(self, work: Any) -> None:
        """Do it behind the caller's back."""
        task = asyncio.get_running_loop().create_task(work)
        self.saying.add(task)
        task.add_done_callback(self.saying.discard)

    async def arrive(self, guests: Sequence[Guest]) -> None:
        """They are there: agents see it, and what was said meanwhile is shown."""
        await self.stay(guests)
        await self.show(guests)

    async def stay(self, guests: Sequence[Guest]) -> None:
        """Let every process know that they are connected, and keep when."""
        if not guests:
            return
        named = sorted({(guest.ticket, VISITOR, guest.name) for guest in guests})
        try:
            await aside(keep, [ticket for ticket, *_ in named], live.presence(here=named))
        except outage.AWAY:
            return
        except Exception:
            log.exception("That visitors are there cannot be kept; it is tried again with the next sign of life")

    def hear(self, change: Change) -> None:
        """A commit touched tickets: those of guests are told in a moment."""
        self.moved = self.moved or bool(change.tickets) or change.unnamed
        concerned = set(self.guests) if change.unnamed else change.tickets & self.guests.keys()
        if concerned:
            self.touched |= concerned
            self.stirred.set()

    async def spread(self) -> None:
        """Tell what was heard, again and again: one look at the rows for everybody it concerns."""
        while True:
            await self.stirred.wait()
            await asyncio.sleep(GATHER)
            self.stirred.clear()
            touched, self.touched = self.touched, set()
            await self.show(self.of(touched))

    def of(self, tickets: Iterable[int]) -> list[Guest]:
        return [guest for ticket in tickets for guest in self.guests.get(ticket, ())]

    async def show(self, guests: Sequence[Guest], *, only_state: bool = False) -> None:
        if not guests:
            return
        afters: dict[int, int] = {}
        for guest in guests:
            afters[guest.ticket] = min(guest.after, afters.get(guest.ticket, guest.after))
        try:
            messages, states = await aside(look_up, {} if only_state else afters, list(afters))
        except outage.AWAY:
            return
        except Exception:
            log.exception("Visitors cannot be told what was said; they hear of it with the next change")
            return
        for guest in guests:
            guest.hear(messages.get(guest.ticket, ()), states.get(guest.ticket))

    async def move_up(self) -> None:
        """Places of those who wait, when somebody before them may have been answered."""
        if self.moved:
            self.moved = False
            await self.show([guest for guest in self.everybody() if guest.waits], only_state=True)

    def notice(self, payload: str) -> None:
        """Somebody writes: their visitors see it."""
        if '"answers"' not in payload or not self.guests:
            return
        with suppress(orjson.JSONDecodeError, TypeError, ValueError, AttributeError):
            for ticket, _agent, name in orjson.loads(payload).get("answers", ()):
                said = b"event: typing\ndata: %b\n\n" % orjson.dumps({"who": reading.first_name(str(name))})
                for guest in self.of([int(ticket)]):
                    guest.tell(said)

    async def beat(self) -> None:
        """They are still there; a sign of life on every stream."""
        everybody = self.everybody()
        for guest in everybody:
            if not guest.parts:
                guest.tell(b": still here\n\n")
        await self.stay(everybody)

    def close(self) -> None:
        for guest in self.everybody():
            guest.end()


def look_up(afters: Mapping[int, int], tickets: list[int]) -> tuple[dict[int, list[Any]], dict[int, Any]]:
    return reading.messages(afters) if afters else {}, reading.states(tickets, clock.now())


def keep(tickets: Sequence[int], payloads: Sequence[str]) -> None:
    being.stay(tickets, now=clock.now())
    announce(payloads)


def announce(payloads: Sequence[str]) -> None:
    live.say(cursor(), PRESENCE, *payloads)


async def say(payloads: Sequence[str]) -> None:
    with suppress(*outage.AWAY):
        await aside(announce, payloads)
