"""Every address of the desk, tried by nobody, a customer and everybody at the desk: each answers as the table says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from http.cookies import SimpleCookie
from typing import Any, Final

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from deskwright.desk import workflows
from deskwright.desk.access import CUSTOMER, FIRST_RUN, OPEN, STAFF, WORDS, may
from deskwright.store.models import Agent, Ticket
from tests import factories
from tests.conftest import forget
from tests.web import furnished
from tests.web.conftest import WORKFLOW
from tests.web.furnished import Known
from tools.routes import PAGE, PageRoute, pages, text

PAGES: Final = pages()
REFUSED, UNSEEN, FAILED = 403, 404, 500
PART: Final = {"HX-Request": "true"}
WHO: Final = ("light", "ada", "bram", "nora", "odile")
"""A light agent and an agent of the ticket's team, an agent of another team, a lead, an admin."""
OWN: Final = {"view", "view_edit", "view_move", "view_delete", "view_restore"}
"""Somebody's own things, which no right on tickets reaches."""
ELSEWHERE: Final = {"openid_connect_login", "openid_connect_callback"}
"""They ask the organisation's provider, which a test has none of."""

BEYOND: Final[dict[tuple[str, str], int]] = {
    **{("view_edit", who): REFUSED for who in ("lene", "ada", "bram")},
    **{(name, who): REFUSED for name in ("view_move", "view_delete") for who in ("lene", "ada", "bram")},
    **{(name, who): UNSEEN for name in ("draft_file", "remove_file") for who in ("lene", "nora", "odile")},
    **{("macro_edit", who): UNSEEN for who in ("ada", "bram")},
    **{("macro_away", who): REFUSED for who in ("ada", "bram")},
    **{("article_move", who): REFUSED for who in ("ada", "bram")},
    ("queue", "bram"): UNSEEN,
    ("time_correct", "lene"): REFUSED,
}
"""What a deed answers to those the gate let in, where a thing is a colleague's: a view, macro, file, article, time."""
NOT_THERE: Final = {
    "account_token_revoke", "automation", "automation_switch", "known_issue_withdraw", "person_uninvite", "session_end",
    "split_undo", "unmerge", "view_restore", "webhook_message",
}  # fmt: skip
"""The test desk has none, so whoever may is told so."""
HELD: Final = {"take_back", "send_now"}
"""A colleague's reply on its way out, and one that is none, are both too late: 409."""
EXPERIMENT: Final = """
sla_matrix: {any: {first_response: 4h}}
experiments:
  export: {share: 50%, change: {sla_matrix: {any: {first_response: 30m}}}, judge_by: csat}
"""
"""The experiment whose name the addresses have."""


def test_the_page_about_rights_is_fresh() -> None:
    assert PAGE.read_text() == text(), "run `make routes`"


@pytest.fixture
def known(desk: None, now: datetime) -> Known:
    workflows.publish(WORKFLOW + EXPERIMENT, now=now)
    return furnished.furnish(now)


def addresses(known: Known) -> Iterator[tuple[PageRoute, str]]:
    for route in PAGES:
        if route.name not in ELSEWHERE:
            yield route, reverse(route.name, kwargs=known.arguments(route)) if route.name else route.path


def tried(client: Client, method: str, route: PageRoute, url: str, known: Known) -> Any:
    """The answer; whatever the request did is taken back, also in the browser."""
    sent, cookies = known.sent(route), SimpleCookie(client.cookies.output(header="", sep=";"))
    with transaction.atomic():
        answer = (
            client.get(url, sent)
            if method == "GET"
            else client.post(f"{url}?ticket={known.ticket}", sent, headers=PART)
        )
        transaction.set_rollback(True)
    client.cookies = cookies
    forget()
    return answer


def leads_to_the_door(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("who", ["nobody", "customer"])
def test_strangers_and_customers_come_to_no_page_of_the_desk(who: str, method: str, known: Known) -> None:
    faults = []
    for route, url in addresses(known):
        client = Client() if who == "nobody" else factories.came_in(known.customer)
        answer = tried(client, method, route, url, known)
        asked = route.asks[0][0][0]
        if asked == CUSTOMER:
            sent_away = answer.headers.get("Location") == "/help/enter/"
            right = answer.status_code == 405 or sent_away is (who == "nobody")
        else:
            right = leads_to_the_door(answer) is (asked != OPEN)
        if not right or answer.status_code >= FAILED:
            faults.append((url, answer.status_code, answer.headers.get("Location")))
    assert not faults


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("who", WHO)
def test_everybody_at_the_desk_is_answered_as_the_table_says(
    who: str, method: str, known: Known, signed_in: Callable[[Agent], Client]
) -> None:
    agent: Agent = known.people[who]
    client, faults = signed_in(agent), []
    for route, url in addresses(known):
        answer = tried(client, method, route, url, known)
        if not as_told(answer, route, agent, method, known):
            faults.append((method, url, answer.status_code))
    assert not faults


def as_told(answer: Any, route: PageRoute, agent: Agent, method: str, known: Known) -> bool:
    status = answer.status_code
    if leads_to_the_door(answer) or status >= FAILED:
        return False
    words = route.asks[0][0]
    if words[0] == FIRST_RUN and agent.role == "admin":
        return True
    if words[0] in (CUSTOMER, FIRST_RUN):
        return status in (302, REFUSED, UNSEEN, 405)
    if words[0] == OPEN or not getattr(route.view, "demands", ()):
        return True
    if not holds(agent, route, method):
        return status in (REFUSED, 405)
    if status == 405:
        return True
    if of_a_ticket(route) and agent == known.people["bram"]:
        return bool(status == (409 if route.name in HELD else UNSEEN))
    refused = BEYOND.get((route.name, agent.name.split()[0].lower()), BEYOND.get((route.name, "")))
    if refused or status == REFUSED:
        return bool(status == refused)
    return status != UNSEEN or route.name in NOT_THERE or known.lacks(route)


def holds(agent: Agent, route: PageRoute, method: str) -> bool:
    """The gate, written down again: one right of each demand that counts."""
    counting = [any_of for any_of, to_write in route.asks if method != "GET" or not to_write]
    return all(any(name in WORDS or may(agent, name) for name in any_of) for any_of in counting)


def of_a_ticket(route: PageRoute) -> bool:
    """Whether the address, or what is sent to it, names a ticket: then it is found before anything is done to it."""
    on_tickets = any(name.startswith("tickets:") for any_of, _ in route.asks for name in any_of)
    on_tickets = on_tickets or route.path.startswith("/tickets/<")
    named = "<" in route.path and route.name not in {"inbox", "queue"}
    return on_tickets and route.name not in OWN and (named or route.name in furnished.IN_BODY)


def test_the_rule_of_the_test_knows_the_routes_of_a_ticket() -> None:
    found = {route.name for route in PAGES if of_a_ticket(route)}
    assert {"ticket", "reply", "change", "snooze", "attachment", "checklist_tick", "resend", "unlink"} <= found
    assert not {"search", "inbox", "view", "people", "notices"} & found


def test_what_a_test_tries_is_one_ticket_of_one_team(known: Known) -> None:
    assert Ticket.objects.get(pk=known.ticket).queue == "technical"
    assert STAFF in WORDS
