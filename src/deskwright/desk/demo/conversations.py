"""The demo's conversations: scenarios read from YAML, and one of them filled in with words drawn by dice.

Texts only; who says them when is the story's business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Final

from deskwright.desk.demo.people import HERE, Requester, read

TOPICS: Final = ("trouble", "integration", "billing", "everyday", "languages")
CUSTOMERS: Final = frozenset({"customer", "thanks"})
"""Deeds of the customer; all others are the agent's: note, reply, ask, hold, escalate, solve."""
SLOT: Final = re.compile(r"\{(\w+)\}")
WRAPPED: Final = re.compile(r"(?<=[^\n]{80})\n(?=\S)")
"""Where the files break a long line. People who write to each other do not."""


@dataclass(frozen=True, slots=True)
class Line:
    deed: str
    text: str

    @property
    def by_customer(self) -> bool:
        return self.deed in CUSTOMERS


@dataclass(frozen=True, slots=True)
class Scenario:
    key: str
    subject: str
    opening: str
    then: tuple[Line, ...]
    channels: tuple[str, ...]
    language: str = "en"
    impact: str | None = None
    priority: str | None = None
    amount: tuple[int, int] | None = None
    tiers: tuple[str, ...] = ()
    """Only customers of these tiers say this; empty is everybody."""

    def suits(self, requester: Requester) -> bool:
        return self.language == requester.language and (not self.tiers or requester.tier in self.tiers)


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario with its words filled in: what one customer and the desk will say to each other."""

    scenario: Scenario
    channel: str
    subject: str
    opening: str
    lines: tuple[Line, ...]
    fields: Mapping[str, Any]


@cache
def scenarios() -> tuple[Scenario, ...]:
    """All of them, in the files' order."""
    documents = [read(str(HERE / "conversations" / f"{topic}.yaml")) for topic in TOPICS]
    return tuple(scenario(entry) for document in documents for entry in document)


def scenario(entry: Mapping[str, Any]) -> Scenario:
    """One entry of a file. Raises TypeError for a key that means nothing."""
    known = dict(entry)
    known["opening"] = flowing(entry["opening"])
    known["then"] = tuple(Line(deed, flowing(text)) for line in entry["then"] for deed, text in line.items())
    for name in ("channels", "tiers", "amount"):
        if name in known:
            known[name] = tuple(known[name])
    return Scenario(**known)


def flowing(text: str) -> str:
    """Paragraphs without the breaks that only the file's width asked for."""
    return WRAPPED.sub(" ", text.strip())


def phrases() -> dict[str, Any]:
    """Words for the slots, and the chasers by language."""
    return read(str(HERE / "conversations" / "phrases.yaml"))


def fill(scenario: Scenario, requester: Requester, dice: Random) -> Script:
    """Draw the words of one conversation."""
    words = {name: dice.choice(choices) for name, choices in phrases()["slots"].items()}
    amount = dice.randrange(*scenario.amount) if scenario.amount else None
    words |= {
        "name": requester.person.name.removeprefix("Dr. ").split()[0],
        "organisation": requester.organisation,
        "invoice": f"LF-{dice.randrange(20000, 99999)}",
        "amount": f"{amount:,}" if amount else "",
    }
    return Script(
        scenario=scenario,
        channel=dice.choice(scenario.channels),
        subject=spoken(scenario.subject, words),
        opening=spoken(scenario.opening, words),
        lines=tuple(Line(line.deed, spoken(line.text, words)) for line in scenario.then),
        fields={"amount": amount} if amount else {},
    )


def spoken(text: str, words: Mapping[str, str]) -> str:
    """The text with its slots filled. Raises KeyError for a slot nobody fills."""
    return SLOT.sub(lambda slot: words[slot[1]], text)
