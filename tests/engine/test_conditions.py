"""The condition language: what holds, what is refused and where, and that every back end means the same."""

import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskwright.engine.conditions import ConditionError, compile_condition, parse, printed
from deskwright.engine.conditions import syntax as tree
from deskwright.engine.vocabulary import vocabulary
from deskwright.engine.workflow import Category, FieldSpec
from tests.engine.condition_oracle import means

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORDS = vocabulary(
    {
        "amount": FieldSpec("amount", "number"),
        "limit": FieldSpec("limit", "number"),
        "product": FieldSpec("product", "choice", choices=("Basic", "Pro")),
        "renewal_date": FieldSpec("renewal_date", "date", "organisation"),
        "beta": FieldSpec("beta", "boolean", "customer"),
    },
    {"technical": Category("technical"), "outage": Category("outage", "technical"), "billing": Category("billing")},
    ["urgency", "legal_threat"],
)
VIEW = {
    "priority": "high",
    "category": "outage",
    "customer_tier": "enterprise",
    "status": "new",
    "subject": "E-mail integration fails",
    "description": "It's the API.\nNothing else, 100% sure",
    "amount": 12000,
    "limit": 10000,
    "product": "Pro",
    "organisation.renewal_date": date(2026, 12, 23),
    "organisation.vip": True,
    "business_hours": False,
    "tags": frozenset({"VIP", "early adopter"}),
    "signals": frozenset({"urgency"}),
    "age": 90.0,
    "created_at": NOW - timedelta(minutes=90),
    "now": NOW,
}


def condition(text):
    return compile_condition(text, WORDS)


HOLDING = [
    "priority == 'high'",
    'priority = "high"',
    "priority == 'HIGH'",
    "'high' == priority",
    "priority <> 'low' and not priority == 'low'",
    "priority >= 'medium' AND priority < 'critical'",
    "priority BETWEEN 'medium' AND 'critical'",
    "priority NOT BETWEEN 'low' AND 'medium'",
    "category == 'technical'",
    "category == 'outage'",
    "category IN ('technical', 'billing')",
    "category NOT IN ('billing')",
    "category != 'billing'",
    "customer.tier == 'Enterprise'",
    "amount > 10000",
    "10000 < amount",
    "amount > limit",
    "amount BETWEEN limit AND 12000",
    "amount == 12000.0",
    "-5 < amount",
    "fields.amount IS NOT NULL",
    "csat IS NULL",
    "not csat > 3",
    "NOT (csat != 3)",
    "product == 'pro'",
    "renewal_date < '2026-12-24'",
    "organization.renewal_date IS NOT NULL",
    "days_until(renewal_date) == 30",
    "days_until(organisation.renewal_date) < 90",
    "days_until(created_at) == 0",
    "created_at >= '2026-11-23'",
    "created_at < '2026-11-23 08:00'",
    "age > 1h",
    "age <= '2 hours'",
    "age BETWEEN 1h AND 1_days",
    "organisation.vip",
    "organisation.vip == true",
    "organisation.vip != false",
    "not business_hours",
    "business_hours == false",
    "subject CONTAINS 'INTEGRATION'",
    "subject CONTAINS 'e-mail'",
    "subject CONTAINS 'mail integration'",
    "subject NOT CONTAINS 'integrations'",
    "description CONTAINS 'api'",
    "tags CONTAINS 'vip'",
    "tags CONTAINS 'Early Adopter'",
    "tags NOT CONTAINS 'early'",
    "subject LIKE 'E-mail%'",
    "subject LIKE '%_ails'",
    "subject NOT LIKE 'e-mail%'",
    "description LIKE '%100\\% sure'",
    "description LIKE 'It''s%'",
    "subject MATCHES 'integration (fails|broke)$'",
    "subject MATCHES '(?i)^e-MAIL'",
    "subject NOT MATCHES 'FAILS'",
    "signal('urgency') AND NOT signal('legal_threat')",
    "true",
    "NOT false",
    "priority == 'low' OR category == 'billing' OR amount > 1",
    "priority == 'high' OR priority == 'low' AND amount < 1",
    "subject == 'E-mail integration fails'",
    "category == 'never heard of' OR true",
]


