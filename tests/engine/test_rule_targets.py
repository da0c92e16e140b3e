"""A rule's `sla_target` times what it names: the first response, or each metric of a mapping."""

import pytest

from deskwright.engine import durations
from deskwright.engine.loading import load
from deskwright.engine.sla.targets import overriding
from tests.engine.building import at
from tests.engine.desktop import TEXT, Desktop

RULES = """
routing_rules:
  - condition: "category == 'billing'"
    sla_target: {first_response: 20 minutes, next_response: 45m, resolution: 1d}
    continue: true
  - {condition: "type == 'incident'", sla_target: {resolution: 3h}, action: assign_to_engineering_team}
  - {condition: "true", sla_target: 15m, action: assign_to_engineering_team}
"""
FLOW = load(TEXT[: TEXT.index("routing_rules:")] + RULES + TEXT[TEXT.index("sla_matrix:") :])


def desk(**ticket):
    opened = Desktop(**ticket)
    opened.flow = FLOW
    return opened.opened("10:00")


def due(desk):
    return {metric: clock.due_at for (metric, _), clock in desk.clocks.items()}


def test_a_mapping_sets_the_target_of_every_metric_it_names():
    billed = desk(category="billing")
    assert billed.ticket.sla_target == "first_response 20m, next_response 45m, resolution 1d"
    assert due(billed)["first_response"] == at("10:20")
    assert due(billed)["resolution"] == at("2026-11-24 10:00")
    billed.replied("10:10").wrote("10:30")
    assert due(billed)["next_response"] == at("11:15")


def test_what_a_mapping_does_not_name_stays_as_the_matrix_says():
    incident = desk(type="incident", category="technical")
    assert incident.ticket.sla_target == "resolution 3h"
    assert due(incident)["first_response"] == at("14:00")
    assert due(incident)["resolution"] == at("13:00")


def test_the_first_rule_with_a_target_wins_and_the_trace_says_so():
    billed = desk(category="billing", type="incident")
    assert billed.ticket.sla_target == "first_response 20m, next_response 45m, resolution 1d"
    parts = [part.text for step in billed.trace.steps for part in step.parts]
    assert "resolution within 1d of wall-clock time: the rule's sla_target, which overrides the matrix" in parts


def test_a_bare_target_is_kept_as_it_always_was():
    assert desk(category="technical").ticket.sla_target == "15m"


@pytest.mark.parametrize(
    ("kept", "meant"),
    [
        (None, {}),
        ("15m", {"first_response": "15m"}),
        ("2bd", {"first_response": "2bd"}),
        ("4h wall", {"first_response": "4h wall"}),
        ("first_response 4h wall, resolution 1bd2h", {"first_response": "4h wall", "resolution": "1bd2h"}),
    ],
)
def test_what_a_ticket_keeps_is_read_back(kept, meant):
    assert overriding(kept) == {metric: durations.parse(target) for metric, target in meant.items()}
