"""Automations on the live desk: turns, caps, switches, the run log, loops that end, and trying one out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from deskwright.desk import automations, housekeeping, workflows
from deskwright.desk.arriving import intake
from deskwright.desk.errors import Forbidden, NotFound
from deskwright.desk.tickets import changing
from deskwright.engine.decide import steps
from deskwright.engine.loading import load
from deskwright.engine.saying import again
from deskwright.lab.trying import Would
from deskwright.store import history
from deskwright.store.connection import cursor
from deskwright.store.models import AutomationRun, AutomationState, Ticket, TicketEvent
from tests.factories import a_ticket, an_agent, an_arrival

PLAIN = """
queues: {general: {}}
default_queue: general
routing_rules: []
escalation_matrix: {}
automations:
"""


def publish(now: datetime, *rules: str) -> None:
    workflows.publish(PLAIN + "".join(f"  - {rule}\n" for rule in rules), now=now)


def tags(ticket: Ticket) -> list[str]:
    return Ticket.objects.get(pk=ticket.pk).tags


def log(rule: str) -> list[tuple[int, Sequence[str], str]]:
    found = AutomationRun.objects.filter(rule=rule).order_by("id")
    return [(run.ticket_id, again(run.outcomes), run.error) for run in found]


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


# Turns


def test_a_time_based_one_meets_the_open_tickets_its_condition_holds_for_at_each_turn(db: str, now: datetime) -> None:
    publish(now, '{name: stale, every: 1h, when: "age > 2h", do: [{tag: [stale]}]}')
    old, young, solved = a_ticket(now - hours(3)), a_ticket(now), a_ticket(now - hours(3))
    changing.change(an_agent(), [solved.pk], {"status": "solved"}, now=now)

    assert automations.sweep(now) == 2
    assert (tags(old), tags(young), tags(solved)) == (["stale"], [], [])
    assert log("stale") == [(old.pk, ["tagged stale"], "")]

    assert automations.sweep(now + timedelta(minutes=59)) == 0
    assert automations.sweep(now + hours(2.5)) == 2
    assert tags(young) == ["stale"]
    assert AutomationState.objects.get(name="stale").due_at == now + hours(3.5)


def test_a_sweep_goes_on_where_it_stopped(db: str, now: datetime) -> None:
    publish(now, "{name: all, every: 1h, do: [{tag: [seen]}]}")
    made = [a_ticket(now) for _ in range(5)]

    assert [automations.sweep(now, 2) for _ in range(4)] == [2, 2, 1, 0]

    assert [tags(ticket) for ticket in made] == [["seen"]] * 5
    assert AutomationRun.objects.count() == 5


def test_the_live_workflow_judges_tickets_that_an_older_version_opened(db: str, now: datetime) -> None:
    publish(now)
    ticket = a_ticket(now)
    publish(now, "{name: all, every: 1h, do: [{tag: [seen]}]}")

    automations.sweep(now)

    assert tags(ticket) == ["seen"]
    event = TicketEvent.objects.get(ticket=ticket, kind="every")
    assert event.workflow_version == workflows.live().version
    assert Ticket.objects.get(pk=ticket.pk).workflow_version == ticket.workflow_version


def test_one_that_is_no_longer_in_the_workflow_has_no_turn(db: str, now: datetime) -> None:
    publish(now, "{name: all, every: 1h, do: [{tag: [seen]}]}")
    ticket = a_ticket(now)
    publish(now)
    assert automations.sweep(now) == 0
    assert tags(ticket) == []


def test_a_sweep_shorter_than_a_minute_is_not_made(db: str, now: datetime) -> None:
    publish(now, "{name: all, every: 0, do: [{tag: [seen]}]}")
    automations.sweep(now)
    assert automations.sweep(now + timedelta(seconds=59)) == 0


# Caps


def test_a_cap_holds_within_an_hour_and_a_batch(db: str, now: datetime) -> None:
    publish(now, "{name: some, on: ticket_opened, per_hour: 3, do: [{tag: [one]}]}")
    intake.receive([an_arrival(text=f"number {n}") for n in range(5)], now)
    assert len(log("some")) == 3
    late = a_ticket(now + timedelta(minutes=59))
    assert tags(late) == []
    said = [again(step["text"]) for step in TicketEvent.objects.get(ticket=late, kind="ticket_opened").trace]
    assert "some has run as often as it may within an hour" in said

    assert tags(a_ticket(now + timedelta(minutes=61))) == ["one"]


def test_two_workers_cannot_spend_the_same_run(live_db: str, now: datetime) -> None:
    publish(now, "{name: some, on: ticket_opened, per_hour: 4, do: [{tag: [one]}]}")
    together = threading.Barrier(4)

    def work() -> None:
        together.wait()
        for number in range(4):
            intake.receive([an_arrival(text=f"number {number}")], now)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert Ticket.objects.count() == 16
    assert len(log("some")) == 4


# Switches


def test_a_lead_switches_one_off_without_publishing(db: str, now: datetime) -> None:
    publish(now, "{name: one, on: ticket_opened, do: [{tag: [one]}]}", "{name: turn, every: 1h, do: [{tag: [turn]}]}")
    lead = an_agent(role="lead")
    automations.switch(lead, "one", False, now=now)
    automations.switch(lead, "turn", False, now=now)
    ticket = a_ticket(now)
    automations.sweep(now)
    assert tags(ticket) == []
    opened = TicketEvent.objects.get(ticket=ticket, kind="ticket_opened")
    assert "one is switched off" in [again(step["text"]) for step in opened.trace]
    (recorded,) = history.recorded(cursor(), [ticket.pk])
    assert recorded.resting == {"one": "is switched off", "turn": "is switched off"}

    automations.switch(lead, "one", True, now=now)
    automations.switch(lead, "turn", True, now=now)
    assert tags(a_ticket(now)) == ["one"]
    assert automations.sweep(now) == 2
    assert AutomationState.objects.get(name="one").changed_by_id == lead.pk


def test_only_leads_switch_and_only_what_there_is(db: str, now: datetime) -> None:
    publish(now, "{name: one, on: ticket_opened, do: [{tag: [one]}]}")
    with pytest.raises(Forbidden, match="Your role does not allow"):
        automations.switch(an_agent(), "one", False, now=now)
    with pytest.raises(NotFound, match="no automation named 'two'"):
        automations.switch(an_agent(role="admin"), "two", False, now=now)
    automations.switch(None, "one", False, now=now)


def test_the_list_tells_how_each_stands(db: str, now: datetime) -> None:
    publish(
        now,
        "{name: one, on: [ticket_opened, note_added], per_hour: 9, do: [{tag: [one]}]}",
        "{name: two, every: 2h, enabled: false, do: [{tag: [two]}]}",
    )
    a_ticket(now)
    automations.switch(None, "one", False, now=now)
    one, two = automations.listing(now + hours(1))
    assert (one.name, one.on, one.per_hour, one.switched_on, one.runs, one.last_run) == (
        ("one", ("ticket_opened", "note_added"), 9, False, 1, now)
    )
    assert (two.name, two.every, two.enabled, two.switched_on, two.runs) == ("two", "2h", False, True, 0)
    assert automations.listing(now + hours(25))[0].runs == 0


# The run log


def test_one_that_breaks_is_logged_and_costs_the_customer_nothing(
    db: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(
        now,
        "{name: broken, on: ticket_opened, do: [{tag: [half]}, {status: on_hold}]}",
        "{name: sound, on: ticket_opened, do: [{tag: [whole]}]}",
    )
    acting = steps.act

    def act(course: Any, action: Any, name: str, cause: str) -> None:
        if action.status:
            raise LookupError("no such status")
        acting(course, action, name, cause)

    monkeypatch.setattr(steps, "act", act)
    ticket = a_ticket(now)

    assert tags(ticket) == ["whole"]
    assert log("broken") == [(ticket.pk, [], "LookupError: no such status")]
    assert log("sound") == [(ticket.pk, ["tagged whole"], "")]
    assert automations.listing(now)[0].failures == 1


def test_two_that_undo_each_other_end_and_leave_their_mark(db: str, now: datetime) -> None:
    publish(
        now,
        "{name: up, on: [ticket_opened, priority_changed], do: [{set: {priority: high}}]}",
        "{name: down, on: priority_changed, do: [{set: {priority: low}}]}",
    )
    ticket = a_ticket(now)
    assert Ticket.objects.get(pk=ticket.pk).priority == "low"
    assert list(AutomationRun.objects.order_by("id").values_list("rule", flat=True)) == ["up", "down"]
    assert not TicketEvent.objects.filter(ticket=ticket, kind="cut_off").exists()


def test_a_follow_up_of_every_ticket_is_one_follow_up(db: str, now: datetime) -> None:
    publish(now, "{name: more, on: ticket_opened, do: [{open_follow_up: {subject: More, assign: {role: lead}}}]}")
    lead = an_agent(role="lead")
    a_ticket(now)
    assert Ticket.objects.count() == 2
    assert Ticket.objects.get(subject="More").assignee_id == lead.pk


# Trying out


def test_a_dry_run_tells_what_would_change_and_touches_nothing(db: str, now: datetime) -> None:
    publish(now)
    old, _ = a_ticket(now - hours(3)), a_ticket(now)
    draft = load(
        PLAIN + '  - {name: stale, every: 1h, when: "age > 2h", do: [{tag: [stale]}, {notify: leads}]}\n'
        "  - {name: told, on: note_added, do: [{tag: [note]}]}\n"
    )
    before = (list(Ticket.objects.values_list()), TicketEvent.objects.count())

    found = automations.dry_run(draft, "stale", now)

    assert found == [Would(old.pk, old.subject, ("tagged stale", "nobody to tell in leads"))]
    assert len(automations.dry_run(draft, "told", now)) == 2
    assert before == (list(Ticket.objects.values_list()), TicketEvent.objects.count())
    assert not AutomationRun.objects.exists()
    with pytest.raises(NotFound, match="no automation named 'other'"):
        automations.dry_run(draft, "other", now)


def test_a_warning_is_tried_out_on_the_clock_that_used_most(db: str, now: datetime) -> None:
    rule = "metric == 'first_response' AND share >= 0.75"
    text = 'calendars: {always: {timezone: UTC, hours: {mon-sun: ["00:00-24:00"]}}}\nsla: {calendar: always}\n'
    text += "sla_matrix: {'any, any': {first_response: 1h}}\n" + PLAIN
    workflows.publish(text + f'  - {{name: late, on: sla_warning, when: "{rule}", do: [{{tag: [late]}}]}}\n', now=now)
    old, _ = a_ticket(now - timedelta(minutes=50)), a_ticket(now)
    assert [would.ticket for would in automations.dry_run(workflows.live(), "late", now)] == [old.pk]


def test_the_run_log_forgets_old_runs_and_tickets_keep_their_events(db: str, now: datetime) -> None:
    publish(now, "{name: marks, on: ticket_opened, do: [{tag: [seen]}]}")
    old = a_ticket(now)
    new = a_ticket(now + timedelta(days=80))

    assert housekeeping.forget_runs(now + timedelta(days=100), 100, timedelta(days=90)) == 1

    assert [ticket for ticket, _outcomes, _error in log("marks")] == [new.pk]
    assert tags(old) == ["seen"]
    assert TicketEvent.objects.filter(ticket=old, kind="ticket_opened").exists()
