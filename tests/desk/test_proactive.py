"""Reaching out: who is visited and why, once in a cooldown, by whom, and what the visit leaves behind."""

from __future__ import annotations

import argparse
import json
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from deskwright.cli import proactive as cli
from deskwright.desk import clock, organisations, proactive, workflows
from deskwright.desk.organisations import Told
from deskwright.store.models import Clock, Delivery, Message, Organisation, Ticket, TicketEvent
from tests import factories
from tests.desk.test_history import assert_rebuilt
from tests.desk.test_intake import statements

DOCUMENT = """
fields:
  seats: {type: number, of: organisation}
queues: {general: {}, success: {}}
default_queue: general
routing_rules:
  - {name: everything, condition: "true", action: {assign: {queue: general}}, notify: leads}
assignees:
  dedicated_csm: {from: organisation.csm, otherwise: {queue: success}}
escalation_matrix: {}
automations: []
sla_matrix: {any: {first_response: 1h, resolution: 24h}}
proactive:
  risk_factors:
    usage_decline: "organisation.usage_trend < -20"
    error_spike: "organisation.recent_errors > 50"
    few_seats: "NOT organisation.seats > 3"
  at_least: 2
  open: {type: health_check, priority: high, assign: dedicated_csm, subject: "How are you getting on?"}
  cooldown: 30d
"""
AT_RISK = {"usage_trend": -35, "recent_errors": 80}


def an_organisation(now: datetime, facts: dict[str, Any], **details: Any) -> Organisation:
    """With somebody in it who has written before."""
    made = factories.an_organisation(details.pop("name", ""), fields=facts, **details)
    factories.a_ticket(now - timedelta(days=3), requester=factories.a_requester(f"ann@{made.domain}", "Ann"))
    return made


def visits() -> list[Ticket]:
    return list(Ticket.objects.filter(type="health_check").order_by("id"))


def test_an_organisation_at_risk_is_visited_by_its_own_agent_with_the_reasons_at_hand(db: str, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)
    noor = factories.an_agent("Noor")
    an_organisation(now, AT_RISK, csm=noor)
    mailed = Delivery.objects.count()

    assert proactive.sweep(now) == 1

    (visit,) = visits()
    opening = TicketEvent.objects.get(ticket=visit, kind="ticket_opened")
    assert (visit.subject, visit.priority, visit.assignee_id) == ("How are you getting on?", "high", noor.pk)
    assert opening.data["risks"] == {
        "usage_decline": {"organisation.usage_trend": -35},
        "error_spike": {"organisation.recent_errors": 80},
    }
    assert opening.data["unknown"] == ["few_seats"]
    assert "usage_trend -35" in Message.objects.get(ticket=visit, kind="note").text
    assert Delivery.objects.count() == mailed
    assert list(Clock.objects.filter(ticket=visit).values_list("metric", flat=True)) == ["resolution"]


def test_without_an_agent_of_its_own_the_document_says_which_queue(db: str, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)
    an_organisation(now, AT_RISK)

    proactive.sweep(now)

    assert [visit.queue for visit in visits()] == ["success"]


def test_what_is_unknown_is_no_risk_whatever_stands_before_it(db: str, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)
    an_organisation(now, {"usage_trend": -35})

    proactive.sweep(now)

    assert visits() == []


def test_it_is_visited_once_in_a_cooldown(db: str, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)
    an_organisation(now, AT_RISK)

    for days in (0, 1, 29.9):
        proactive.sweep(now + timedelta(days=days))
    assert len(visits()) == 1

    proactive.sweep(now + timedelta(days=30, minutes=1))
    assert len(visits()) == 2


def test_new_facts_are_looked_at_at_once_and_others_within_the_hour(db: str, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)
    quiet = an_organisation(now, {"usage_trend": 5, "recent_errors": 80})
    assert [proactive.sweep(now), proactive.sweep(now + timedelta(minutes=59))] == [1, 0]

    organisations.put_facts(None, Told(quiet.domain or "", {"usage_trend": -60}))

    assert proactive.sweep(now + timedelta(minutes=59)) == 1
    assert len(visits()) == 1


def test_an_organisation_that_opted_out_or_has_nobody_is_left_alone_and_said_to_be(db: str, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)
    shy = an_organisation(now, AT_RISK, no_outreach=True)
    empty = factories.an_organisation(fields=AT_RISK)
    due = an_organisation(now, AT_RISK)

    found = {visit.id: visit.hindrance for visit in proactive.would_visit(workflows.live(), now)}
    assert found == {shy.pk: "opted_out", empty.pk: "nobody", due.pk: ""}
    assert visits() == []

    proactive.sweep(now)
    assert [visit.organisation_id for visit in visits()] == [due.pk]
    assert {visit.id: visit.hindrance for visit in proactive.would_visit(workflows.live(), now)}[due.pk] == "visited"


def test_several_workers_visit_each_organisation_once(live_db: str, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)
    for _ in range(6):
        an_organisation(now, AT_RISK)
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        while proactive.sweep(now, 2):
            pass
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    proactive.sweep(now)
    assert len({visit.organisation_id for visit in visits()}) == len(visits()) == 6


def test_a_sweep_asks_the_database_as_often_for_many_as_for_one(db: str, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)
    an_organisation(now, AT_RISK)
    one = statements(lambda: proactive.sweep(now))
    for _ in range(5):
        an_organisation(now, AT_RISK)

    assert statements(lambda: proactive.sweep(now)) == one
    assert len(visits()) == 6


def test_a_replay_opens_the_visit_as_the_desk_did(db: str, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)
    an_organisation(now, AT_RISK, csm=factories.an_agent())
    proactive.sweep(now)

    assert_rebuilt()


def test_the_dry_run_says_who_and_why_and_opens_nothing(
    db: str, now: datetime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workflows.publish(DOCUMENT, now=now)
    monkeypatch.setattr(clock, "now", lambda: now)
    harbor = an_organisation(now, AT_RISK, name="Harbor")
    an_organisation(now, AT_RISK, name="Shy", no_outreach=True)

    dry(["--dry-run"])
    assert capsys.readouterr().out.splitlines()[0] == (
        f"Harbor (#{harbor.pk}): usage_decline (usage_trend -35), error_spike (recent_errors 80); not known: few_seats"
    )
    dry(["--dry-run", "--json"])
    assert [visit["hindrance"] for visit in json.loads(capsys.readouterr().out)] == ["", "opted_out"]
    assert visits() == []

    dry([])
    assert [visit.organisation_id for visit in visits()] == [harbor.pk]


def dry(options: list[str]) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    assert cli.main(parser.parse_args(options)) == 0
