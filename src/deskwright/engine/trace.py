"""Why: a tree of plain sentences with the values seen. Stored with the event as JSON, shown on the ticket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


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


@dataclass(slots=True)
class Trace:
    steps: list[Step] = field(default_factory=list)

    def say(self, topic: str, text: str, held: bool | None = None, **seen: Any) -> Step:
        step = Step(topic, text, held, seen)
        self.steps.append(step)
        return step

    def add(self, steps: Iterable[Step]) -> None:
        self.steps.extend(steps)

    def as_json(self) -> list[dict[str, Any]]:
        return [step.as_json() for step in self.steps]