@pytest.mark.parametrize("text", HOLDING)
def test_it_holds(text):
    assert condition(text).holds(VIEW) is True
    assert condition(text).explain(VIEW).held is True
    assert condition(f"NOT ({text})").holds(VIEW) is False


NOT_HOLDING = [
    *(f"csat {op} 3" for op in (">", "!=", "==")),
    "csat NOT IN (3, 4)",
    "csat BETWEEN 1 AND 5",
    "csat NOT BETWEEN 1 AND 5",
    "amount > csat",
    "message CONTAINS 'api'",
    *(f"message NOT {how} 'api'" for how in ("CONTAINS", "LIKE", "MATCHES")),
    *(f"language {op} 'de'" for op in ("==", "!=")),
    "days_until(solved_at) < 5",
    "customer.beta",
    "customer.beta == false",
    "solved_at > '2020-01-01'",
    "subject LIKE 'integration'",
    "subject == 'e-mail integration fails'",
    "subject CONTAINS 'integrat'",
    "category == 'billing'",
    "category != 'technical'",
    "priority > 'critical'",
]


@pytest.mark.parametrize("text", NOT_HOLDING)
def test_it_does_not_hold(text):
    assert condition(text).holds(VIEW) is False
    assert condition(f"NOT ({text})").holds(VIEW) is True


REFUSED = [
    ("priority > 5", 11, "priority is never 5", None),
    ("priority == 'hihg'", 12, "never 'hihg'", "'high'"),
    ("categroy == 'x'", 0, "nothing is named 'categroy'", "category"),
    ("priority == high", 12, "a text needs quotes", "'high'"),
    ("amount > '100'", 9, "amount is a number", "100"),
    ("amount == 'lots'", 10, "amount is a number", None),
    ("amount", 0, "compare it with something", None),
    ("priority AND amount > 1", 0, "priority is a choice", None),
    ("status < 'open'", 0, "has no order", None),
    ("subject < 'b'", 0, "has no order", None),
    ("category == 5", 12, "a text in quotes", None),
    ("business_hours == 'yes'", 18, "true or false", "true"),
    ("business_hours > 1", 0, "has no order", None),
    ("tags == 'vip'", 0, "tags CONTAINS", None),
    ("tags IN ('vip')", 0, "tags CONTAINS", None),
    ("priority CONTAINS 'hi'", 0, "priority is a choice", None),
    ("amount CONTAINS '1'", 0, "amount is a number", None),
    ("amount LIKE '1%'", 0, "amount is a number", None),
    ("subject CONTAINS '!?'", 0, "has none", None),
    ("subject MATCHES '('", 0, "cannot be read", None),
    ("subject MATCHES '(a)\\1'", 0, "cannot be read", None),
    ("signal('urgncy')", 0, "no signal is named 'urgncy'", "urgency"),
    ("signals('urgency')", 0, "no function is named 'signals'", "signal"),
    ("signal(urgency)", 7, "in quotes", None),
    ("signal('urgency') == true", 18, "AND or OR joins", None),
    ("renewal_date < 90", 15, "days_until(organisation.renewal_date)", None),
    ("renewal_date < 'soon'", 15, "is a date", None),
    ("days_until(amount) < 3", 11, "looks at a date", None),
    ("days_until('2026-01-01') < 3", 11, "looks at a date", None),
    ("age > 1bd", 6, "business days depend on a calendar", None),
    ("age > 5z", 6, "neither a number nor a duration", None),
    ("amount == subject", 0, "cannot be compared", None),
    ("subject < category", 0, "no common order", None),
    ("1 == 1", 0, "two constants", None),
    ("1 IN (1, 2)", 0, "this is a constant", None),
    ("amount == NULL", 10, "IS NULL", None),
    ("priority == 'high' && amount > 1", 19, "means nothing here", "AND"),
    ("priority == 'high' adn amount > 1", 19, "'adn' is not expected here", "and"),
    ("priority == 'high", 12, "has no end", None),
    ("priority ==", 11, "the end of the condition", None),
    ("(priority == 'high'", 19, "closing parenthesis", None),
    ("priority IN 'high'", 12, "in parentheses", None),
    ("priority IN ()", 13, "a constant is expected", None),
    ("priority IN ('high', category)", 21, "a constant is expected", None),
    ("amount BETWEEN 1", 16, "AND between", None),
    ("amount BETWEEN 1 AND 'x'", 21, "amount is a number", None),
    ("priority BETWEEN 'low' AND category", 27, "no bound", None),
    ("amount NOT 5", 11, "after NOT", None),
    ("'x' CONTAINS 'y'", 0, "none stands before it", None),
    ("", 0, "a condition is missing", None),
    ("amount > 99999999999999999999", 9, "too long", None),
    ("NOT " * 50 + "true", 164, "nested at most", None),
    ("(" * 50, 40, "nested at most", None),
    ("a" * 10_001, 0, "characters long", None),
]


