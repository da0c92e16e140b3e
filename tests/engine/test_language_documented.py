"""docs/workflow.md names everything the language knows, taken from the tables the loader itself reads by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from deskwright.engine import values
from deskwright.engine.conditions import parsing, scanning
from deskwright.engine.document import Node
from deskwright.engine.events import EVENTS
from deskwright.engine.loading import SECTIONS, actions, extras, forms, load, people, rules
from deskwright.engine.loading.reading import Reading
from deskwright.engine.vocabulary import STANDARD

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "workflow.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```(?:yaml|json)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
HOLIDAY: list[Any] = []


def missing(names: Iterable[str]) -> list[str]:
    return sorted(name for name in set(names) if not re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", PAGE))


WORDS = {
    "section": SECTIONS,
    "fact": [name.name for name in STANDARD],
    "word of a fact": [word for name in STANDARD if name.kind == "choice" for word in name.words],
    "function": parsing._FUNCTIONS,
    "operator": scanning.KEYWORDS,
    "comparison": [f"`{sign}`" for sign in parsing._COMPARISONS if sign != "=="],
    "event": [*EVENTS, *rules.DERIVED_EVENTS],
    "action": [*actions.KEYS, *actions._WORDS, actions.FOLLOW_UP_KEYS[0]],
    "status": values.STATUSES,
    "metric": values.METRICS,
    "role": people.ROLES,
    "strategy": people.STRATEGIES,
    "way to tell": people.WAYS,
    "level": values.SENIORITIES,
    "agent fact": people.AGENT_FACTS,
    "type of field": forms.TYPES,
    "owner of fields": forms.OWNERS,
    "figure": extras.JUDGES,
    "expectation": extras.EXPECTED,
}


@pytest.mark.parametrize("kind", WORDS)
def test_every_word_of_a_kind_is_on_the_page(kind: str) -> None:
    assert missing(WORDS[kind]) == []


def test_every_key_of_every_section_is_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys are those the loader compares with while it reads the page's own examples and the starter."""
    known: dict[str, set[str]] = {}
    judge = Reading.known

    def listen(self: Reading, node: Node, keys: Iterable[str], what: str) -> bool:
        allowed = tuple(keys)
        known.setdefault(what, set()).update(allowed)
        return judge(self, node, allowed, what)

    monkeypatch.setattr(Reading, "known", listen)
    for example in ["", *EXAMPLES]:
        load(example, holidays=lambda *_: HOLIDAY)

    assert len(known) >= 25, "the examples no longer reach every part of the language"
    assert {what: lacking for what, keys in known.items() if (lacking := missing(keys))} == {}


def test_every_section_has_an_example() -> None:
    shown = {
        section
        for section in SECTIONS
        for example in EXAMPLES
        if re.search(rf'^\s{{0,2}}"?{section}"?:', example, re.M)
    }

    assert set(SECTIONS) - shown == set()


def test_a_name_that_is_not_there_is_noticed() -> None:
    assert missing(["routing_rules", "routing_rulez", "customer.shoe_size"]) == ["customer.shoe_size", "routing_rulez"]
