"""Classifies a ticket: category by keywords, priority by impact and urgency, complexity by conditions.

What was given stands; only what is missing is filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deskwright.engine.remembering import once
from deskwright.engine.saying import _
from deskwright.engine.trace import MISSING, SILENCE, Step
from deskwright.engine.vocabulary.standard import covered
from deskwright.engine.words import Phrases
from deskwright.engine.workflow import Category, Workflow

DEFAULT: Final = "medium"
"""The priority when nothing says how important a ticket is, and the impact or urgency that is not known."""
URGENCY: Final = "urgency"
"""The signal that means high urgency."""


def classify(workflow: Workflow, view: dict[str, Any], told: bool = True) -> tuple[dict[str, Any], list[Step]]:
    """What is filled in (name -> value) and why. Puts it into the view too, for complexity sees what came before.
    Without `told` the steps say less.
    """
    changes: dict[str, Any] = {}
    steps: list[Step] = []
    for name, fill in (("category", _category), ("priority", _priority), ("complexity", _complexity)):
        if view.get(name) is None:
            new, step = fill(workflow, view, told)
            changes |= new
            view.update(new)
            steps.append(step)
    return changes, steps


def matrix_priority(workflow: Workflow, view: Mapping[str, Any], told: bool = True) -> tuple[str, Step]:
    """The priority the matrix gives for the view's impact and urgency. The signal `urgency` stands in for a missing
    urgency; medium for what is not known. Medium when neither is known. Without `told` the step says nothing.
    """
    impact, urgency = view.get("impact"), view.get("urgency")
    signalled = urgency is None and URGENCY in (view.get("signals") or ())
    if impact is None and urgency is None and not signalled:
        said = _("%(priority)s: neither impact nor urgency is known", priority=DEFAULT)
        return DEFAULT, Step("priority", said) if told else SILENCE
    row, column = impact or DEFAULT, urgency or ("high" if signalled else DEFAULT)
    priority = workflow.priority_matrix.get((row, column), DEFAULT)
    if not told:
        return priority, SILENCE
    seen = {"impact": impact or MISSING, "urgency": urgency or (_("high, by its signal") if signalled else MISSING)}
    said = _("%(priority)s: impact %(impact)s with urgency %(urgency)s", priority=priority, impact=row, urgency=column)
    return priority, Step("priority", said, seen=seen)


def _priority(workflow: Workflow, view: Mapping[str, Any], told: bool) -> tuple[dict[str, Any], Step]:
    priority, step = matrix_priority(workflow, view, told)
    changes = {"priority": priority}
    if view.get("urgency") is None and URGENCY in (view.get("signals") or ()):
        changes["urgency"] = "high"
    return changes, step


def _category(workflow: Workflow, view: Mapping[str, Any], told: bool) -> tuple[dict[str, Any], Step]:
    """Most keywords wins; a child's keywords count for its parent too, and the deeper one wins a tie."""
    found = keyword_hits(workflow, str(view.get("text") or f"{view.get('subject')}\n{view.get('description')}"))
    if not found:
        return {}, Step("category", _("no keyword of any category stands in the text"), False)
    best = _deepest(workflow, found)
    if not told:
        return {"category": best}, SILENCE
    words = sorted(found[best])
    return {"category": best}, Step(
        "category", _("%(category)s: %(words)s", category=best, words=", ".join(words)), True, {"keywords": words}
    )


def keyword_hits(workflow: Workflow, text: str) -> dict[str, set[str]]:
    """category -> its keywords that stand in the text as whole words."""
    found: dict[str, set[str]] = {}
    for phrase, name in _keywords(workflow.categories).in_text(text):
        found.setdefault(name, set()).add(phrase)
    return found


def _deepest(workflow: Workflow, found: Mapping[str, set[str]]) -> str:
    """From the strongest top category down to the strongest child that has hits of its own."""
    categories = workflow.categories
    above, order = _above(categories), _order(categories)
    words: dict[str, set[str]] = {}
    for name, hits in found.items():
        for covering in above[name]:
            words.setdefault(covering, set()).update(hits)
    parent: str | None = None
    while rivals := [name for name in words if categories[name].parent == parent]:
        parent = max(rivals, key=lambda name: (len(words[name]), -order[name]))
    assert parent is not None
    return parent


def _complexity(workflow: Workflow, view: Mapping[str, Any], told: bool) -> tuple[dict[str, Any], Step]:
    for level, condition in workflow.complexity:
        if condition.holds(view):
            if not told:
                return {"complexity": level}, SILENCE
            step = condition.explain(view, "complexity")
            return {"complexity": level}, Step(
                "complexity", _("%(level)s", level=level), True, step.seen, step.parts or [step]
            )
    return {"complexity": "level_1"}, Step(
        "complexity", _("%(level)s: no condition of a higher level holds", level="level_1")
    )


@once
def _keywords(categories: Mapping[str, Category]) -> Phrases:
    return Phrases((phrase, name) for name, category in categories.items() for phrase in category.keywords)


@once
def _order(categories: Mapping[str, Category]) -> dict[str, int]:
    """category -> its place in the document."""
    return {name: place for place, name in enumerate(categories)}


@once
def _above(categories: Mapping[str, Category]) -> dict[str, list[str]]:
    """category -> itself and everything above it."""
    below = covered(categories)
    return {name: [other for other, names in below.items() if name in names] for name in categories}
