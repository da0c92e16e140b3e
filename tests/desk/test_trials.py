"""Drafts tried behind the page: run by a worker, called off, kept; nothing else of the desk changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk import clock, workflows
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.studio import running, trials
from deskwright.desk.studio.trials import TRIALS
from deskwright.engine.problems import WorkflowError
from deskwright.store import outage
from deskwright.store.models import Agent, Ticket, TicketEvent, Trial
from tests import factories

LIVE = """
extends: nothing
queues: {front: {}, exports: {}}
default_queue: front
sla_matrix: {"any, any": {first_response: 4h}}
"""
RULE = """
routing_rules:
  - {name: Exports, condition: "subject CONTAINS 'export'", action: {assign: {queue: exports}}}
"""
MOVED = LIVE + RULE
HOUR = timedelta(hours=1)


def opened(now: datetime) -> Ticket:
    workflows.publish(LIVE, now=now)
    factories.a_ticket(now, subject="Hello")
    return factories.a_ticket(now, subject="The export is empty")


def elsewhere(act: Callable[[], Any]) -> Any:
    """What it returns, done in a thread with a connection of its own."""
    found: list[Any] = []

    def work() -> None:
        found.append(act())
        outage.let_go()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def unwatched(share: float) -> None:
    """Nobody follows."""


def test_a_worker_tries_it_and_the_report_is_kept(live_db: str, now: datetime) -> None:
    lead = factories.an_agent("Ada Quill", role="lead")
    moving = opened(now)
    trial = trials.ask(lead, MOVED, None, now=now + HOUR)
    events = TicketEvent.objects.count()

    assert TRIALS.run_due(now + HOUR) == 1
    assert TRIALS.run_due(now + HOUR) == 0

    found = TRIALS.found(lead, trial.pk)
    assert (found.state, found.progress, found.against) == ("done", 1, workflows.live().version)
    assert [(each["ticket"], each["queue"], each["rule"]) for each in found.report["moved"]] == [
        (moving.pk, ["front", "exports"], "Exports")
    ]
    assert TicketEvent.objects.count() == events
    assert Ticket.objects.get(pk=moving.pk).queue == "front"


def test_one_that_is_called_off_while_it_runs_stops_and_keeps_nothing(live_db: str, now: datetime) -> None:
    lead = factories.an_agent("Ada Quill", role="lead")
    opened(now)
    trial = trials.ask(lead, MOVED, None, now=now + HOUR)

    with TRIALS.held(trial.pk) as follow:
        assert follow is not None

        def off_in_the_middle(share: float) -> None:
            elsewhere(lambda: TRIALS.cancel(lead, trial.pk, now=now + HOUR))
            follow(share)

        TRIALS.run(trial.pk, now + HOUR, off_in_the_middle)

    found = TRIALS.found(lead, trial.pk)
    assert (found.state, found.report) == ("cancelled", None)
    assert TRIALS.run_due(now + HOUR) == 0


def test_two_workers_never_run_the_same_one(live_db: str, now: datetime) -> None:
    lead = factories.an_agent("Ada Quill", role="lead")
    opened(now)
    trial = trials.ask(lead, MOVED, None, now=now + HOUR)

    with TRIALS.held(trial.pk):
        assert elsewhere(lambda: TRIALS.run_due(now + HOUR)) == 0

    assert TRIALS.run_due(now + HOUR) == 1


def test_a_time_without_tickets_ends_with_a_sentence(db: str, now: datetime) -> None:
    lead = factories.an_agent("Ada Quill", role="lead")
    trial = trials.ask(lead, LIVE, None, now=now)

    TRIALS.run(trial.pk, now, unwatched)

    found = TRIALS.found(lead, trial.pk)
    assert found.state == "failed"
    assert "no ticket in that time" in found.fault


def test_one_that_kills_its_worker_is_not_tried_for_ever(db: str, now: datetime) -> None:
    lead = factories.an_agent("Ada Quill", role="lead")
    opened(now)
    trial = trials.ask(lead, MOVED, None, now=now)
    Trial.objects.filter(pk=trial.pk).update(state="running", attempts=running.ATTEMPTS)

    TRIALS.run(trial.pk, now, unwatched)

    assert TRIALS.found(lead, trial.pk).state == "failed"


def test_what_cannot_be_tried_is_refused_when_asked_for(db: str, now: datetime) -> None:
    lead, agent = factories.an_agent("Ada Quill", role="lead"), factories.an_agent("Bram Oak")
    with pytest.raises(WorkflowError):
        trials.ask(lead, "quues: {}", None, now=now)
    with pytest.raises(Invalid):
        trials.ask(lead, LIVE, now + HOUR, now=now)
    with pytest.raises(Forbidden):
        trials.ask(agent, LIVE, None, now=now)
    with pytest.raises(NotFound):
        TRIALS.found(lead, 1)


def test_a_trial_that_has_ended_is_not_called_off(db: str, now: datetime) -> None:
    lead: Agent = factories.an_agent("Ada Quill", role="lead")
    opened(now)
    trial = trials.ask(lead, MOVED, None, now=now + HOUR)
    TRIALS.run(trial.pk, now + HOUR, unwatched)

    assert not TRIALS.cancel(lead, trial.pk, now=now + HOUR)
    assert TRIALS.found(lead, trial.pk).state == "done"


def test_a_trial_ended_when_it_ended(db: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = factories.an_agent("Ada Quill", role="lead")
    opened(now)
    trial = trials.ask(lead, MOVED, None, now=now + HOUR)
    monkeypatch.setattr(clock, "now", lambda: now + 3 * HOUR)
    TRIALS.run(trial.pk, now + 2 * HOUR, unwatched)
    assert TRIALS.found(lead, trial.pk).ended_at == now + 3 * HOUR
