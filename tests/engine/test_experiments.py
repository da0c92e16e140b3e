"""Experiments: who gets which arm, what a variant changes, and what a document may not try."""

import pytest

from deskwright.engine.decide import decide
from deskwright.engine.events import TicketOpened
from deskwright.engine.experiments import arms, drawn, under
from deskwright.engine.facts import Customer, Facts, Ticket
from deskwright.engine.loading import WorkflowError, load
from tests.engine.building import at

TEXT = """
sla_matrix:
  high, any: {first_response: 3h, resolution: 24h}
  any, any: {first_response: 8h, resolution: 48h}
routing_rules:
  - {name: plain, condition: "true", action: {tag: [plain]}, continue: true}
escalation_matrix: {}
automations: []
experiments:
  faster:
    share: 30%
    change: {sla_matrix: {"high, any": {first_response: 30m}}}
    judge_by: csat
    guard: [resolution_met]
  other_rules:
    change: {routing_rules: [{name: tried, condition: "true", action: {tag: [tried]}, continue: true}]}
  resting: {change: {replies: {acknowledge: false}}, enabled: false}
"""
FLOW = load(TEXT)


def opening(*given):
    ticket = Ticket(1, priority="high", created_at=at("10:00"), arms=frozenset(given))
    return decide(FLOW, Facts(ticket, Customer(1)), TicketOpened(), at("10:00"))


def effect(decision, name):
    return [one for one in decision.effects if type(one).__name__ == name]


def targets(decision):
    return {one.clock.metric: one.clock.target for one in effect(decision, "PutClock") if one.clock.metric != "tier"}


def test_a_share_of_the_customers_gets_the_variant_and_always_the_same():
    found = [arms(FLOW, number, None) for number in range(20_000)]

    assert found == [arms(FLOW, number, None) for number in range(20_000)]
    assert sum("faster=variant" in one for one in found) / len(found) == pytest.approx(0.3, abs=0.01)
    assert sum("other_rules=variant" in one for one in found) / len(found) == pytest.approx(0.5, abs=0.011)
    assert not any("resting" in arm for one in found for arm in one)


def test_experiments_draw_independently_of_each_other():
    found = [arms(FLOW, number, None) for number in range(20_000)]
    both = sum({"faster=variant", "other_rules=variant"} <= set(one) for one in found)

    assert both / len(found) == pytest.approx(0.15, abs=0.01)
    assert all(0 <= drawn("faster", f"customer {number}") < 1 for number in range(100))


def test_the_customers_of_an_organisation_share_their_arms():
    assert len({tuple(arms(FLOW, customer, 7)) for customer in range(100)}) == 1


def test_a_stopped_experiment_takes_nobody():
    assert arms(FLOW, 1, None, {"faster", "other_rules"}) == []


def test_a_variant_lays_its_change_over_the_document():
    assert targets(opening("faster=control")) == {"first_response": "3h", "resolution": "24h"}
    assert targets(opening("faster=variant")) == {"first_response": "30m", "resolution": "24h"}


def test_a_list_takes_the_place_of_the_document_s():
    assert [one.tags for one in effect(opening(), "AddTags")] == [("plain",)]
    assert [one.tags for one in effect(opening("other_rules=variant"), "AddTags")] == [("tried",)]


def test_several_variants_change_one_ticket_together():
    decision = opening("faster=variant", "other_rules=variant")

    assert targets(decision)["first_response"] == "30m"
    assert [one.tags for one in effect(decision, "AddTags")] == [("tried",)]


def test_a_variant_is_made_once_and_a_workflow_without_the_experiment_stays_itself():
    assert under(FLOW, ["faster=variant"]) is under(FLOW, ["other_rules=control", "faster=variant"])
    assert under(FLOW, ["gone=variant", "faster=control"]) is FLOW


@pytest.mark.parametrize(
    ("experiments", "sentence"),
    [
        ("{a: {change: {sla: {calendar: x}}}}", "x"),
        (
            "{a: {change: {replies: {}}}, b: {change: {replies: {acknowledge: false}}}}",
            "the experiment a changes replies too",
        ),
        ("{a: {change: {queues: {x: {}}}}}", "'queues' is not part of what an experiment can change"),
        ("{a: {share: 100%, change: {replies: {}}}}", "some to the control"),
        ("{a: {change: {sla_matrix: {'high, any': {first_response: soon}}}}}", "soon"),
    ],
)
def test_what_cannot_be_tried_is_refused(experiments, sentence):
    with pytest.raises(WorkflowError) as refused:
        load(f"experiments: {experiments}")
    assert any(sentence in str(problem) for problem in refused.value.problems)


def test_a_fault_of_a_section_is_told_once_though_a_variant_has_it_too():
    with pytest.raises(WorkflowError) as refused:
        load("replies: {acknowledg: x}\nexperiments: {a: {change: {replies: {acknowledge: false}}}}")
    assert len(refused.value.problems) == 1
