"""What the desk recommends: looked for by a worker, read by each as far as they see, and never applied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk import optimising, simulation, staffed, workflows
from deskwright.desk.answering import replies
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.studio import recommendations
from deskwright.desk.studio.recommendations import RECOMMENDATIONS
from deskwright.engine.history import Recorded
from deskwright.lab.advice.findings import DEAD, MACRO
from deskwright.lab.whatif.rerunning import Cancelled
from deskwright.store.models import Role, Ticket, WorkflowVersion
from tests import factories
from tests.desk.test_staffed import busy_desk

LATER = timedelta(days=10)


def unwatched(share: float) -> None:
    """Nobody follows."""


def finding(kind: str, *tickets: int) -> dict[str, Any]:
    return {"kind": kind, "subject": "Please send us the log.", "figures": {}, "tickets": list(tickets)}


def test_a_worker_reads_the_history_and_tries_what_may_be_moved(db: str, now: datetime) -> None:
    busy_desk(now, days=4)
    lead = factories.an_agent("Mira Lund", role="lead")
    asked = recommendations.ask(lead, ["warnings"], None, 2, now=now + LATER)

    RECOMMENDATIONS.run(asked.pk, now + LATER, unwatched)

    found = RECOMMENDATIONS.found(lead, asked.pk)
    assert (found.state, found.against, found.fault) == ("done", workflows.live().version, "")
    assert {row["kind"] for row in found.report["proposal"]["tried"]} == {"warnings"}
    assert found.report["live"] == workflows.live().text
    assert workflows.load(recommendations.proposed(lead, found.pk))
    assert WorkflowVersion.objects.count() == 1


def test_the_log_is_read_once_for_what_stands_out_and_for_what_is_tried(
    db: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_desk(now, days=4)
    lead = factories.an_agent("Mira Lund", role="lead")
    asked = recommendations.ask(lead, ["warnings"], None, 2, now=now + LATER)
    looks = list[int]()

    class Counted(simulation.Run):
        def log(self) -> Iterator[Recorded]:
            looks.append(1)
            return super().log()

    monkeypatch.setattr(staffed, "Run", Counted)

    RECOMMENDATIONS.run(asked.pk, now + LATER, unwatched)

    assert RECOMMENDATIONS.found(lead, asked.pk).state == "done"
    assert looks == [1]


def test_answers_from_before_the_time_that_was_asked_about_are_no_evidence(db: str, now: datetime) -> None:
    agent = busy_desk(now, days=2)
    for number in range(6):
        early = now + timedelta(minutes=number)
        ticket = factories.a_ticket(early)
        replies.reply(agent, ticket.pk, "You can find the invoice under Settings, Billing, Documents.", now=early)
    everything = recommendations.ask(agent, [], None, 2, now=now + LATER)
    since = recommendations.ask(agent, [], now + timedelta(hours=12), 2, now=now + LATER)

    for asked in (everything, since):
        RECOMMENDATIONS.run(asked.pk, now + LATER, unwatched)

    kinds = [
        {finding["kind"] for finding in RECOMMENDATIONS.found(agent, asked.pk).report["findings"]}
        for asked in (everything, since)
    ]
    assert [MACRO in found for found in kinds] == [True, False]


def test_with_nothing_to_move_only_the_history_is_read(db: str, now: datetime) -> None:
    busy_desk(now, days=2)
    lead = factories.an_agent("Mira Lund", role="lead")
    asked = recommendations.ask(lead, [], None, 2, now=now + LATER)

    RECOMMENDATIONS.run(asked.pk, now + LATER, unwatched)

    assert RECOMMENDATIONS.found(lead, asked.pk).report["proposal"] is None
    with pytest.raises(NotFound):
        recommendations.proposed(lead, asked.pk)


def test_one_that_is_not_wanted_any_more_stops_in_the_middle(db: str, now: datetime) -> None:
    busy_desk(now, days=2)
    lead = factories.an_agent("Mira Lund", role="lead")
    asked = recommendations.ask(lead, list(optimising.USUALLY), None, 2, now=now + LATER)

    def off(share: float) -> None:
        if share > recommendations.READING:
            assert RECOMMENDATIONS.cancel(lead, asked.pk, now=now + LATER)
            raise Cancelled

    RECOMMENDATIONS.run(asked.pk, now + LATER, off)

    found = RECOMMENDATIONS.found(lead, asked.pk)
    assert (found.state, found.report) == ("cancelled", None)


def test_it_can_be_called_off_while_the_history_is_read(db: str, now: datetime) -> None:
    busy_desk(now, days=2)
    lead = factories.an_agent("Mira Lund", role="lead")
    asked = recommendations.ask(lead, [], None, 2, now=now + LATER)
    heard = list[float]()

    def off(share: float) -> None:
        heard.append(share)
        if share > 0:
            raise Cancelled

    RECOMMENDATIONS.run(asked.pk, now + LATER, off)

    assert RECOMMENDATIONS.found(lead, asked.pk).report is None
    assert 0 < heard[-1] < recommendations.READING


def test_a_desk_without_tickets_is_told_so(db: str, now: datetime) -> None:
    lead = factories.an_agent("Mira Lund", role="lead")
    asked = recommendations.ask(lead, ["capacity"], None, 2, now=now)

    RECOMMENDATIONS.run(asked.pk, now, unwatched)

    found = RECOMMENDATIONS.found(lead, asked.pk)
    assert found.state == "failed"
    assert "nothing to learn from" in found.fault


def test_what_cannot_be_asked_is_refused(db: str, now: datetime) -> None:
    lead, agent = factories.an_agent("Mira Lund", role="lead"), factories.an_agent("Bram Oak")
    with pytest.raises(Invalid, match="magic cannot be moved"):
        recommendations.ask(lead, ["magic"], None, 8, now=now)
    with pytest.raises(Invalid, match="from 2 to 200"):
        recommendations.ask(lead, [], None, 1, now=now)
    with pytest.raises(Invalid, match="has not come yet"):
        recommendations.ask(lead, [], now + LATER, 8, now=now)
    with pytest.raises(Forbidden):
        recommendations.ask(agent, [], None, 8, now=now)
    with pytest.raises(NotFound):
        RECOMMENDATIONS.found(lead, 999)


def test_tickets_and_sentences_of_others_are_not_told(db: str, now: datetime) -> None:
    workflows.publish("queues: {technical: {team: technical}}\ndefault_queue: technical\n", now=now)
    role = Role.objects.create(name="analyst", base="light", grants={"workflow:see": "all", "tickets:see": "teams"})
    ines = factories.an_agent("Ines Vale", teams=(factories.a_team("elsewhere"),))
    ines.custom_role = role
    ines.save()
    ticket = factories.a_ticket(now, subject="The export is empty")
    Ticket.objects.update(queue="technical", assignee=None)
    report = {"findings": [finding(DEAD, ticket.pk), finding(MACRO, ticket.pk)], "proposal": None}

    told = recommendations.seen(ines, report)["findings"]

    assert [(each["kind"], each["tickets"], each["subjects"]) for each in told] == [(DEAD, [], [])]
    lead = factories.an_agent("Mira Lund", role="lead")
    whole = recommendations.seen(lead, report)["findings"]
    assert [each["subjects"] for each in whole] == [["The export is empty"]] * 2
