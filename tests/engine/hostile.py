"""Documents nobody should write: damaged ones, bombs, depths, huge scalars, odd characters. Always the same."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from random import Random

STARTER = files("deskwright.engine").joinpath("starter.yaml").read_text(encoding="utf-8")
SCRAPS = (
    *("{", "}", "[", "]", ":", "-", ",", "'", '"', "&a ", "*a", "<<: ", "!!python/object:os.system ", "? ", "| ", "> "),
    *(
        "\n",
        "\t",
        "\0",
        "\ufeff",
        "\u2028",
        "\u202e",
        "\U0001f4a9",
        "İ",
        "e\u0301",
        "\\ud800",
        "%YAML 9\n",
        "---\n",
        "# ",
    ),
    *("null", "true", "-1", "1e999", ".inf", ".nan", "0x1F", "9" * 40, "2026-02-30", "24:99-25:00", "10_years", "P9Y"),
    *(
        "priority",
        "signal('",
        "MATCHES '((a*)*)*b'",
        "LIKE '" + "%a" * 50 + "'",
        " AND ",
        "NOT ",
        "(",
        "days_until(",
        "BETWEEN",
    ),
)
ATOMS = (*SCRAPS, "assign_to_", "tier_1", "any, any", "Europe/Berln", "15m", "50%", "general", "customer.tier")
SECTIONS = (
    *("workflow", "extends", "fields", "calendars", "priority_matrix", "categories", "complexity", "signals", "queues"),
    *(
        "default_queue",
        "assignees",
        "audiences",
        "routing_rules",
        "assignment",
        "sla_matrix",
        "sla",
        "escalation_matrix",
    ),
    *("automations", "replies", "duplicates", "surveys", "proactive", "experiments", "tests"),
)


def documents(number: int, seed: int = 7) -> Iterator[str]:
    """Every kind of hostility, then `number` random ones."""
    yield from bombs()
    yield from random(number, seed)


def random(number: int, seed: int) -> Iterator[str]:
    some = Random(seed)
    kinds = (damaged, spliced, grown, conditioned)
    for place in range(number):
        yield kinds[place % len(kinds)](some)


def damaged(some: Random) -> str:
    """A piece of the starter with a few characters changed."""
    start = some.randrange(len(STARTER))
    text = STARTER[start : start + some.randrange(1, 1500)] if some.random() < 0.7 else STARTER[: some.randrange(3000)]
    for _ in range(some.randrange(1, 6)):
        at, length = some.randrange(len(text) + 1), some.randrange(4)
        text = text[:at] + some.choice(SCRAPS) + text[at + length :]
    return text


def spliced(some: Random) -> str:
    """Lines of the starter in any order and depth."""
    lines = STARTER.splitlines()
    return "\n".join(" " * some.randrange(6) + some.choice(lines).lstrip() for _ in range(some.randrange(1, 25)))


def grown(some: Random) -> str:
    """Some sections with values of any shape."""
    return "\n".join(f"{some.choice(SECTIONS)}: {value(some, 4)}" for _ in range(some.randrange(1, 5)))


def value(some: Random, depth: int) -> str:
    shape = some.randrange(4) if depth else 3
    if shape == 0:
        return "[" + ", ".join(value(some, depth - 1) for _ in range(some.randrange(4))) + "]"
    if shape < 3:
        pairs = (f'"{word(some)}": {value(some, depth - 1)}' for _ in range(some.randrange(4)))
        return "{" + ", ".join(pairs) + "}"
    return f'"{word(some)}"' if some.random() < 0.6 else some.choice(("1", "true", "null", "1.5", "15m"))


def word(some: Random) -> str:
    plain = some.choice(
        (*SECTIONS, "when", "on", "do", "condition", "action", "hours", "type", "words", "low", "mon-fri")
    )
    return plain if some.random() < 0.7 else some.choice(ATOMS).replace("\\", "").replace('"', "").replace("\n", " ")


def conditioned(some: Random) -> str:
    """A rule whose condition is any heap of words."""
    heap = " ".join(
        some.choice((*SCRAPS, "amount", ">", "5", "category", "==", "'billing'", "IN", "OR")) for _ in range(12)
    )
    return "routing_rules:\n- condition: >\n    " + heap.replace("\n", " ") + "\n  action: escalate\n"


def bombs() -> Iterator[str]:
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    yield "\n".join(laughs)
    yield "\n".join(laughs).replace("[x", "{<<: [x").replace("x]", "x]}")
    yield "queues: &q {a: *q}"
    for opening in ("[", "{a: ", "- ", "? ", "&a [", "!!map {a: ", "'", '"', "(", "a:\n "):
        yield opening * 20_000
        yield "routing_rules: " + opening * 5_000
    yield "a" * 2_000_001
    yield "workflow: " + "a" * 500_000
    yield "workflow: " + "\U0001f4a9" * 100_000
    yield "? " + "k" * 100_000 + "\n: 1"
    yield "\n".join(f"k{n}: 1" for n in range(20_000))
    yield "queues: {" + ", ".join(f"q{n}: {{overflow: q{n + 5000}}}" for n in range(5_000)) + "}"
    yield "queues: {" + ", ".join(f"q{n}: {{overflow: q{n + 1}}}" for n in range(2_000)) + "}"
    yield (
        "calendars: {"
        + ", ".join(f"c{n}: {{timezone: Europ/Berln{n}, hours: {{mon: [9-5]}}}}" for n in range(500))
        + "}"
    )
    yield "calendars: {" + ", ".join(f"c{n}: {{union: [c{n + 1}, c{n + 2}]}}" for n in range(500)) + "}"
    grid = "".join(f"c{n}: {{union: [c{n + 1}, c{n + 2}]}}, " for n in range(60))
    yield "calendars: {" + grid + "c60: {hours: {mon: 9-17}}, c61: {hours: {tue: ['09:00-17:00']}}}"
    yield "calendars: {" + grid + "c60: {timezone: UTC, hours: {mon: ['09:00-17:00']}}, c61: always}"
    yield "signals: {" + ", ".join(f"s{n}: \"signal('s{n + 1}')\"" for n in range(2_000)) + "}"
    yield "categories: {a: {children: " * 50 + "{}" + "}}" * 50
    yield from (rule(text) for text in conditions())


def rule(condition: str) -> str:
    escaped = condition.replace("\\", "\\\\").replace('"', '\\"')
    return f'routing_rules: [{{condition: "{escaped}", action: escalate}}]'


def conditions() -> Iterator[str]:
    yield "(" * 9_000 + "true" + ")" * 900
    yield "NOT " * 2_400 + "true"
    yield " AND ".join(["priority == 'hihg'"] * 400)
    yield " OR ".join(f"(amount > {n} AND amount < {n + 1})" for n in range(250))
    yield "category IN (" + ", ".join(f"'c{n}'" for n in range(1_000)) + ")"
    yield "subject MATCHES '" + "(a|aa)+" * 120 + "$'"
    yield "subject MATCHES '" + "((((a{1,50}){1,50}){1,50}){1,50})" + "'"
    yield "subject MATCHES '" + "\\pL{900}" * 100 + "'"
    yield "subject LIKE '" + "%_" * 4_900 + "'"
    yield "subject CONTAINS '" + "a " * 4_900 + "'"
    yield "subject CONTAINS '" + "a" * 9_900 + "'"
    yield "amount > " + "9" * 9_000
    yield "amount > " + "1." * 4_000
    yield "." * 9_999
    yield "'" + "''" * 4_999
