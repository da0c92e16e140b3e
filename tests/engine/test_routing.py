"""Routing: order, `continue`, the trace, and an index that never leaves aside a rule that holds."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from deskwright.engine.conditions import compile_condition, printed
from deskwright.engine.loading import load
from deskwright.engine.routing import choose, explain_all
from deskwright.engine.rule_index import RuleIndex
from deskwright.engine.workflow import Action, Rule
from tests.engine.test_conditions import WORDS, conditions, views

RULES = """
routing_rules:
  - {name: Tagged, condition: "priority >= 'high'", action: {tag: [important]}, continue: true}
  - {name: Billing, condition: "category == 'billing' AND amount > 100", action: assign_to_billing_specialist}
  - {name: Technical, condition: "category == 'technical'", action: {assign: {queue: technical}}}
  - {name: Rest, condition: true, action: {assign: {queue: general}}}
"""


def chosen(**view):
    return choose(load(RULES), view)


def names(found):
    return [rule.name for rule in found.rules]


def test_the_first_match_wins_and_ends_the_search():
    found = chosen(category="technical", priority="low")
    assert (names(found), found.winner.name) == (["Technical"], "Technical")


def test_a_rule_that_continues_lets_later_rules_add_and_the_first_that_assigns_wins():
    found = chosen(category="outage", priority="critical")
    assert (names(found), found.winner.name) == (["Tagged", "Technical"], "Technical")


def test_no_match_has_no_winner():
    found = choose(load("routing_rules: [{condition: \"category == 'x'\", action: escalate}]"), {"category": "y"})
    assert (found.rules, found.winner) == ((), None)
    assert found.steps[-1].text == "no rule applies"


def test_a_document_without_rules_routes_nothing():
    assert choose(load("routing_rules: []"), {}).winner is None


def test_the_trace_tells_the_winner_in_full_and_of_losers_the_first_failing_part():
    steps = [step.as_json() for step in chosen(category="billing", priority="low").steps]
    assert steps == [
        {
            "topic": "routing",
            "text": "rule 1, Tagged",
            "held": False,
            "parts": [{"topic": "routing", "text": "priority >= 'high'", "held": False, "seen": {"priority": "low"}}],
        },
        {
            "topic": "routing",
            "text": "rule 2, Billing",
            "held": False,
            "parts": [
                {
                    "topic": "routing",
                    "text": "amount > 100: amount is missing",
                    "held": False,
                    "seen": {"amount": "missing"},
                }
            ],
        },
        {
            "topic": "routing",
            "text": "rule 3, Technical",
            "held": False,
            "parts": [
                {
                    "topic": "routing",
                    "text": "category == 'technical'",
                    "held": False,
                    "seen": {"category": "billing"},
                }
            ],
        },
        {
            "topic": "routing",
            "text": "rule 4, Rest",
            "held": True,
            "parts": [{"topic": "routing", "text": "true", "held": True}],
        },
    ]


def test_rules_the_index_left_aside_are_counted():
    texts = "\n".join(f"  - {{condition: \"category == 'c{number}'\", action: escalate}}" for number in range(100))
    steps = choose(load("routing_rules:\n" + texts), {"category": "c90"}).steps
    assert [step.text for step in steps] == [
        "rule 91",
        "90 rules before could not match",
        "9 later rules were not asked",
    ]


def test_every_rule_is_explained_on_demand():
    steps = explain_all(load(RULES), {"category": "billing"})
    assert [(step.text, step.held) for step in steps] == [
        ("rule 1, Tagged", False),
        ("rule 2, Billing", False),
        ("rule 3, Technical", False),
        ("rule 4, Rest", True),
    ]


def many(count) -> Iterator[str]:
    for number in range(count):
        yield f"category == 'c{number % 40}' AND customer_tier == 't{number % 7}' AND amount > {number}"


def indexed(texts):
    return RuleIndex.of(
        [Rule(number, str(number), compile_condition(text, WORDS), Action()) for number, text in enumerate(texts)]
    )


def test_a_thousand_rules_leave_a_handful_of_candidates():
    index = indexed(many(1000))
    assert 0 < len(index.candidates({"category": "c5", "customer_tier": "t3"})) <= 1000 / 200
    assert index.candidates({"category": "c5"}) == []
    assert index.candidates({}) == []


def test_rules_on_words_tags_and_signals_are_found_by_them():
    texts = [
        *(f"subject CONTAINS 'word{number} of many'" for number in range(20)),
        *(f"tags CONTAINS 'Tag {number}'" for number in range(20)),
        "signal('urgency')",
        "signal('legal_threat')",
        "customer.tier IS NULL",
        "NOT priority == 'high'",
    ]
    view = {"subject": "Has WORD7, of MANY", "tags": frozenset({"tag 3"}), "signals": frozenset({"urgency"})}
    found = indexed(texts).candidates(view)
    assert [place for place in found if place < 40] == [7, 23]
    assert {40, 42, 43} <= set(found)


def test_a_rule_that_cannot_hold_is_never_a_candidate():
    texts = ["false", "category == 'a' AND category == 'b'", *many(20)]
    assert not {0, 1} & set(indexed(texts).candidates({"category": "a"}))


@settings(max_examples=150, deadline=None)
@given(st.lists(conditions.map(printed), min_size=1, max_size=30), views)
def test_the_index_never_leaves_aside_a_rule_that_holds(texts, view):
    made = [compile_condition(text, WORDS) for text in texts]
    candidates = indexed(texts).candidates(view)
    assert {place for place, condition in enumerate(made) if condition.holds(view)} <= set(candidates)
    assert candidates == sorted(set(candidates))
