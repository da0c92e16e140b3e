"""Lints: what they find, what they leave alone, and that what they say is true."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskwright.engine.conditions import compile_condition, printed
from deskwright.engine.linting import lint
from deskwright.engine.linting.reasoning import contradiction, entails, ways
from deskwright.engine.loading import load
from tests.engine.condition_oracle import means
from tests.engine.test_conditions import WORDS, conditions, views
from tests.engine.test_loading import LADDER, RULES


def lints(text):
    return [f"{problem.line} {problem.path}: {problem.message}" for problem in lint(load(text))]


def rules(*texts):
    lines = [f'  - {{condition: "{text}", action: {{assign: {{queue: general}}}}}}' for text in texts]
    return "\n".join(["routing_rules:", *lines])


@pytest.mark.parametrize("text", ["", RULES, LADDER])
def test_the_starter_and_the_published_fragments_are_clean(text):
    assert lints(text) == []


SHADOWED = [
    ("true", "priority == 'high'"),
    ("priority == 'high'", "priority == 'high'"),
    ("category == 'technical'", "category == 'outage'"),
    ("category IN ('technical', 'billing')", "amount > 5 AND category == 'billing'"),
    ("amount > 100", "amount > 100 AND priority == 'high'"),
    ("amount >= 100", "amount BETWEEN 100 AND 200"),
    ("amount > 1 OR priority == 'high'", "priority == 'high' AND amount < 0"),
    ("priority != 'low'", "priority >= 'medium'"),
    ("amount IS NOT NULL", "amount != 7"),
    ("NOT signal('urgency')", "NOT (signal('urgency') OR amount > 1)"),
    ("organisation.vip", "organisation.vip == true AND amount > 1"),
    ("priority IN ('high', 'critical')", "priority > 'medium' AND amount > 1"),
]


@pytest.mark.parametrize(("first", "second"), SHADOWED)
def test_a_rule_whose_tickets_an_earlier_rule_takes_is_told(first, second):
    found = lints(rules(first, second))
    assert len(found) == 1
    assert found[0].startswith("3 routing_rules[2]: no ticket gets here")


REACHED = [
    ("category == 'outage'", "category == 'technical'"),
    ("amount > 100", "amount >= 100"),
    ("amount > 100", "priority == 'high'"),
    ("priority != 'low'", "priority IS NULL"),
    ("amount > 5", "NOT amount <= 5"),
    ("subject CONTAINS 'api'", "subject CONTAINS 'api key'"),
]


@pytest.mark.parametrize(("first", "second"), REACHED)
def test_a_rule_with_tickets_of_its_own_is_left_alone(first, second):
    assert lints(rules(first, second)) == []


def test_rules_that_take_the_tickets_of_another_only_together_are_told():
    text = rules("priority == 'high'", "amount > 5", "priority == 'critical'", "priority > 'medium' AND amount > 1")
    assert lints(text) == [
        "5 routing_rules[4]: no ticket gets here: whatever meets it also meets one of the rules 1 and 3"
    ]
    assert lints(rules("priority == 'high'", "priority > 'medium'")) == []


def test_a_rule_that_continues_takes_no_tickets():
    text = "routing_rules: [{condition: true, action: {tag: x}, continue: true}, {condition: true, action: escalate}]"
    assert lints(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "amount > 5 AND amount < 5",
        "amount >= 5 AND amount < 5",
        "priority == 'high' AND priority == 'low'",
        "category == 'technical' AND category NOT IN ('technical', 'billing')",
        "csat > 1 AND csat IS NULL",
        "signal('urgency') AND NOT signal('urgency')",
        "organisation.vip AND organisation.vip == false",
    ],
)
def test_a_condition_that_never_holds_is_told(text):
    assert any("never holds" in line for line in lints(rules(text)))


def test_unknown_words_are_told_with_what_was_meant():
    found = lint(load(rules("category == 'tecnical' AND customer_tier == 'enterprize'")))
    assert [(problem.message, problem.suggestion) for problem in found] == [
        ("no category of this workflow is named 'tecnical'", "technical"),
        ("no customer tier of this workflow is named 'enterprize'", "enterprise"),
    ]


def test_holes_and_odd_targets_of_the_matrix_are_told():
    found = lints(
        "sla_matrix: {'high': {first_response: 2h, resolution: 1h}, 'critical, enterprise': {resolution: 4h}}"
    )
    every = "enterprise, free, professional, standard"
    assert found == [
        "1 sla_matrix: tickets of priority critical have no targets for the tiers free, professional, standard",
        f"1 sla_matrix: tickets of priority low have no targets for the tiers {every}",
        f"1 sla_matrix: tickets of priority medium have no targets for the tiers {every}",
        "1 sla_matrix.high: the first response (2h) may come later than the resolution (1h)",
        "1 sla_matrix.critical, enterprise: no target for first response, so nothing times it",
    ]


def test_queues_that_overflow_in_a_ring_are_told_once():
    found = lints("queues: {a: {overflow: b}, b: {overflow: c}, c: {overflow: a}, d: {overflow: a}}")
    assert found == ["1 queues.a.overflow: these queues overflow into each other in a ring: a -> b -> c -> a"]


MATRIX = "sla_matrix: {'any, any': {first_response: 4h, resolution: 2bd}}\n"


@pytest.mark.parametrize("change", ["{}", "{sla_matrix: {}}", "{sla_matrix: {'any, any': {first_response: 240m}}}"])
def test_an_experiment_whose_variant_changes_nothing_is_told(change):
    found = lints(f"{MATRIX}experiments: {{idle: {{change: {change}}}}}")
    assert found == ["2 experiments.idle.change: the experiment idle changes nothing: both arms would decide alike"]


@pytest.mark.parametrize(
    "change",
    [
        "{priority_matrix: {low: {low: high}}}",
        "{complexity: {level_3: 'true'}}",
        "{routing_rules: [{condition: 'true', action: {assign: {queue: general}}}]}",
        "{assignment: {relax_skills_after: 45m}}",
        "{sla_matrix: {'any, any': {first_response: 3h}}}",
        "{sla: {warn_at: [80%]}}",
        "{escalation_matrix: {tier_1: {timeout: 1h}}}",
        "{automations: [{name: Remind, on: ticket_opened, do: {tag: [seen]}}]}",
        "{replies: {acknowledge: false}}",
    ],
)
def test_an_experiment_that_changes_something_is_left_alone(change):
    assert not any("changes nothing" in said for said in lints(f"{MATRIX}experiments: {{busy: {{change: {change}}}}}"))


def test_a_thousand_rules_are_linted_without_comparing_every_two_for_long():
    texts = [f"category == 'billing' AND amount == {number}" for number in range(1000)]
    assert lints(rules(*texts, texts[0])) == [
        "1002 routing_rules[1001]: no ticket gets here: rule 1 has the same condition"
    ]


@settings(max_examples=300, deadline=None)
@given(conditions, conditions, st.lists(views, min_size=1, max_size=4))
def test_what_reasoning_concludes_is_true_of_every_ticket(first, second, tickets):
    one, other = (compile_condition(printed(written), WORDS) for written in (first, second))
    found = ways(one.tree)
    covered = bool(found) and all(entails(way, other.tree) for way in found)
    for view in tickets:
        if means(one.tree, view):
            assert contradiction(one.tree) is None
            assert not covered or means(other.tree, view)