@pytest.mark.parametrize(("text", "at", "message", "suggestion"), REFUSED)
def test_it_is_refused_with_its_place_and_what_was_meant(text, at, message, suggestion):
    with pytest.raises(ConditionError) as refused:
        condition(text)
    place, said, hint = refused.value.faults[0]
    assert (place, hint) == (at, suggestion)
    assert message in said


def test_every_fault_is_told_at_once():
    with pytest.raises(ConditionError) as refused:
        condition("categroy == 'x' AND (priority > 5 OR signal('nope'))")
    assert [at for at, _, _ in refused.value.faults] == [0, 32, 37]


def test_an_explanation_tells_every_part_in_the_authors_words():
    step = condition("priority == 'high' AND (csat  <= 2 OR NOT signal('urgency'))").explain(VIEW, "automation")
    assert step.as_json() == {
        "topic": "automation",
        "text": "all of these",
        "held": False,
        "parts": [
            {"topic": "automation", "text": "priority == 'high'", "held": True, "seen": {"priority": "high"}},
            {
                "topic": "automation",
                "text": "at least one of these",
                "held": False,
                "parts": [
                    {
                        "topic": "automation",
                        "text": "csat <= 2: csat is missing",
                        "held": False,
                        "seen": {"csat": "missing"},
                    },
                    {
                        "topic": "automation",
                        "text": "not",
                        "held": False,
                        "parts": [
                            {
                                "topic": "automation",
                                "text": "signal('urgency')",
                                "held": True,
                                "seen": {"signals": ["urgency"]},
                            }
                        ],
                    },
                ],
            },
        ],
    }


def test_the_first_failing_part_says_why_the_whole_failed():
    step = condition("priority == 'high' AND amount > 99999 AND csat > 1").first_failing(VIEW)
    assert (step.text, step.seen) == ("amount > 99999", {"amount": 12000})


def test_a_condition_names_what_it_reads():
    found = condition("days_until(renewal_date) < 9 OR customer.tier == 'x' OR amount > limit OR signal('urgency')")
    assert found.names == {"organisation.renewal_date", "customer_tier", "amount", "limit", "signals"}
    assert found.signals == {"urgency"}


def test_a_condition_survives_pickling():
    original = condition("category == 'technical' AND age > 1h")
    assert original.holds(VIEW)
    again = pickle.loads(pickle.dumps(original))
    assert again == original
    assert again.holds(VIEW)


def test_text_of_a_document_never_becomes_code():
    text = "subject == '__import__(\"os\").abort()' OR subject MATCHES '\\);import os' OR subject LIKE '\"\"\"%'"
    assert condition(text).holds(VIEW) is False


# Random conditions

