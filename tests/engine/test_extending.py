"""What a document begins with, and how it says a thing once: `extends`, anchors and merge keys."""

import pytest

from deskwright.engine.document import read
from deskwright.engine.loading import WorkflowError, load
from deskwright.engine.loading.loader import BASES


def test_a_document_extends_the_starter_unless_it_says_otherwise():
    assert load("extends: starter").rules == load("").rules


def test_a_document_that_extends_nothing_has_one_queue_and_no_rules():
    flow = load("extends: nothing")
    assert (flow.name, set(flow.queues), flow.default_queue) == ("Workflow", {"general"}, "general")
    assert not (flow.rules or flow.signals or flow.sla_matrix or flow.tiers or flow.automations or flow.categories)
    assert flow.priority_matrix["high", "high"] == "critical"


def test_what_extends_nothing_knows_no_name_of_the_starter():
    with pytest.raises(WorkflowError, match="no queue is named 'billing'"):
        load("extends: nothing\ndefault_queue: billing")


def test_a_small_workflow_of_its_own_loads():
    flow = load(
        "extends: nothing\nqueues: {orders: {}}\ndefault_queue: orders\n"
        "routing_rules: [{condition: \"subject CONTAINS 'order'\", action: {assign: {queue: orders}}}]"
    )
    assert set(flow.queues) == {"general", "orders"}
    assert flow.rules[0].action.assign.queue == "orders"


def test_what_can_be_extended_is_told():
    with pytest.raises(WorkflowError) as refused:
        load("workflow: X\nextends: startr")
    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.suggestion) == (2, 10, "starter")


@pytest.mark.parametrize("name", BASES)
def test_every_base_is_a_whole_workflow(name):
    assert load(f"extends: {name}").default_queue


# Merge keys

TARGETS = """
sla_matrix:
  critical, any: &fast {first_response: 15m, next_response: 1h, resolution: 4h}
  high, any: {<<: *fast, resolution: 8h}
  low, any: {resolution: 2d, <<: [*fast, {first_response: 1d}]}
"""


def test_a_merge_key_adds_what_a_mapping_does_not_say_itself():
    matrix = load(TARGETS).sla_matrix
    said = {
        cell: {metric: str(target) for metric, target in targets.by_metric.items()} for cell, targets in matrix.items()
    }
    assert said["high", "any"] == {"first_response": "15m", "next_response": "1h", "resolution": "8h"}
    assert said["low", "any"] == {"first_response": "15m", "next_response": "1h", "resolution": "2d"}


def test_a_mistake_in_merged_keys_is_told_where_it_stands():
    with pytest.raises(WorkflowError) as refused:
        load("queues:\n  one: &base {stratgy: manual}\n  two: {<<: *base}")
    assert {(problem.line, problem.column) for problem in refused.value.problems} == {(2, 15)}


@pytest.mark.parametrize("text", ["a: {<<: 5}", "a: {<<: [5]}", "a: &b [1]\nc: {<<: *b}"])
def test_only_mappings_are_merged(text):
    _, problems = read(text)
    assert [problem.message for problem in problems] == [
        "<< takes the keys of a mapping, such as *defaults, or of a list of mappings"
    ]


def test_merging_cannot_grow_a_document_without_bound():
    rows = ["l0: &l0 {" + ", ".join(f"k{n}: 1" for n in range(500)) + "}"]
    rows += [f"l{n}: &l{n} {{<<: [{', '.join([f'*l{n - 1}'] * 9)}]}}" for n in range(1, 12)]
    _, problems = read("\n".join(rows))
    assert "aliases written out" in problems[-1].message
