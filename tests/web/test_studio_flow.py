"""The flow picture: bands as wide as what passes, each leading to exactly the tickets it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from deskwright.desk import workflows
from deskwright.store.models import Agent, Ticket
from deskwright.web.studio import sankey
from tests import factories
from tests.web.conftest import WORKFLOW

SignIn = Callable[[Agent], Client]
ROUTED = (
    WORKFLOW
    + """
routing_rules:
  - {name: Exports, condition: "subject CONTAINS 'export'", action: {assign: {queue: technical}}}
  - {name: The rest, condition: true, action: {assign: {queue: billing}}}
"""
)


@pytest.fixture
def client(lead: Agent, signed_in: SignIn, now: datetime) -> Client:
    workflows.publish(ROUTED, now=now)
    return signed_in(lead)


def opened(now: datetime) -> None:
    for number in range(3):
        factories.a_ticket(now, subject=f"The export is empty {number}")
    factories.a_ticket(now, subject="Hello")


def test_every_band_leads_to_the_tickets_it_stands_for(client: Client, now: datetime) -> None:
    opened(now)

    page = client.get("/studio/flow/").content.decode()

    counts = re.findall(r'class="count-link" href="([^"]+)"[^>]*>(\d+)<', page)
    assert {"3", "1"} <= {number for _, number in counts}
    for address, number in counts:
        listed = client.get(unescape(address)).content.decode()
        assert len(re.findall(r'<td class="cell-main"><a href="/tickets/', listed)) == int(number)


def test_the_picture_and_the_list_hold_only_what_the_reader_sees(
    client: Client, now: datetime, bram: Agent, signed_in: SignIn
) -> None:
    opened(now)
    assert signed_in(bram).get("/studio/flow/").status_code == 403
    Ticket.objects.update(created_at=now - timedelta(days=40))

    assert "Nothing came in" in client.get("/studio/flow/").content.decode()
    assert "The export is empty" not in client.get("/studio/flow/tickets/").content.decode()
    assert "The export is empty" in client.get("/studio/flow/tickets/?days=90&rule=Exports").content.decode()


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ("{name: late_ones, condition: true, action: {assign: {queue: billing}}}", "Late ones"),
        ("{condition: true, action: {assign: {queue: billing}}}", "To billing (rule 1)"),
        ("{condition: true, action: assign_to_senior_engineer}", "To senior engineer (rule 1)"),
        ("{condition: true, action: {set: {priority: high}}, sla_target: 15m}", "Priority: High (rule 1)"),
        ("{condition: true, action: {tag: [outage]}}", "Tag outage (rule 1)"),
        ("{condition: true, sla_target: 15m}", "Promises 15m (rule 1)"),
        ("{condition: true, notify: bosses}", "Tells bosses (rule 1)"),
        ("{condition: true, action: {boost_priority: 1}}", "Boost priority 1 (rule 1)"),
    ],
)
def test_a_rule_without_a_name_says_what_it_does(client: Client, now: datetime, rule: str, label: str) -> None:
    people = "assignees: {senior_engineer: {queue: technical}}\naudiences: {bosses: {role: lead}}\n"
    workflows.publish(f"{WORKFLOW}{people}routing_rules: [{rule}]\n", now=now)
    opened(now)

    page = unescape(client.get("/studio/flow/").content.decode())

    assert f'>{label} <tspan class="count">' in page


def test_a_page_number_that_is_none_is_the_first(client: Client, now: datetime) -> None:
    opened(now)
    for page in ("0", "-3", "x", "99999999999999999999"):
        assert client.get(f"/studio/flow/tickets/?page={page}").status_code == 200


def test_the_flow_takes_a_fixed_number_of_statements(
    client: Client, now: datetime, statements: Callable[[], Any]
) -> None:
    def sent() -> int:
        with statements() as found:
            client.get("/studio/flow/")
        return len(found)

    opened(now)
    client.get("/studio/flow/")
    before = sent()
    opened(now)
    assert sent() == before


def test_what_enters_a_place_leaves_it_and_widths_add_up() -> None:
    ways = [
        (("mail", "a", "x", "1", "done"), 6),
        (("mail", "b", "x", "1", "open"), 3),
        (("chat", "a", "y", "2", "done"), 1),
    ]
    drawn = sankey.drawn(ways, [(), ("b", "a"), (), (), ()])

    for column in range(4):
        assert sum(band.number for band in drawn.bands if band.source.column == column) == 10
    assert [node.key for node in drawn.columns[1]] == ["b", "a"]
    for nodes in drawn.columns:
        assert sum(node.height for node in nodes) == pytest.approx(sankey.HEIGHT)
        for node in nodes:
            if node.column < 4:
                assert node.left == pytest.approx(node.height)
            if node.column > 0:
                assert node.right == pytest.approx(node.height)


def test_small_places_are_drawn_together_and_lead_to_all_of_theirs() -> None:
    ways = [((f"c{number}", "r", "q", "t", "o"), 20 - number) for number in range(12)]
    first = sankey.drawn(ways, [(), (), (), (), ()]).columns[0]

    assert len(first) == sankey.MOST
    assert first[-1].keys == ["c8", "c9", "c10", "c11"]
    assert first[-1].number == sum(20 - number for number in range(8, 12))
