"""What is mechanical is mended in place: comments and layout stay, and a document is never worse afterwards."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskwright.engine.fixing import fix
from deskwright.engine.linting import lint
from deskwright.engine.loading import WorkflowError, load

BROKEN = """\
# Our desk.   Ask before you change it.
workflow:   Acme
feilds: {amount: {type: numbr}}   # what we sell
queues:
  bulk: {stratgy: manual, overflow: billng}

routing_rules:
  # The big ones first
  - name: Big
    condition: "categroy == 'billing'   AND amuont > 10000"
    action: {assign: {queue: bulk}}
    sla_target: 15_minuts      # agreed in June
  - condition: 'priority == "hihg" && signal("urgncy")'
    action: assign_to_senor_engineer

sla: {calender: office_hours}
"""
MENDED = """\
# Our desk.   Ask before you change it.
workflow:   Acme
fields: {amount: {type: number}}   # what we sell
queues:
  bulk: {strategy: manual, overflow: billing}

routing_rules:
  # The big ones first
  - name: Big
    condition: "category == 'billing'   AND amount > 10000"
    action: {assign: {queue: bulk}}
    sla_target: 15_minutes      # agreed in June
  - condition: 'priority == "high" AND signal("urgency")'
    action: assign_to_senior_engineer

sla: {calendar: office_hours}
"""


def test_words_and_durations_are_mended_where_they_stand():
    fixed = fix(BROKEN)
    assert fixed.text == MENDED
    assert "line 3: feilds is now fields" in fixed.done
    assert "line 12: 15_minuts is now 15_minutes" in fixed.done
    load(fixed.text)


RULES = """\
routing_rules:
  - condition: "priority == 'high'"
    action: {assign: {queue: general}}
  # never reached
  - name: Again
    condition: "priority  ==  'high'"

    action: {tag: [again]}

  # the rest
  - {condition: "priority == 'low'", action: {tag: [low]}}
"""


def test_a_rule_that_says_the_same_again_goes_and_its_neighbours_comments_stay():
    assert fix(RULES).text == RULES.replace(RULES[RULES.index("  - name: Again") : RULES.index("\n  # the rest")], "")
    assert fix(RULES).done == ("line 5: the rule is gone, as rule 1 has the same condition",)


def test_a_rule_stays_when_the_documents_own_tests_would_fail_without_it():
    tests = 'tests: [{given: {priority: low, description: "x"}, expect: {rule: 3}}]\n'
    assert fix(RULES + tests).text == RULES + tests


@pytest.mark.parametrize(
    "text",
    [
        "",
        "workflow: X",
        "nonsense: 1",
        "priority_matrix: 5",
        "[",
        "routing_rules: [{condition: true, action: escalate}, {condition: true, action: escalate}]",
    ],
)
def test_what_is_not_mechanical_is_left_alone(text):
    assert fix(text) == type(fix(text))(text, ())


def test_a_word_of_a_condition_is_mended_when_only_a_lint_tells_it():
    text = "routing_rules:\n- condition: category == 'biling'\n  action: {assign: {queue: general}}\n"
    assert fix(text).text == text.replace("biling", "billing")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(MENDED) - 1), st.integers(0, 3), st.text("abe :'\"-\n#", max_size=2))
def test_a_damaged_document_is_never_worse_after_mending(cut, length, put):
    text = MENDED[:cut] + put + MENDED[cut + length :]
    fixed = fix(text)
    assert badness(fixed.text) <= badness(text)
    assert bool(fixed.done) == (fixed.text != text)


def badness(text):
    try:
        return (0, len(lint(load(text))))
    except WorkflowError as error:
        return (1, len(error.problems))
