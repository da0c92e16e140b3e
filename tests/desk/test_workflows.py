"""Versions are immutable, rolled back by publishing again, and re-applied to open tickets after a look."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from deskwright.desk import reapplying, workflows
from deskwright.desk.errors import Conflict, Forbidden, NotFound
from deskwright.desk.holidays import public_holidays
from deskwright.desk.tickets import changing
from deskwright.engine import loading, saying
from deskwright.engine.problems import WorkflowError
from deskwright.lab.replay import replay
from deskwright.store import facts as rows
from deskwright.store import history
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, Clock, Ticket, TicketEvent, WorkflowVersion
from tests import factories

CALENDAR = 'calendars: {office: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}}\n'
SLOW = (
    "workflow: Slow\n"
    + CALENDAR
    + "sla: {calendar: office}\nsla_matrix: {any: {first_response: 4h, resolution: 24h}}\n"
)
FAST = (
    "workflow: Fast\n"
    + CALENDAR
    + "sla: {calendar: office}\nsla_matrix: {any: {first_response: 30m, resolution: 24h}}\n"
)
ELSEWHERE = SLOW + "routing_rules: [{name: All, condition: true, action: {assign: {queue: billing}}}]\n"


def first_response(ticket: Ticket) -> Clock:
    return Clock.objects.get(ticket=ticket, metric="first_response")


def test_a_version_remembers_who_published_what_when_and_why(lead: Agent, now: datetime) -> None:
    number = workflows.publish(SLOW, now=now, agent=lead.pk, note="A calm start.")

    (version,) = workflows.versions()
    found, text = workflows.published(number)

    assert found == version
    assert (version.number, version.name, version.note, version.author, version.live) == (
        1, "Slow", "A calm start.", "Mira Lund", True,
    )  # fmt: skip
    assert (text, version.published_at, len(version.content_hash)) == (SLOW, now, 64)


def test_a_text_that_was_checked_is_not_read_again_to_be_published_and_to_decide(
    lead: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    load = loading.load
    monkeypatch.setattr(loading, "load", lambda text, **known: read.append(text) or load(text, **known))
    text = f"{SLOW}# one of its own\n"

    workflows.load(text)
    number = workflows.publish(text, now=now)

    assert (workflows.live().version, workflows.live().text) == (number, text)
    assert read == [text]


def test_publishing_the_live_text_again_publishes_nothing(lead: Agent, now: datetime) -> None:
    assert workflows.publish(SLOW, now=now) == workflows.publish(SLOW, now=now) == 1
    assert len(workflows.versions()) == 1


def test_a_document_with_errors_leaves_the_running_version_alone(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)

    with pytest.raises(WorkflowError) as refused:
        workflows.publish("sla_matrix: {high, any: {first_response: soon}}\nqueus: {}", now=now)

    assert len(refused.value.problems) >= 2
    assert workflows.live().name == "Slow"


def test_rolling_back_publishes_the_old_text_as_a_new_version(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)
    workflows.publish(FAST, now=now)

    number = workflows.roll_back(1, now=now + timedelta(hours=1), agent=lead.pk, note="Too fast for us.")

    assert number == 3
    assert workflows.published(3)[1] == SLOW
    assert workflows.versions()[0].note == "Rolled back to version 1. Too fast for us."
    assert [version.live for version in workflows.versions()] == [True, False, False]


def test_rolling_back_to_what_is_live_or_never_was_is_refused(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)

    with pytest.raises(Conflict, match="nothing to roll back to"):
        workflows.roll_back(1, now=now)
    with pytest.raises(NotFound, match="There is no version 7"):
        workflows.roll_back(7, now=now)


def test_versions_are_compared_in_the_languages_own_terms(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)
    workflows.publish(FAST, now=now)

    assert [str(one) for one in workflows.compared(1, 2)] == [
        "name changed from Slow to Fast",
        "target any, any: first_response 4h -> 30m",
    ]
    with pytest.raises(NotFound):
        workflows.compared(1, 9)


def test_a_running_clock_keeps_the_version_it_began_with(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)
    ticket = factories.a_ticket(now)
    due = first_response(ticket).due_at

    workflows.publish(FAST, now=now)
    changing.change(lead, [ticket.pk], {"priority": "critical"}, now=now + timedelta(minutes=5))

    assert (first_response(ticket).due_at, first_response(ticket).version) == (due, 1)


def test_the_preview_tells_what_reapplying_then_does(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)
    old = [factories.a_ticket(now), factories.a_ticket(now + timedelta(minutes=30))]
    number = workflows.publish(FAST, now=now)
    factories.a_ticket(now + timedelta(minutes=35))
    later = now + timedelta(minutes=40)

    seen = reapplying.preview(workflows.live(), later)

    assert (seen.looked_at, seen.retargeted, seen.breaching, seen.moved) == (2, 2, 1, 0)
    assert first_response(old[0]).state == "running", "looking changes nothing"

    assert reapplying.reapply(lead, number, later) == 2
    assert (first_response(old[0]).state, first_response(old[0]).breached_at) == ("breached", later)
    assert first_response(old[1]).due_at == now + timedelta(minutes=60)
    assert set(Clock.objects.filter(ticket__in=old).values_list("version", flat=True)) == {number}
    assert reapplying.preview(workflows.live(), later).looked_at == 0


def test_reapplying_is_an_event_with_its_author_and_cause(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)
    ticket = factories.a_ticket(now)
    number = workflows.publish(FAST, now=now)

    reapplying.reapply(lead, number, now)

    event = TicketEvent.objects.get(ticket=ticket, kind="workflow_reapplied")
    assert (event.agent_id, event.actor, event.workflow_version) == (lead.pk, "agent", number)
    assert (event.data["version"], event.data["before"]) == (number, 1)
    effects = saying.again(event.data["effects"])
    assert {effect["because"] for effect in effects if effect["effect"] == "PutClock"} >= {
        "workflow version 2 was re-applied; 4h became 30m"
    }
    assert event.trace


def test_tickets_move_where_the_newer_rules_send_them(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)
    ticket = factories.a_ticket(now, category="account", subject="My name", text="Please change it.")
    number = workflows.publish(ELSEWHERE, now=now)

    (change,) = reapplying.preview(workflows.live(), now).changes
    reapplying.reapply(lead, number, now)
    ticket.refresh_from_db()

    assert change.queue == ("general", "billing")
    assert (ticket.queue, ticket.rule, ticket.workflow_version) == ("billing", "All", number)


def test_a_draft_can_be_looked_at_before_it_is_published(lead: Agent, now: datetime) -> None:
    factories.a_ticket(now)

    assert reapplying.preview(workflows.load(ELSEWHERE), now).moved == 1


def test_more_tickets_than_one_batch_are_all_reapplied(
    lead: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reapplying, "BATCH", 2)
    workflows.publish(SLOW, now=now)
    for _ in range(5):
        factories.a_ticket(now)
    number = workflows.publish(FAST, now=now)

    assert reapplying.preview(workflows.live(), now).looked_at == 5
    assert reapplying.reapply(None, number, now) == 5
    assert reapplying.reapply(None, number, now) == 0


def test_what_was_solved_is_left_to_the_version_that_solved_it(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)
    ticket = factories.a_ticket(now)
    changing.change(lead, [ticket.pk], {"status": "solved"}, now=now)
    number = workflows.publish(FAST, now=now)

    assert reapplying.reapply(lead, number, now) == 0


def test_only_leads_reapply_and_only_what_is_live(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)
    workflows.publish(FAST, now=now)

    with pytest.raises(Forbidden, match="Your role does not allow"):
        reapplying.reapply(factories.an_agent(), 2, now)
    with pytest.raises(Conflict, match="Version 1 is not the live one"):
        reapplying.reapply(lead, 1, now)


def test_the_log_rebuilds_what_was_reapplied(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW, now=now)
    ticket = factories.a_ticket(now)
    reapplying.reapply(lead, workflows.publish(FAST, now=now), now + timedelta(minutes=40))

    sql = cursor()
    rebuilt = replay(history.recorded(sql), workflows.version, history.people(sql))[ticket.pk]

    assert set(rebuilt.clocks.values()) == set(rows.clocks(sql, [ticket.pk])[ticket.pk])
    assert rebuilt.ticket.version == 2


# Public holidays

BERLIN = """
calendars:
  berlin: {{timezone: Europe/Berlin, hours: {{mon-fri: ["09:00-17:00"]}}, holidays: {region}}}