TEXTS = st.text("ab'\"%_\\ -.é\n", max_size=6)
FACTS = ["amount", "limit", "csat", "reopen_count"]
NUMBERS = st.integers(-3, 3) | st.sampled_from([0.5, -2.25])


def facts(names):
    return st.sampled_from(names).map(tree.Fact)


def literals(values):
    return values.map(tree.Literal)


numeric = facts(FACTS) | st.just(tree.DaysUntil(tree.Fact("organisation.renewal_date")))
bounds = literals(NUMBERS) | numeric
tests = st.one_of(
    st.builds(tree.Constant, st.booleans()),
    st.builds(tree.Truth, facts(["business_hours", "organisation.vip"])),
    st.builds(tree.Compare, numeric, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), bounds),
    st.builds(tree.Between, numeric, bounds, bounds, st.booleans()),
    st.builds(tree.Missing, numeric | facts(["subject", "priority"]), st.booleans()),
    st.builds(
        tree.In,
        facts(["priority", "impact"]),
        st.lists(literals(st.sampled_from(["low", "medium", "high"])), min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
    st.builds(
        tree.In,
        facts(["category", "subject"]),
        st.lists(literals(st.sampled_from(["technical", "outage", "a"])), min_size=1, max_size=2).map(tuple),
        st.booleans(),
    ),
    st.builds(tree.Like, facts(["subject"]), TEXTS, st.booleans()),
    st.builds(tree.Contains, facts(["subject", "message", "tags"]), st.sampled_from(["a", "ab b", "É"]), st.booleans()),
    st.builds(tree.Matches, facts(["subject"]), st.sampled_from(["a+b", "^b", "[ab]{2}"]), st.booleans()),
    st.builds(tree.SignalHeld, st.sampled_from(["urgency", "legal_threat"])),
)


def flattened(kind):
    """Parsing makes one chain of what is written as one."""

    def build(parts):
        whole = []
        for part in parts:
            whole += part.parts if isinstance(part, kind) else [part]
        return kind(tuple(whole))

    return build


conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(flattened(tree.And)),
        st.lists(inner, min_size=2, max_size=3).map(flattened(tree.Or)),
        inner.map(tree.Not),
    ),
    max_leaves=8,
)


def maybe(values):
    return st.none() | values


views = st.fixed_dictionaries(
    {
        **{name: maybe(NUMBERS) for name in FACTS},
        "organisation.renewal_date": maybe(st.dates(date(2026, 11, 20), date(2026, 11, 26))),
        "priority": maybe(st.sampled_from(["low", "medium", "high", "critical"])),
        "impact": maybe(st.sampled_from(["low", "high"])),
        "category": maybe(st.sampled_from(["technical", "outage", "billing", "a"])),
        "subject": maybe(TEXTS),
        "message": maybe(TEXTS),
        "tags": st.frozensets(st.sampled_from(["a", "É", "ab b"])),
        "signals": st.frozensets(st.sampled_from(["urgency", "legal_threat"])),
        "business_hours": st.booleans(),
        "organisation.vip": maybe(st.booleans()),
        "now": st.just(NOW),
    }
)


@settings(max_examples=300, deadline=None)
@given(conditions)
def test_printing_a_tree_and_parsing_it_gives_the_same_tree(written):
    assert parse(printed(written)) == written


@settings(max_examples=400, deadline=None)
@given(conditions, views)
def test_the_compiled_function_and_the_explanation_mean_what_the_oracle_says(written, view):
    made = condition(printed(written))
    expected = means(made.tree, view)
    assert made.holds(view) is expected
    assert made.explain(view).held is expected


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80) | st.text("()'\" ANDORNOT=<>!,.019_ab\\", max_size=60))
def test_no_text_does_anything_but_load_or_be_refused(text):
    try:
        made = condition(text)
    except ConditionError as refused:
        assert all(0 <= at <= max(len(text), 1) for at, _, _ in refused.faults)
    else:
        assert made.holds(VIEW) in (True, False)
