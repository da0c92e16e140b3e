"""Who watches the desk live from this process, and what each may be told.

Announcements are gathered for a moment; where the tickets are is looked up once for all watchers, then each gets the
ids it may see. A slow reader's ids are dropped for a single "something changed"; its browser fetches the list anyway.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user

from deskwright.desk import access
from deskwright.store import live, outage
from deskwright.store.aside import aside
from deskwright.store.connection import cursor
from deskwright.store.live import DESK, PRESENCE, STUDIO, Change, listen, understand
from deskwright.store.models import Agent
from deskwright.web.chat.lobby import Lobby, say
from deskwright.web.presence import Presence

GATHER = 0.2  # seconds of announcements told together
HEARTBEAT = 15.0
TIDY = 2.0
CHECK = 60.0  # seconds after which a session is asked for again
MOST = 500
"""Ids a stream holds unread, and ids looked up at once; beyond that only "something changed" is told."""

log = logging.getLogger("deskwright.live")


@dataclass(frozen=True, slots=True)
class Authority:
    """What an agent may be told: the rule of `desk.access`, which a test proves. `queues` None sees every ticket.

    Without `anything` no ticket is seen at all.
    """

    agent: int
    queues: frozenset[str] | None
    anything: bool = True
    name: str = ""

    def sees(self, queue: str | None, assignee: int | None) -> bool:
        if not self.anything:
            return False
        return self.queues is None or queue is None or queue in self.queues or assignee == self.agent


def session_key(cookies: str) -> str | None:
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return found.value if found else None


def authority(key: str) -> Authority | None:
    """What the agent of this session may see now; None when it has ended or the agent may not sign in any more."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    agent: Any = get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]  # it reads nothing else
    return rule(agent) if agent.is_authenticated and agent.is_active else None


def rule(agent: Agent) -> Authority:
    """What this agent may be told now."""
    visible = access.visible_tickets(agent)
    queues = None if visible is access.EVERYTHING else frozenset(visible.params.get("sees_queues", ()))
    return Authority(agent.pk, queues, anything=visible is not access.NOTHING, name=agent.name)


class Watch:
    """One open stream: what it has not been told yet."""

    __slots__ = (
        "beat",
        "calls",
        "key",
        "notice",
        "over",
        "people",
        "seen",
        "stirred",
        "studio",
        "ticket",
        "tickets",
        "wake",
    )

    def __init__(self, key: str, seen: Authority, ticket: int | None = None) -> None:
        self.key = key
        self.seen = seen
        self.ticket = ticket
        """The ticket on its page, which its agent may see."""
        self.people: bytes | None = None
        self.tickets: set[int] = set()
        self.stirred = self.notice = self.calls = self.studio = self.beat = self.over = False
        self.wake = asyncio.Event()

    def stir(self) -> None:
        self.stirred = True
        self.wake.set()

    def end(self) -> None:
        self.over = True
        self.wake.set()

    def hear(self, change: Change, places: Mapping[int, tuple[str | None, int | None]]) -> None:
        self.tickets |= {ticket for ticket, place in places.items() if self.seen.sees(*place)}
        if len(self.tickets) > MOST:
            self.tickets.clear()
        self.notice = self.notice or change.unnamed or self.seen.agent in change.agents
        self.calls = self.calls or change.calls or change.unnamed
        self.studio = self.studio or change.unnamed
        self.stirred = self.stirred or bool(change.tickets or change.agents or change.unnamed)
        self.wake.set()

    def follow(self) -> None:
        """Something the studio runs has moved."""
        self.studio = True
        self.wake.set()

    def meet(self, people: bytes) -> None:
        """Others came to the ticket on the page, left it, or write."""
        self.people = people
        self.wake.set()

    def take(self) -> bytes:
        """Everything gathered, as events; forgets it."""
        self.wake.clear()
        parts = [b'event: ticket\ndata: {"id": %d}\n\n' % ticket for ticket in sorted(self.tickets)]
        parts += [b"event: inbox\ndata: {}\n\n"] if self.stirred else []
        parts += [b"event: notice\ndata: {}\n\n"] if self.notice else []
        parts += [b"event: call\ndata: {}\n\n"] if self.calls else []
        parts += [b"event: studio\ndata: {}\n\n"] if self.studio else []
        parts += [b"event: presence\ndata: %b\n\n" % self.people] if self.people is not None else []
        parts += [b": still here\n\n"] if self.beat and not parts else []
        self.tickets.clear()
        self.people = None
        self.stirred = self.notice = self.calls = self.studio = self.beat = False
        return b"".join(parts)


