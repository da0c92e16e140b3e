"""The flow picture: bands as wide as what passes, each leading to exactly the tickets it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from deskwright.desk import reapplying, workflows
from deskwright.engine.workflow import Workflow
from deskwright.store.models import Agent, Ticket
from deskwright.web.studio import sankey
from deskwright.web.studio.rules import rule_name
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
PEOPLE = "assignees: {senior_engineer: {queue: technical}}\naudiences: {bosses: {role: lead}}\n"


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
        ("{condition: true, sla_target: 15m}", "Promises 15 m (rule 1)"),
        (
            "{condition: true, sla_target: {first_response: 15m, resolution: 4h}}",
            "Promises first response 15 m, resolution 4 h (rule 1)",
        ),
        ("{condition: true, action: {assign: {level: senior}}}", "To somebody suitable (rule 1)"),
        ("{condition: true, action: {status: on_hold}}", "Status: On hold (rule 1)"),
        ("{condition: true, notify: bosses}", "Tells bosses (rule 1)"),
        ("{condition: true, action: {boost_priority: 1}}", "Raises the priority (rule 1)"),
        ("{condition: true, action: {escalate: true}}", "Does several things (rule 1)"),
    ],
)
def test_a_rule_without_a_name_says_what_it_does(db: str, rule: str, label: str) -> None:
    assert rule_name(*only(rule)) == label


def only(rule: str) -> tuple[str, list[Workflow]]:
    workflow = workflows.load(f"{WORKFLOW}{PEOPLE}routing_rules: [{rule}]\n")
    return workflow.rules[0].name, [workflow]


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ("{condition: true, action: {set: {priority: high}}}", "Priorität: Hoch (Regel 1)"),
        ("{condition: true, action: {set: {complexity: level_2}}}", "Komplexität: Stufe 2 (Regel 1)"),
        ("{condition: true, action: {set: {impact: high}}}", "Auswirkung: hoch (Regel 1)"),
        ("{condition: true, notify: assignee}", "Benachrichtigt die zuständige Person (Regel 1)"),
        ("{condition: true, action: {boost_priority: 1}}", "Erhöht die Priorität (Regel 1)"),
    ],
)
def test_what_a_rule_does_is_said_in_the_readers_language(db: str, rule: str, label: str) -> None:
    with translation.override("de"):
        assert rule_name(*only(rule)) == label


FIRST = "{condition: true, action: {assign: {queue: billing}}}"


@pytest.mark.parametrize(
    ("later", "label"),
    [
        (f"[{FIRST}, {{condition: false, action: {{tag: [x]}}}}]", "To billing (rule 1)"),
        (f"[{{condition: false, action: {{tag: [x]}}}}, {FIRST}]", "To billing (rule 1)"),
        ("[{condition: true, action: {assign: {queue: technical}}}]", "Rule 1"),
    ],
)
def test_a_rule_without_a_name_is_what_it_was_when_it_decided(
    client: Client, now: datetime, later: str, label: str
) -> None:
    workflows.publish(f"{WORKFLOW}routing_rules: [{FIRST}]\n", now=now)
    opened(now)
    workflows.publish(f"{WORKFLOW}routing_rules: {later}\n", now=now)
    factories.a_ticket(now)

    page = unescape(client.get("/studio/flow/").content.decode())
    listed = unescape(client.get("/studio/flow/tickets/", {"rule": "rule 1"}).content.decode())

    assert f'>{label} <tspan class="count">' in page
    assert f"<h1>{label}" in listed
    assert f'<td data-label="Rule">{label}</td>' in listed


def test_an_escalated_ticket_keeps_its_rule_from_the_version_before(client: Client, now: datetime) -> None:
    ladder = "escalation_matrix: {tier_1: {timeout: 1h, escalate_to: billing}}\n"
    workflows.publish(f"{WORKFLOW}{ladder}routing_rules: [{FIRST}]\n", now=now)
    ticket = factories.a_ticket(now)
    Ticket.objects.filter(pk=ticket.pk).update(tier_number=2)
    version = workflows.publish(
        f"{WORKFLOW}{ladder}routing_rules: [{{condition: true, action: {{assign: {{queue: technical}}}}}}]\n", now=now
    )
    reapplying.reapply(None, version, now=now)

    ticket.refresh_from_db()
    assert (ticket.workflow_version, ticket.rule, ticket.queue) == (version, "rule 1", "billing")
    assert ">Rule 1 <tspan" in client.get("/studio/flow/").content.decode()


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
