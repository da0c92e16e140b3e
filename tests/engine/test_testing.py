"""A document's own tests: what they can expect, and how a failure reads."""

import pytest

from deskwright.engine.loading import load
from deskwright.engine.testing import run_tests
from tests.engine.test_loading import WHOLE, christmas

PASSING = [
    """{given: {priority: critical, category: technical, customer_tier: enterprise},
        expect: {rule: 1, assignee: senior_engineer, level: senior, queue: technical, notify: [manager_escalation],
                 first_response: 15m, resolution: 4h}}""",
    """{given: {category: billing, amount: 20000},
        expect: {rule: Large billing questions, cc: account_manager, first_response: 240}}""",
    """{given: {category: billing, amount: 20000, customer.tier: enterprise},
        expect: {rule: 2, assignee: dedicated_csm}}""",
    "{given: {customer_tier: enterprise, business_hours: false}, expect: {rule: null}}",
    "{given: {text: the invoice is wrong so I call my lawyer}, expect: {category: billing, signals: legal_threat}}",
    "{given: {impact: high, urgency: high}, expect: {priority: critical}}",
    "{given: {text: hello}, expect: {rule: null, queue: general, priority: medium, complexity: level_1, tier: tier_1}}",
    "{given: {organisation.vip: true}, expect: {signals: [vip_customer]}}",
    "{given: {text: hello}, expect: {signals: []}}",
]


@pytest.mark.parametrize("test", PASSING)
def test_it_passes(test):
    (result,) = run_tests(load(f"tests: [{test}]"))
    assert result.faults == ()
    assert result.passed


def test_a_failure_says_what_was_decided_instead():
    (result,) = run_tests(load("tests: [{name: N, given: {category: billing}, expect: {rule: 1, priority: high}}]"))
    assert (result.name, result.line, result.passed) == ("N", 1, False)
    assert result.faults == ("rule is 5, not 1", "priority is 'medium', not 'high'")


def test_a_moment_that_never_comes_is_a_failure_and_not_a_crash():
    (result,) = run_tests(
        load("sla: {calendar: round_the_clock}\ntests: [{given: {business_hours: false}, expect: {rule: 1}}]")
    )
    assert result.faults == ("the desk's calendar is never closed, so business_hours cannot be false",)


def test_the_tests_of_the_whole_language_pass():
    assert all(result.passed for result in run_tests(load(WHOLE, holidays=christmas)))
