"""Classifies a ticket: category by keywords, priority by impact and urgency, complexity by conditions.

What was given stands; only what is missing is filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from deskwright.engine.trace import Step
from deskwright.engine.vocabulary.standard import covered
from deskwright.engine.words import Phrases
from deskwright.engine.workflow import Workflow

DEFAULT: Final = "medium"
"""The priority when nothing says how important a ticket is, and the impact or urgency that is not known."""
URGENCY: Final = "urgency"
"""The signal that means high urgency."""


def classify(workflow: Workflow, view: dict[str, Any]) -> tuple[dict[str, Any], list[Step]]:
    """What is filled in (name -> value) and why. Puts it into the view too, for complexity sees what came before."""
    changes: dict[str, Any] = {}
    steps: list[Step] = []
    for name, fill in (("category", _category), ("priority", _priority), ("complexity", _complexity)):
        if view.get(name) is None:
            new, step = fill(workflow, view)
            changes |= new
            view.update(new)
            steps.append(step)
    return changes, steps


def matrix_priority(workflow: Workflow, view: Mapping[str, Any]) -> tuple[str, Step]:
    """The priority the matrix gives for the view's impact and urgency. The signal `urgency` stands in for a missing
    urgency; medium for what is not known. Medium when neither is known.
    """
    impact, urgency = view.get("impact"), view.get("urgency")
    signalled = urgency is None and URGENCY in (view.get("signals") or ())
    if impact is None and urgency is None and not signalled:
        return DEFAULT, Step("priority", f"{DEFAULT}: neither impact nor urgency is known")
    seen = {"impact": impact or "missing", "urgency": urgency or ("high, by its signal" if signalled else "missing")}
    row, column = impact or DEFAULT, urgency or ("high" if signalled else DEFAULT)
    priority = workflow.priority_matrix.get((row, column), DEFAULT)
    return priority, Step("priority", f"{priority}: impact {row} with urgency {column}", seen=seen)


def _priority(workflow: Workflow, view: Mapping[str, Any]) -> tuple[dict[str, Any], Step]:
    priority, step = matrix_priority(workflow, view)
    changes = {"priority": priority}
    if view.get("urgency") is None and URGENCY in (view.get("signals") or ()):
        changes["urgency"] = "high"
    return changes, step


def _category(workflow: Workflow, view: Mapping[str, Any]) -> tuple[dict[str, Any], Step]:
    """Most keywords wins; a child's keywords count for its parent too, and the deeper one wins a tie."""
    found = keyword_hits(workflow, str(view.get("text") or f"{view.get('subject')}\n{view.get('description')}"))
    if not found:
        return {}, Step("category", "no keyword of any category stands in the text", False)
    best = _deepest(workflow, found)
    words = sorted(found[best])
    return {"category": best}, Step("category", f"{best}: {', '.join(words)}", True, {"keywords": words})


def keyword_hits(workflow: Workflow, text: str) -> dict[str, set[str]]:
    """category -> its keywords that stand in the text as whole words."""
    found: dict[str, set[str]] = {}
    for phrase, name in _keywords(workflow).in_text(text):
        found.setdefault(name, set()).add(phrase)
    return found


def _deepest(workflow: Workflow, found: Mapping[str, set[str]]) -> str:
    """From the strongest top category down to the strongest child that has hits of its own."""
    below = _covers(workflow)
    order = {name: place for place, name in enumerate(workflow.categories)}

    def strength(name: str) -> tuple[int, int]:
        words = set().union(*(found.get(child, set()) for child in below[name]))
        return len(words), -order[name]

    parent: str | None = None
    while True:
        rivals = [name for name, category in workflow.categories.items() if category.parent == parent]
        rivals = [name for name in rivals if strength(name)[0]]
        if not rivals:
            assert parent is not None
            return parent
        parent = max(rivals, key=strength)


def _complexity(workflow: Workflow, view: Mapping[str, Any]) -> tuple[dict[str, Any], Step]:
    for level, condition in workflow.complexity:
        if condition.holds(view):
            step = condition.explain(view, "complexity")
            return {"complexity": level}, Step("complexity", level, True, step.seen, step.parts or [step])
    return {"complexity": "level_1"}, Step("complexity", "level_1: no condition of a higher level holds")


@lru_cache(maxsize=32)
def _keywords(workflow: Workflow) -> Phrases:
    return Phrases((phrase, name) for name, category in workflow.categories.items() for phrase in category.keywords)


@lru_cache(maxsize=32)
def _covers(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    return covered(workflow.categories)
