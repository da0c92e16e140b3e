"""Random tickets in the database and random conditions over every name, for holding filters against decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import strategies as st

from deskwright.engine.conditions import printed
from deskwright.engine.conditions import syntax as tree
from deskwright.store.models import Agent, Customer, Organisation, Ticket

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORKFLOW = """
fields:
  seats: {type: number}
  limit: {type: number, of: customer}
  product: {choices: [Basic, Pro]}
  remark: {type: text, of: customer}
  beta: {type: boolean, of: customer}
  renewal_date: {type: date, of: organisation}
  installed: {type: date}
categories:
  technical: {children: [outage, bug]}
  billing: {}
"""
SAYINGS = (
    "",
    "a",
    "E-mail integration fails",
    "ΟΔΟΣ οδος Οδός",
    "İstanbul ISTANBUL ıstanbul",
    "x²  café CAFE\u0301 Straße",
    "100% sure\\",
    "under_score\nnew line",
    "api",
    "the API, fails!",
    "日本語 ２０ ª Ǆ ǅ",
    "a" * 190,
)
PHRASES = (
    "a",
    "fails",
    "integration fails",
    "οδοσ",
    "istanbul",
    "i",
    "x",
    "café",
    "api",
    "new",
    "日本語",
    "ǆ",
    "e mail",
)
PATTERNS = ("%", "%a%", "_", "%fails", "E-%", "%\\%%", "%\\", "100\\% sure\\\\", "", "%\n%", "__i%")
EXPRESSIONS = ("a", "^E", "fail[st]", "(?i)API", "[0-9]+%", "^$")
NUMBERS = (-2, 0, 1, 2, 3, 4, 5, 0.1, 0.5, -0.5, 2.5, 1000, 999999999999)
STORED = (*NUMBERS, "3", "2.50", "+4", "-.5", "5.", " 3", "3e2", "nan", "١٢", "", None, True, [], "12345678901234567")
DAYS = ("2026-11-22", "2026-11-23", "2026-12-24", "2027-02-28")
KEPT_DAYS = (*DAYS, "2026-11-23T10:00:00Z", "2026-02-30", "20261123", "2026-W01-1", "soon", 5, None, "0000-01-01")
KEPT_TEXTS = (*SAYINGS, "Basic", "Pro", "pro", 5, None, False)
MOMENTS = tuple(NOW + timedelta(**step) for step in ({"days": -40}, {"days": -2}, {"minutes": -90}, {"seconds": -1}))
TAGS = ("vip", "VIP", "Early Adopter", "ΣΑΣ", "a")
SIGNALS = ("urgency", "legal_threat", "Urgency")
TIERS = (None, "", "free", "enterprise", "Enterprise")


def write(seed: int, tickets: int) -> None:
    """Organisations, customers and tickets with every kind of missing and odd value."""
    some = Random(seed)
    agents = Agent.objects.bulk_create([Agent(name=f"A{n}", email=f"a{n}@desk.example") for n in range(3)])
    organisations = Organisation.objects.bulk_create([_organisation(some, agents) for _ in range(8)])
    customers = Customer.objects.bulk_create([_customer(some, organisations) for _ in range(30)])
    Ticket.objects.bulk_create([_ticket(some, customers, organisations, agents) for _ in range(tickets)])


def _some_of(some: Random, pool: dict[str, tuple[object, ...]]) -> dict[str, object]:
    return {name: some.choice(values) for name, values in pool.items() if some.random() < 0.8}


def _organisation(some: Random, agents: list[Agent]) -> Organisation:
    return Organisation(
        name=some.choice(SAYINGS),
        tier=some.choice(TIERS),
        vip=some.random() < 0.5,
        csm=some.choice([None, *agents]),
        account_manager=some.choice([None, *agents]),
        fields=_some_of(some, {"renewal_date": KEPT_DAYS, "usage_trend": STORED, "seats": STORED}),
    )


def _customer(some: Random, organisations: list[Organisation]) -> Customer:
    return Customer(
        name=some.choice(SAYINGS)[:200],
        email=some.choice(["", "mina@harbor.example"]),
        organisation=some.choice([None, *organisations]),
        tier=some.choice(TIERS),
        language=some.choice([None, "en", "de"]),
        preferred_channel=some.choice([None, "email", "chat"]),
        fields=_some_of(some, {"limit": STORED, "remark": KEPT_TEXTS, "beta": (True, False, None, "true", 1)}),
        created_at=NOW,
    )


def _ticket(some: Random, customers: list[Customer], organisations: list[Organisation], agents: list[Agent]) -> Ticket:
    levels = (None, "low", "medium", "high")
    return Ticket(
        subject=some.choice(SAYINGS),
        description=some.choice(SAYINGS),
        channel=some.choice(["email", "chat", "api"]),
        type=some.choice(["question", "incident", "oddity"]),
        status=some.choice(["new", "open", "solved", "closed"]),
        priority=some.choice(["low", "medium", "high", "critical"]),
        impact=some.choice(levels),
        urgency=some.choice(levels),
        category=some.choice([None, "technical", "outage", "bug", "billing", "unheard of"]),
        complexity=some.choice([None, "level_1", "level_3"]),
        language=some.choice([None, "en", "de"]),
        sentiment=some.choice([None, -0.5, 0.1, 0.1 + 0.2, 1.0]),
        tags=some.sample(TAGS, some.randrange(3)),
        signals=some.sample(SIGNALS, some.randrange(3)),
        fields=_some_of(some, {"seats": STORED, "product": KEPT_TEXTS, "installed": KEPT_DAYS, "limit": STORED}),
        customer=some.choice(customers),
        organisation=some.choice([None, *organisations]),
        queue=some.choice([None, "general", "technical", ""]),
        assignee=some.choice([None, *agents]),
        rule=some.choice([None, "rule 1", "Integrations"]),
        tier=some.choice([None, "tier_1", "tier_2"]),
        tier_number=some.randrange(4),
        reopen_count=some.randrange(3),
        csat=some.choice([None, 1, 3, 5]),
        created_at=some.choice(MOMENTS),
        updated_at=NOW,
        solved_at=some.choice([None, *MOMENTS]),
        reopened_at=some.choice([None, *MOMENTS]),
        escalated_at=some.choice([None, *MOMENTS]),
    )


# Conditions

OPS = ("==", "!=", "<", "<=", ">", ">=")
WORDS = {
    "category": ("technical", "outage", "billing", "unheard of"),
    "type": ("question", "oddity"),
    "language": ("en", "de"),
    "queue": ("general", ""),
    "tier": ("tier_1", "tier_2"),
    "rule": ("rule 1",),
    "customer_tier": ("enterprise", "free", ""),
    "organisation.tier": ("enterprise", ""),
    "customer.language": ("en",),
    "customer.email": ("", "mina@harbor.example"),
}


def conditions(vocabulary, columns):
    """Texts of random conditions over every name that stands in a column."""
    names = [name for name in vocabulary.names.values() if name.name in columns]
    tests = st.one_of(
        *(st.one_of(*_tests(name, names)) for name in names),
        st.sampled_from(SIGNALS[:2]).map(tree.SignalHeld),
        st.booleans().map(tree.Constant),
    )
    whole = st.recursive(
        tests,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: tree.And(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: tree.Or(tuple(parts))),
            inner.map(tree.Not),
        ),
        max_leaves=6,
    )
    return whole.map(printed)


def _tests(name, names):
    fact = tree.Fact(name.name, name.kind)
    found = [st.builds(tree.Missing, st.just(fact), st.booleans())]
    match name.kind:
        case "text" | "word" | "choice":
            return found + _textual(name, fact, names)
        case "number" | "minutes":
            return found + _ordered(fact, _numeric(name, names))
        case "boolean":
            values = st.booleans().map(tree.Literal)
            compared = st.builds(tree.Compare, st.just(fact), st.sampled_from(OPS[:2]), values)
            return [*found, st.just(tree.Truth(fact)), compared, _within(fact, values)]
        case "set":
            return [*found, st.builds(tree.Contains, st.just(fact), st.sampled_from((*TAGS, *SIGNALS)), st.booleans())]
    days = st.sampled_from([*DAYS, *(f"{day} 08:30" for day in DAYS)] if name.kind == "instant" else DAYS)
    values = days.map(tree.Literal)
    kin = [tree.Fact(other.name) for other in names if other.kind == name.kind]
    ahead = tree.DaysUntil(fact)
    numbers = st.sampled_from((-2, -1, 0, 1, 31, 0.5)).map(tree.Literal) | st.just(tree.Fact("seats"))
    return found + _ordered(fact, values | st.sampled_from(kin), values) + _ordered(ahead, numbers)


def _numeric(name, names):
    kinds = ("number", "minutes")
    kin = [tree.Fact(other.name) for other in names if other.kind in kinds]
    return st.sampled_from((*NUMBERS, 90, 120)).map(tree.Literal) | st.sampled_from(kin)


def _ordered(fact, bounds, values=None):
    return [
        st.builds(tree.Compare, st.just(fact), st.sampled_from(OPS), bounds),
        st.builds(tree.Between, st.just(fact), bounds, bounds, st.booleans()),
        _within(fact, st.sampled_from((0, 1, 2.5, 3)).map(tree.Literal) if values is None else values),
        st.builds(tree.Missing, st.just(fact), st.booleans()),
    ]


def _within(fact, values):
    return st.builds(tree.In, st.just(fact), st.lists(values, min_size=1, max_size=3).map(tuple), st.booleans())


def _textual(name, fact, names):
    pool = name.words if name.kind == "choice" else WORDS.get(name.name, SAYINGS)
    values = st.sampled_from(pool).map(tree.Literal)
    kin = [tree.Fact(other.name) for other in names if other.kind in ("text", "word", "choice")]
    found = [
        _within(fact, values),
        st.builds(tree.Compare, st.just(fact), st.sampled_from(OPS[:2]), st.sampled_from(kin)),
        st.builds(tree.Like, st.just(fact), st.sampled_from(PATTERNS), st.booleans()),
        st.builds(tree.Matches, st.just(fact), st.sampled_from(EXPRESSIONS), st.booleans()),
    ]
    if name.ordered:
        found.append(st.builds(tree.Compare, st.just(fact), st.sampled_from(OPS), values))
    if name.kind != "choice":
        found.append(st.builds(tree.Contains, st.just(fact), st.sampled_from(PHRASES), st.booleans()))
    return found