sla: {{calendar: berlin}}
"""


def test_a_calendar_may_name_a_country_and_its_subdivision(lead: Agent, now: datetime) -> None:
    number = workflows.publish(BERLIN.format(region="{country: DE, subdivision: BE}"), now=now)
    workflows.forget()

    calendar = workflows.version(number).calendars["berlin"]

    assert not calendar.is_open(datetime(2027, 3, 8, 11, 0, tzinfo=UTC)), "Women's Day, a holiday in Berlin only"
    assert calendar.is_open(datetime(2027, 3, 9, 11, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("region", "told"),
    [
        ("{country: XX}", "no holidays are known for the country 'XX'"),
        ("{country: DE, subdivision: BEE}", "DE has no subdivision 'BEE' with holidays of its own (did you mean BE?)"),
    ],
)
def test_an_unknown_country_is_a_problem_of_the_document(region: str, told: str) -> None:
    with pytest.raises(WorkflowError) as refused:
        workflows.load(BERLIN.format(region=region))

    assert told in str(refused.value)


def test_holidays_are_dates() -> None:
    assert date(2026, 12, 25) in public_holidays("DE", "BE", 2026)


def test_a_published_text_is_kept_as_it_was_written(lead: Agent, now: datetime) -> None:
    workflows.publish(SLOW + "\n# a remark\n", now=now)

    assert WorkflowVersion.objects.get().text.endswith("# a remark\n")
