"""Which of the tickets that a new one looks like it repeats: what is suggested, what is merged at once. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deskwright.engine.saying import _
from deskwright.engine.workflow import Workflow

MOST: Final = 3
"""Suggestions on one ticket."""


@dataclass(frozen=True, slots=True)
class Twin:
    """`same`: it is merged at once; else it is suggested."""

    ticket: int
    share: float
    same: bool
    because: str


def twins(workflow: Workflow, alike: Mapping[str, Mapping[str, Any]]) -> list[Twin]:
    """The one it becomes part of, else those that are suggested, the likest first.

    Only a live ticket of the same customer is merged without asking.
    """
    found = sorted(_judged(workflow, alike), key=lambda twin: (-twin.share, twin.ticket))
    merged = next((twin for twin in found if twin.same), None)
    return [merged] if merged else found[:MOST]


def _judged(workflow: Workflow, alike: Mapping[str, Mapping[str, Any]]) -> Iterator[Twin]:
    policy = workflow.duplicates
    suggest_at, merge_at = policy.get("suggest_at"), policy.get("merge_at")
    for number, one in alike.items():
        share = one["share"]
        same = merge_at is not None and share >= merge_at and one["customer"] and one["live"]
        if same or (suggest_at is not None and share >= suggest_at):
            yield Twin(int(number), share, bool(same), _because(one))


def _because(one: Mapping[str, Any]) -> str:
    whose = _("same customer") if one["customer"] else _("same organisation")
    words, alike = ", ".join(one["words"]), _("%(whose)s, %(share)s alike", whose=whose, share=f"{one['share']:.2f}")
    return _("%(alike)s: %(words)s", alike=alike, words=words) if words else alike
