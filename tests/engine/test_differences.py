"""What changed from one workflow to another is told in the language's own terms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deskwright.engine.differences import differences
from deskwright.engine.loading import load

BASE = """
workflow: Acme
fields: {plan: {type: choice, choices: [basic, gold]}}
calendars:
  berlin: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}
  both: {union: [berlin, new_york]}
queues:
  first: {skills: [api]}
  second: {}
audiences: {chiefs: {role: lead}}
assignees: {expert: {queue: first, level: senior}}
signals: {fury: {words: [furious, livid]}}
routing_rules:
  - {name: Integrations, condition: "category == 'api'", action: {assign: {queue: first}, tag: [api]}, sla_target: 1h}
  - {name: Gold, condition: "plan == 'gold'", action: {assign: {queue: second}}}
  - {condition: "priority == 'critical'", action: {assign: expert}, notify: chiefs}
  - {name: Rest, condition: "channel == 'phone'", action: {assign: {queue: second}}}
sla_matrix:
  high, any: {first_response: 2h, resolution: 8h}
  medium, any: {first_response: 4h}
  any, any: {first_response: 8h}
sla: {calendar: berlin, pause: {resolution: [waiting_on_customer]}, warn_at: [50%, 90%]}
escalation_matrix:
  tier_1: {timeout: 2h, conditions: [no_response], escalate_to: expert}
  tier_2: {timeout: 4h, conditions: [fury]}
  management: {triggers: [fury], notify: [chiefs]}
automations:
  - {name: Warn, on: [sla_warning, sla_breach], when: "share >= 0.75", do: [{notify: chiefs}]}
surveys: {csat: {after: solved, wait: 1h}}
duplicates: {suggest_at: 0.5, merge_at: 0.9}
proactive: {risk_factors: {errors: "organisation.recent_errors > 50"}}
tests: [{given: {priority: high}, expect: {priority: high}}]
"""

TABLE = yaml.safe_load((Path(__file__).parent / "data" / "differences.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("change", TABLE, ids=[change["told"][0][:60] for change in TABLE])
def test_each_change_is_one_sentence(change: dict[str, Any]) -> None:
    assert change["old"] in BASE

    found = differences(load(BASE), load(BASE.replace(change["old"], change["new"])))

    assert [str(one) for one in found] == change["told"]


def test_other_spellings_of_the_same_thing_are_no_difference() -> None:
    respelled = (
        BASE.replace("2h", "120 minutes").replace("category == 'api'", "(category = 'api')").replace("50%", "0.5")
    )

    assert differences(load(BASE), load(respelled)) == ()


def rules(*names: str) -> str:
    lines = [
        f"  - {{name: {name}, condition: \"tags CONTAINS '{name}'\", action: {{tag: [{name}]}}}}" for name in names
    ]
    return "routing_rules:\n" + "\n".join(lines) + "\n"


def test_only_the_rule_that_was_moved_is_told_to_have_moved() -> None:
    found = differences(load(rules("a", "b", "c", "d", "e")), load(rules("e", "a", "b", "c", "d")))

    assert [str(one) for one in found] == ["rule e: moved from place 5 to place 1"]


def test_an_added_rule_moves_nothing_below_it() -> None:
    found = differences(load(rules("a", "b", "c")), load(rules("x", "a", "b", "c")))

    assert [str(one) for one in found] == ["rule x: added at place 1: when tags CONTAINS 'x'"]


def test_a_rule_that_got_a_name_is_the_same_rule() -> None:
    before = "routing_rules: [{condition: \"priority == 'low'\", action: {tag: [calm]}}]"
    after = before.replace("{condition", "{name: Calm, condition")

    assert [str(one) for one in differences(load(before), load(after))] == ["rule Calm: named Calm"]


def test_the_tiers_order_is_told() -> None:
    one, two = "tier_1: {timeout: 2h, conditions: [no_response]}", "tier_2: {timeout: 2h, conditions: [no_response]}"
    before, after = (f"escalation_matrix: {{{pair}}}" for pair in (f"{one}, {two}", f"{two}, {one}"))

    told = [str(found) for found in differences(load(before), load(after))]

    assert told == ["tiers: in another order: tier_2, tier_1"]


def test_a_difference_tells_programs_the_same() -> None:
    (found,) = differences(load(rules("a", "b")), load(rules("b")))

    assert found.as_json() == {
        "section": "routing_rules",
        "what": "rule a",
        "how": "removed; it stood at place 1",
        "text": "rule a: removed; it stood at place 1",
    }


@given(st.permutations("abcdefg"), st.sets(st.sampled_from("abcdefg"), max_size=3))
def test_the_moves_told_are_enough_to_make_the_new_order(order: list[str], left_out: set[str]) -> None:
    new = [name for name in order if name not in left_out]
    found = differences(load(rules(*"abcdefg")), load(rules(*new) if new else "routing_rules: []"))
    moved = {one.what.removeprefix("rule ") for one in found if one.how.startswith("moved")}
    removed = {one.what.removeprefix("rule ") for one in found if one.how.startswith("removed")}
    stayed = [name for name in new if name not in moved]

    assert removed == left_out
    assert stayed == sorted(stayed)
