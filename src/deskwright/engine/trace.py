"""Why: a tree of plain sentences with the values seen. Stored with the event as JSON, shown on the ticket.

A decision that nobody will read keeps none: see `Unsaid`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from deskwright.engine.saying import _


@dataclass(slots=True)
class Step:
    """One thing looked at: `topic` groups it, `text` says it, `held` is its truth where it has one."""

    topic: str
    """signals | priority | category | complexity | routing | sla | assignment | escalation | automation | reply"""
    text: str
    held: bool | None = None
    seen: dict[str, Any] = field(default_factory=dict)
    """The values the step looked at: name -> value, or "missing"."""
    parts: list[Step] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {"topic": self.topic, "text": self.text}
        if self.held is not None:
            document["held"] = self.held
        if self.seen:
            document["seen"] = self.seen
        if self.parts:
            document["parts"] = [part.as_json() for part in self.parts]
        return document


class Unsaid(list[Step]):
    """Stays empty: the steps of a decision nobody will read. What is dear to word asks `wanted` first."""

    def append(self, step: Step) -> None:
        """Nothing is kept."""

    def extend(self, steps: Iterable[Step]) -> None:
        """Nothing is kept, and nothing is worded: the steps are not even asked for."""


MISSING: Final = _("missing")
"""What a step saw of something nobody knows."""
SILENCE: Final = Step("", "")
"""What stands for a step that nobody will read."""


def wanted(steps: list[Step]) -> bool:
    """Whether anybody will read them."""
    return type(steps) is not Unsaid


@dataclass(slots=True)
class Trace:
    steps: list[Step] = field(default_factory=list)

    @property
    def wanted(self) -> bool:
        return wanted(self.steps)

    def say(self, topic: str, text: str, held: bool | None = None, **seen: Any) -> None:
        if wanted(self.steps):
            self.steps.append(Step(topic, text, held, seen))

    def add(self, steps: Iterable[Step]) -> None:
        self.steps.extend(steps)

    def as_json(self) -> list[dict[str, Any]]:
        return [step.as_json() for step in self.steps]
