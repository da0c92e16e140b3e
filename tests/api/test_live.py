"""The event stream: for signed-in agents only, ids only, and only of tickets they may see."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from deskwright.desk import access, clock, workflows
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.staff import people
from deskwright.store.connection import cursor, to_json
from deskwright.store.live import Change
from deskwright.store.models import Agent, Notice, Ticket
from deskwright.web import watching
from deskwright.web.watching import Authority, Watch
from tests.api.running import Exchange, Running, running, scope

WORKFLOW = "workflow: Live\nqueues:\n  technical: {team: technical}\n  billing: {team: billing}\n"
NOBODY_S = 0
"""A ticket that is not there."""
HELLO = b"retry: 2000\nid: 1\n: listening\n\n"


@pytest.fixture
def desk(live_db: str, now: datetime) -> Iterator[Running]:
    workflows.publish(WORKFLOW, now=now)
    for team in ("technical", "billing"):
        people.add_team(team, team.capitalize())
    with running() as desk:
        begin_to_listen(desk)
        yield desk


def begin_to_listen(desk: Running) -> None:
    """Whoever begins to listen is told that anything may have happened before: with what is said now, or earlier."""
    early = Stream(desk, signed_in(agent("Early")))
    announce([NOBODY_S])
    early.hear(b"event: inbox")
    early.leave()


def agent(name: str, role: str = "agent", team: str | None = None) -> Agent:
    from deskwright.store.models import Team

    teams = Team.objects.filter(key=team) if team else ()
    return people.add_agent(name, f"{name.lower()}@desk.example", password="a long password", role=role, teams=teams)


def signed_in(somebody: Agent) -> dict[str, str]:
    browser = Client()
    browser.force_login(somebody, backend="django.contrib.auth.backends.ModelBackend")
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"}


class Stream:
    """An open event stream."""

    def __init__(self, desk: Running, headers: Mapping[str, str]) -> None:
        self.desk = desk
        self.exchange = Exchange([b""])
        self.call = asyncio.run_coroutine_threadsafe(
            desk.application(scope("GET", "/live", headers), self.exchange.receive, self.exchange.send), desk.loop
        )
        self.desk.wait(self.until(lambda said: said.startswith(HELLO) or not self.open))

    @property
    def open(self) -> bool:
        return not self.exchange.sent or bool(self.exchange.sent[0]["status"] == 200)

    @property
    def said(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.exchange.sent[1:])

    async def until(self, true: Any) -> None:
        while not true(self.said):
            self.exchange.heard.clear()
            await asyncio.wait_for(self.exchange.heard.wait(), 10)

    def hear(self, what: bytes) -> None:
        self.desk.wait(self.until(lambda said: what in said))

    def leave(self) -> None:
        self.desk.loop.call_soon_threadsafe(self.exchange.hung_up.set)
        self.call.result(10)


def receive(subject: str = "Exports are down") -> int:
    arrival = Arrival("api", Person("mina@harbor.example"), subject, "Since Monday.")
    (outcome,) = intake.receive([arrival], clock.now())
    assert outcome.ticket_id is not None
    return outcome.ticket_id


def move(ticket: int, queue: str | None, assignee: int | None = None) -> None:
    Ticket.objects.filter(pk=ticket).update(queue=queue, assignee_id=assignee)
    announce([ticket])


def announce(tickets: list[int], agents: list[int] | None = None) -> None:
    said = to_json({"tickets": tickets, "agents": agents or []})
    cursor().execute("SELECT pg_notify('desk', %(said)s)", {"said": said})


def test_a_lead_hears_of_every_ticket(desk: Running) -> None:
    stream = Stream(desk, signed_in(agent("Nora", "lead")))

    ticket = receive()

    stream.hear(b'event: ticket\ndata: {"id": %d}\n\n' % ticket)
    stream.hear(b"event: inbox\ndata: {}\n\n")
    stream.leave()


def test_an_agent_hears_no_number_of_a_ticket_that_is_not_theirs_to_see(desk: Running) -> None:
    ada, bram = agent("Ada", team="technical"), agent("Bram", team="billing")
    ticket = receive()
    move(ticket, "technical")
    hers, his = Stream(desk, signed_in(ada)), Stream(desk, signed_in(bram))

    announce([ticket])

    hers.hear(b'"id": %d' % ticket)
    his.hear(b"event: inbox")
    assert b'"id"' not in his.said
    hers.leave()
    his.leave()


def test_a_notice_is_told_to_its_agent_only(desk: Running, now: datetime) -> None:
    ada, bram = agent("Ada"), agent("Bram")
    hers, his = Stream(desk, signed_in(ada)), Stream(desk, signed_in(bram))
    Notice.objects.create(agent=ada, subject="Look", key="k", created_at=now)

    announce([], [ada.pk])

    hers.hear(b"event: notice\ndata: {}\n\n")
    his.hear(b"event: inbox")
    assert b"event: notice" not in his.said
    hers.leave()
    his.leave()


def test_a_stranger_hears_nothing(desk: Running, now: datetime) -> None:
    gone = agent("Gwen")
    cookies = signed_in(gone)
    Agent.objects.filter(pk=gone.pk).update(is_active=False)

    for headers in ({}, {"cookie": "sessionid=guessed"}, {"cookie": 'a="'}, cookies):
        answer = desk.request("GET", "/live", **headers)
        assert (answer.status, answer.body) == (401, b"")


def test_a_session_that_ends_ends_its_stream(desk: Running) -> None:
    ada = agent("Ada")
    stream = Stream(desk, signed_in(ada))
    (watch,) = desk.application.station.watches
    Agent.objects.filter(pk=ada.pk).update(is_active=False)

    desk.wait(desk.application.station.check(watch))

    stream.call.result(10)
    assert not desk.application.station.watches


def test_whoever_comes_back_is_told_to_look_again(desk: Running) -> None:
    stream = Stream(desk, signed_in(agent("Ada")) | {"last_event_id": "1"})

    stream.hear(b"event: inbox\ndata: {}\n\n")
    stream.leave()


def test_a_browser_that_leaves_is_forgotten(desk: Running) -> None:
    stream = Stream(desk, signed_in(agent("Ada")))
    assert len(desk.application.station.watches) == 1

    stream.leave()

    assert not desk.application.station.watches


def test_the_rule_of_the_stream_is_the_rule_of_every_list(db: str, now: datetime) -> None:
    workflows.publish(WORKFLOW, now=now)
    teams = {key: people.add_team(key, key) for key in ("technical", "billing")}
    every = product(("admin", "lead", "agent", "light"), ((), ("technical",), ("technical", "billing")))
    agents = [
        people.add_agent(f"A{number}", f"a{number}@desk.example", role=role, teams=[teams[key] for key in keys])
        for number, (role, keys) in enumerate(every)
    ]
    tickets = [receive(f"{number}") for number in range(10)]
    queues = (None, "technical", "billing", "unknown", "technical")
    for number, ticket in enumerate(tickets):
        assignee = None if number < 5 else agents[number].pk
        Ticket.objects.filter(pk=ticket).update(queue=queues[number % 5], assignee=assignee)
    where = watching.places(tickets)

    for somebody in agents:
        visible = access.visible_tickets(somebody)
        rows = cursor().execute(f"SELECT t.id FROM store_ticket AS t WHERE {visible.sql}", dict(visible.params))
        seen = watching.rule(somebody)
        assert {row["id"] for row in rows} == {ticket for ticket, place in where.items() if seen.sees(*place)}


def test_a_slow_reader_is_told_once_that_much_has_changed() -> None:
    watch = Watch("key", Authority(1, None))
    for first in (1, 1000):
        places = dict.fromkeys(range(first, first + watching.MOST), (None, None))
        watch.hear(Change(frozenset(places)), places)

    assert watch.take() == b"event: inbox\ndata: {}\n\n"
    assert watch.take() == b""


def test_after_a_gap_the_lists_and_the_notices_are_to_be_looked_at(desk: Running) -> None:
    stream = Stream(desk, signed_in(agent("Ada")))

    cursor().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")

    stream.hear(b"event: inbox\ndata: {}\n\nevent: notice\ndata: {}\n\n")
    stream.leave()


def test_a_quiet_stream_is_kept_open_by_a_comment() -> None:
    watch = Watch("key", Authority(1, None))
    watch.beat = True

    assert watch.take() == b": still here\n\n"


def test_events_are_written_in_a_fixed_order() -> None:
    watch = Watch("key", Authority(7, frozenset({"billing"})))
    places = {3: ("billing", None), 1: ("other", 7), 2: ("other", None)}
    watch.hear(Change(frozenset(places), frozenset({7})), places)

    assert watch.take().decode() == (
        'event: ticket\ndata: {"id": 1}\n\nevent: ticket\ndata: {"id": 3}\n\n'
        "event: inbox\ndata: {}\n\nevent: notice\ndata: {}\n\n"
    )


def test_an_ended_session_has_no_authority(live_db: str, now: datetime) -> None:
    from django.contrib.sessions.models import Session

    key = signed_in(agent("Ada"))["cookie"].partition("=")[2]
    assert watching.authority(key) is not None
    Session.objects.update(expire_date=clock.now() - timedelta(days=1))

    assert watching.authority(key) is None
