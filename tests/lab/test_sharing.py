"""Two runs through one log that share what they can come out as two that share nothing, whatever the draft changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from deskwright.engine.altering import replace as altered
from deskwright.engine.events import AgentReplied, CustomerWrote, Event, FieldsChanged, NoteAdded, TicketOpened
from deskwright.engine.facts import Agent, Customer, Message
from deskwright.engine.history import Recorded
from deskwright.engine.loading import load
from deskwright.engine.workflow import Workflow
from deskwright.lab import replay, sharing
from deskwright.lab.whatif.rerunning import Outcomes, rerun

TEXT = (Path(__file__).resolve().parents[2] / "src/deskwright/desk/demo/workflow.yaml").read_text(encoding="utf-8")
LIVE = load(TEXT, version=3)
TURNS = (
    ("per_agent: 14", "per_agent: 3"),
    ("medium, any: {first_response: 4h", "medium, any: {first_response: 20m"),
    ("warn_at: [50%, 75%, 90%]", "warn_at: [30%]"),
    ("words: [urgent, urgently,", "words: [merci, urgent,"),
    ("keywords: [invoice, refund,", "keywords: [merci, invoice,"),
    ("words: [lawyer,", "words: [reports,"),
    ("condition: \"category == 'outage'\"", "condition: \"category == 'billing'\""),
    ("tier_1: {timeout: 6_hours", "tier_1: {timeout: 30m"),
    ('when: "csat <= 2"', 'when: "csat <= 3"'),
    ("boost_priority: 1}, {tag", "boost_priority: 2}, {tag"),
    ("audiences:  ", "# A line more moves every rule below\naudiences:  "),
    ("pause: {resolution: [waiting_on_customer, on_hold]}", "pause: {resolution: [on_hold]}"),
    ("on_reopen: resume", "on_reopen: restart"),
)
DRAFTS = [load(TEXT.replace(*turn)) for turn in TURNS]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEAMS = ("support", "engineering", "accounts")
PEOPLE = {
    one: Agent(one, f"Agent {one}", teams=frozenset({TEAMS[one % 3]}), capacity=4 if one % 2 else None)
    for one in range(1, 7)
}
WORDS = ("our shop is down, urgent", "the invoice is wrong", "I will call my lawyer", "reports", "merci", "api error")
CUSTOMERS = (Customer(1), Customer(2, tier="enterprise"), Customer(3, escalations_30d=4))
ARMS = frozenset({"sooner_first_answers=variant"})


def opened(number: int, at: datetime, words: str) -> Recorded:
    changes = {"subject": words, "description": words, "created_at": at, "version": 3, "unanswered_since": at}
    changes |= {"arms": ARMS} if number % 2 else {}
    return Recorded(0, number, at, TicketOpened(), 3, 0, False, changes, CUSTOMERS[number % 3], None, heard(words, at))


def heard(words: str, at: datetime) -> Message:
    return Message(new_text=words, at=at)


def said(number: int, at: datetime, kind: str, words: str) -> Recorded:
    event, changes, message = DEEDS[kind](at, words)
    return Recorded(0, number, at, event, 3, 0, False, changes, message=message)


def deed(event: Event, **changes: Any) -> Any:
    return lambda at, words: (event, {name: at if value == "at" else value for name, value in changes.items()}, None)


DEEDS: dict[str, Any] = {
    "replied": deed(AgentReplied(1), first_response_at="at", last_agent_at="at", unanswered_since=None),
    "noted": deed(NoteAdded(1)),
    "wrote": lambda at, words: (CustomerWrote(), {"last_customer_at": at, "unanswered_since": at}, heard(words, at)),
    "solved": deed(FieldsChanged({"status": ("open", "solved")}), status="solved", solved_at="at"),
    "waits": deed(FieldsChanged({"status": ("open", "waiting_on_customer")}), status="waiting_on_customer"),
    "raised": deed(FieldsChanged({"priority": ("medium", "high")}), priority="high"),
    "moved": deed(FieldsChanged({"queue": ("support", "billing")}), queue="billing"),
    "handed": deed(FieldsChanged({"assignee": (None, 3)}), assignee=3),
}
deeds = some.lists(
    some.tuples(some.integers(1, 200), some.integers(1, 4), some.sampled_from(sorted(DEEDS)), some.sampled_from(WORDS)),
    max_size=25,
)


def written(happenings: Sequence[tuple[int, int, str, str]]) -> list[Recorded]:
    """A log in which each ticket opens at its first happening."""
    log, at, known = list[Recorded](), NOON, set[int]()
    for minutes, number, kind, words in happenings:
        at += timedelta(minutes=minutes)
        log.append(said(number, at, kind, words) if number in known else opened(number, at, words))
        known.add(number)
    return log


def run(log: Sequence[Recorded], drafts: Sequence[Workflow]) -> list[Outcomes]:
    until = (log[-1].at if log else NOON) + timedelta(days=2)
    return rerun(log, lambda version: LIVE, lambda version: PEOPLE, until, drafts)


@given(deeds, some.lists(some.sampled_from(DRAFTS), min_size=1, max_size=2, unique_by=id))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_runs_that_share_decisions_end_as_runs_that_share_none(
    monkeypatch: pytest.MonkeyPatch, happenings: list[tuple[int, int, str, str]], drafts: list[Workflow]
) -> None:
    log = written(happenings)
    together = run(log, drafts)
    with monkeypatch.context() as patched:
        patched.setattr(replay, "same", lambda *of: False)
        assert run(log, drafts) == together
    assert [run(log, [draft])[1] for draft in drafts] == together[1:]


def test_a_draft_that_says_the_same_decides_openings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """They look at the loads, which are each run's own."""
    decided = list[tuple[bool, str]]()
    real = replay.decided

    def counted(course: Any, replayed: Any, event: Event, *of: Any) -> Any:
        decided.append((bool(course.behind), event.kind))
        return real(course, replayed, event, *of)

    monkeypatch.setattr(replay, "decided", counted)
    log = written([(5, 1, "", WORDS[0]), (5, 1, "replied", ""), (5, 1, "noted", ""), (9, 1, "solved", "")])
    run(log, [load("# Nothing but a comment\n" + TEXT)])
    assert [kind for ahead, kind in decided if not ahead] == ["ticket_opened"]
    assert len(decided) > 4


