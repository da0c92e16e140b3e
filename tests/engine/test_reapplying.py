"""A newer version decides about open tickets: what moves, what is promised now, what that makes late."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskwright.engine.decide import decide
from deskwright.engine.effects import Notify, PutClock, SetField, SetStatus
from deskwright.engine.events import WorkflowReapplied
from deskwright.engine.facts import Facts
from deskwright.engine.loading import load
from deskwright.engine.reapplying import Preview, preview
from tests.engine.building import at
from tests.engine.desktop import TEXT, Desktop


def newer(*changes: tuple[str, str], version: int = 2):
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load(text, version=version)


def facts(desktop: Desktop) -> Facts:
    return desktop.facts()


def look(workflow, *desktops: Desktop, when: str = "10:40") -> Preview:
    return preview(workflow, [facts(one) for one in desktops], at(when))


def clocks_of(workflow, desktop: Desktop, when: str):
    effects = decide(workflow, facts(desktop), WorkflowReapplied(version=2), at(when)).effects
    return {effect.clock.metric: effect for effect in effects if isinstance(effect, PutClock)}


HALVED = ("any, any: {first_response: 4h,", "any, any: {first_response: 30m,")
LONGER = ("any, any: {first_response: 4h,", "any, any: {first_response: 6h,")


def test_the_same_document_changes_nothing() -> None:
    assert look(newer(), Desktop().opened()) == Preview(1, ())


def test_a_shorter_target_counts_from_the_original_start_and_is_late_at_the_change() -> None:
    """Opened 10:00 with 4 h; 30 min re-applied at 10:40: due 10:30, so it breaches at 10:40, as the preview shows."""
    found = look(newer(HALVED), Desktop().opened())

    (change,) = found.changes
    (target,) = [one for one in change.targets if one.metric == "first_response"]
    assert (target.before, target.after, target.due_after, target.breaches) == ("4h", "30m", at("10:30"), True)
    assert (found.retargeted, found.breaching, found.moved) == (1, 1, 0)


def test_the_decision_does_what_the_preview_says() -> None:
    put = clocks_of(newer(HALVED), Desktop().opened(), "10:40")["first_response"]

    assert (put.change, put.clock.state, put.clock.breached_at) == ("retargeted", "breached", at("10:40"))
    assert (put.clock.version, put.clock.started_at) == (2, at("10:00"))
    assert put.because == "workflow version 2 was re-applied; 30m had already passed"


def test_with_grace_a_target_that_has_passed_begins_afresh() -> None:
    workflow = newer(HALVED, ("on_reopen: resume", "on_reopen: resume, retarget: grace"))

    put = clocks_of(workflow, Desktop().opened(), "10:40")["first_response"]

    assert (put.clock.state, put.clock.due_at) == ("running", at("11:10"))


def test_a_calendar_of_the_same_name_with_other_hours_moves_the_due_instant() -> None:
    workflow = newer(('mon-fri: ["09:00-17:00"]', 'mon-fri: ["09:00-12:00"]'))

    put = clocks_of(workflow, Desktop().opened("11:00"), "11:30")["first_response"]

    assert put.change == "retargeted"
    assert put.clock.due_at == at("Tue 12:00")


def test_a_clock_that_stays_as_it_is_belongs_to_the_new_version_from_now_on() -> None:
    puts = clocks_of(newer(), Desktop().opened(), "10:40")

    assert {(put.change, put.clock.version) for put in puts.values() if put.clock.metric != "tier"} == {("kept", 2)}
    assert puts["tier"].clock.version == 2


def test_an_earlier_breach_stays_a_fact_under_a_longer_target() -> None:
    desktop = Desktop().opened()
    late = replace(desktop.clocks["first_response", 1], state="breached", breached_at=at("14:00"), fired=1.0)
    desktop.clocks["first_response", 1] = late

    found = look(newer(LONGER), desktop, when="15:00")
    put = clocks_of(newer(LONGER), desktop, "15:00")["first_response"]

    assert (put.clock.state, put.clock.breached_at, put.clock.due_at) == ("breached", at("14:00"), at("16:00"))
    assert found.breaching == 0


def test_a_mark_that_lies_ahead_again_is_told_again() -> None:
    desktop = Desktop().opened()
    desktop.clocks["first_response", 1] = replace(desktop.clocks["first_response", 1], fired=0.9)

    put = clocks_of(newer(LONGER), desktop, "13:45")["first_response"]

    assert (put.clock.fired, put.clock.next_mark, put.clock.next_mark_at) == (0.5, 0.75, at("14:30"))


def test_a_ticket_that_belongs_elsewhere_now_moves_and_finds_an_agent_there() -> None:
    desktop = Desktop(category="technical").opened()
    workflow = newer(
        (
            "condition: \"category == 'technical'\", action: {assign: {queue: technical}}",
            "condition: \"category == 'technical'\", action: {assign: {queue: engineering}}",
        )
    )

    (change,) = look(workflow, desktop).changes

    assert change.queue == ("technical", "engineering")
    assert change.assignee is not None and change.assignee[1] == 5


def test_a_rules_own_target_goes_when_the_rule_does() -> None:
    desktop = Desktop(impact="high", urgency="high").opened()
    assert desktop.ticket.sla_target == "15m"
    workflow = newer(("    sla_target: 15m\n", ""))

    effects = decide(workflow, facts(desktop), WorkflowReapplied(version=2), at("10:10")).effects

    assert SetField("workflow version 2 was re-applied", "sla_target", None) in effects
    assert clocks_of(workflow, desktop, "10:10")["first_response"].clock.target == "30m"


def test_what_rules_do_once_is_not_done_again() -> None:
    desktop = Desktop(impact="high", urgency="high").opened()

    effects = decide(newer(), facts(desktop), WorkflowReapplied(version=2), at("10:10")).effects

    assert [effect for effect in effects if isinstance(effect, (Notify, SetStatus))] == []


def test_an_escalated_ticket_stays_where_its_tier_put_it() -> None:
    desktop = Desktop(category="technical", queue="engineering", tier="tier_2", tier_number=2)
    desktop.ticket = replace(desktop.ticket, assignee=5, description="x")

    assert look(newer(), desktop).moved == 0


@pytest.mark.parametrize("status", ["solved", "closed"])
def test_a_ticket_that_is_done_is_left_alone(status: str) -> None:
    assert look(newer(HALVED), Desktop(status=status)).changes == ()


def test_a_tier_the_new_version_does_not_have_is_no_longer_timed() -> None:
    desktop = Desktop().opened()
    workflow = newer(("  tier_1:\n", "  first_line:\n"))

    put = clocks_of(workflow, desktop, "10:10")["tier"]

    assert put.change == "cancelled"