class Station:
    """All watches of this process. Lives on one event loop; a thread hears the database for it."""

    def __init__(self) -> None:
        self.watches: set[Watch] = set()
        self.presence = Presence()
        self.lobby = Lobby()
        self.looked = 0.0
        self.tickets: set[int] = set()
        self.agents: set[int] = set()
        self.unnamed = self.calls = False
        self.stirred = asyncio.Event()
        self.stop = threading.Event()
        self.saying: set[asyncio.Task[None]] = set()
        self.tasks: list[asyncio.Task[None]] = []
        self.ear: threading.Thread | None = None

    @contextmanager
    def joined(self, watch: Watch) -> Iterator[None]:
        self.watches.add(watch)
        if watch.ticket is not None:
            watch.meet(self.presence.others(watch.ticket, watch.seen.agent, now()))
            self.say(live.presence(here=[(watch.ticket, watch.seen.agent, watch.seen.name)]))
        try:
            yield
        finally:
            self.watches.discard(watch)
            if watch.ticket is not None and not self.looks(watch.ticket, watch.seen.agent):
                self.say(live.presence(gone=[(watch.ticket, watch.seen.agent, "")]))

    def looks(self, ticket: int, agent: int) -> bool:
        """Whether the agent has the ticket open on another page of this process."""
        return any(watch.ticket == ticket and watch.seen.agent == agent for watch in self.watches)

    def say(self, payloads: Sequence[str]) -> None:
        """Let every process know, behind the caller's back. What is not said now fades or is said again."""
        task = asyncio.get_running_loop().create_task(say(payloads))
        self.saying.add(task)
        task.add_done_callback(self.saying.discard)

    def notice(self, payload: str) -> None:
        self.show(self.presence.hear(payload, now()))
        self.lobby.notice(payload)

    def follow(self) -> None:
        for watch in self.watches:
            watch.follow()

    def show(self, tickets: Iterable[int]) -> None:
        """Tell those who have one of these tickets open who else is there."""
        changed = frozenset(tickets)
        for watch in self.watches:
            if watch.ticket in changed and watch.ticket is not None:
                watch.meet(self.presence.others(watch.ticket, watch.seen.agent, now()))

    def open(self) -> None:
        """Begin to listen. Called on the event loop, which must be the one that serves the streams."""
        loop = asyncio.get_running_loop()
        self.tasks = [loop.create_task(work()) for work in (self.spread, self.keep, self.fade, self.lobby.spread)]
        self.ear = threading.Thread(target=self.listen, args=[loop], name="live", daemon=True)
        self.ear.start()

    async def close(self) -> None:
        """End every stream, then stop listening."""
        self.stop.set()
        self.lobby.close()
        for watch in self.watches:
            watch.end()
        for task in self.tasks:
            task.cancel()
        if self.ear:
            await asyncio.to_thread(self.ear.join, 5)

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        def heard(channel: str, payload: str) -> None:
            if self.stop.is_set():
                return
            if channel == PRESENCE:
                loop.call_soon_threadsafe(self.notice, payload)
            elif channel == STUDIO:
                loop.call_soon_threadsafe(self.follow)
            else:
                loop.call_soon_threadsafe(self.hear, understand(payload))

        listen([DESK, PRESENCE, STUDIO], heard, lambda: heard(DESK, ""), self.stop)

    def hear(self, change: Change) -> None:
        self.tickets |= change.tickets
        self.agents |= change.agents
        self.unnamed |= change.unnamed
        self.calls |= change.calls
        self.lobby.hear(change)
        self.stirred.set()

    async def spread(self) -> None:
        """Tell what was gathered, again and again."""
        while True:
            await self.stirred.wait()
            await asyncio.sleep(GATHER)
            self.stirred.clear()
            change = Change(frozenset(self.tickets), frozenset(self.agents), self.unnamed, self.calls)
            self.tickets, self.agents, self.unnamed, self.calls = set(), set(), False, False
            if self.watches:
                places = await self.places(change)
                for watch in self.watches:
                    watch.hear(change, places)

    async def places(self, change: Change) -> Mapping[int, tuple[str | None, int | None]]:
        if not change.tickets or len(change.tickets) > MOST:
            return {}
        try:
            return await aside(places, sorted(change.tickets))
        except outage.AWAY:
            return {}
        except Exception:
            log.exception("Where changed tickets are cannot be told; screens hear less of them")
            return {}

    async def keep(self) -> None:
        """Heartbeats, and sessions asked for again, in turn."""
        rounds = 0
        while True:
            await asyncio.sleep(HEARTBEAT)
            rounds += 1
            looking = {(w.ticket, w.seen.agent, w.seen.name) for w in self.watches if w.ticket is not None}
            self.say(live.presence(here=sorted(looking)))
            await self.lobby.beat()
            for watch in list(self.watches):
                watch.beat = True
                watch.wake.set()
                if rounds % int(CHECK // HEARTBEAT) == 0:
                    await self.check(watch)

    async def fade(self) -> None:
        """Who has gone without a word, or stopped writing, in turn."""
        while True:
            await asyncio.sleep(TIDY)
            since, self.looked = self.looked, now()
            self.show(self.presence.fade(self.looked, since))
            await self.lobby.move_up()

    async def check(self, watch: Watch) -> None:
        try:
            seen = await aside(authority, watch.key)
        except outage.AWAY:
            return
        except Exception:
            log.exception("A session cannot be asked for; it is asked again")
            return
        if seen is None:
            watch.end()
        else:
            watch.seen = seen


def now() -> float:
    """Seconds of the event loop's clock: how long ago, never what time."""
    return asyncio.get_running_loop().time()


def sees(seen: Authority, ticket: int) -> bool:
    """Whether who asks may see the ticket."""
    place = places([ticket]).get(ticket)
    return place is not None and seen.sees(*place)


def places(tickets: list[int]) -> dict[int, tuple[str | None, int | None]]:
    """Where tickets are now: id -> (queue, assignee)."""
    rows = cursor().execute("SELECT id, queue, assignee_id FROM store_ticket WHERE id = ANY(%(ids)s)", {"ids": tickets})
    return {row["id"]: (row["queue"], row["assignee_id"]) for row in rows}