def test_a_draft_that_gives_agents_less_goes_on_from_where_the_live_version_looked_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, gone_on = list[str](), list[str]()
    begin, go_on = replay.begin, replay.go_on
    monkeypatch.setattr(replay, "begin", lambda *of, **told: (begun.append(of[2].kind), begin(*of, **told))[1])
    monkeypatch.setattr(replay, "go_on", lambda *of: (gone_on.append(of[2].kind), go_on(*of))[1])
    log = written([(5, 1, "", WORDS[0]), (5, 2, "", WORDS[1])])
    run(log, [DRAFTS[0]])
    assert gone_on == ["ticket_opened"] * 2
    assert begun.count("ticket_opened") == 2


def test_reading_what_differs_is_seen_and_reading_the_rest_is_not() -> None:
    look = sharing.Look()
    watched = sharing.watched_workflow(LIVE, [DRAFTS[0], load("# Moved\n" + TEXT)], frozenset(), look)
    assert (watched.sla_matrix, watched.rules, watched.name) == (LIVE.sla_matrix, LIVE.rules, LIVE.name)
    assert not look.happened
    assert watched.assignment.per_agent == 14 and look.happened


@pytest.mark.parametrize(
    "part",
    [
        {"categories": dict(reversed(LIVE.categories.items()))},
        {"queues": dict(reversed(LIVE.queues.items()))},
        {"reopen": {**LIVE.reopen, "within": True}},
    ],
)
def test_another_order_is_a_difference_and_so_is_a_value_of_another_kind(part: dict[str, Any]) -> None:
    """The first of two categories wins a tie, and the first survey that follows asks."""
    look, live = sharing.Look(), altered(LIVE, reopen={**LIVE.reopen, "within": 1})
    watched = sharing.watched_workflow(live, [altered(live, **part)], frozenset(), look)
    assert getattr(watched, next(iter(part))) and look.happened
