"""Which rules apply: the first match wins the assignment, `continue: true` lets later rules add to it.

The index leaves aside the rules whose necessary words are not there, so a thousand rules cost about as much as ten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deskwright.engine.rule_index import RuleIndex
from deskwright.engine.saying import _, ngettext
from deskwright.engine.trace import Step
from deskwright.engine.workflow import Rule, Workflow

EXPLAINED: Final = 3
"""Losing candidates the trace explains; the others are counted. `explain_all` explains every one."""

__all__ = ["Chosen", "RuleIndex", "choose", "explain_all"]


@dataclass(frozen=True, slots=True)
class Chosen:
    rules: tuple[Rule, ...]
    """Those that apply, in order."""
    winner: Rule | None
    """The first of them that assigns, else the first; None when no rule applies."""
    steps: list[Step]


def choose(workflow: Workflow, view: Mapping[str, Any], told: bool = True) -> Chosen:
    """The rules that apply. Each sees the view as it was before routing. Without `told` no step tells why."""
    rules = workflow.rules
    matched: list[Rule] = []
    losers: list[Rule] = []
    last = len(rules)
    for place in workflow.rule_index.candidates(view):
        rule = rules[place]
        if not rule.condition.holds(view):
            losers.append(rule)
            continue
        matched.append(rule)
        if not rule.go_on:
            last = place + 1
            break
    winner = next((rule for rule in matched if rule.action.assign is not None), matched[0] if matched else None)
    return Chosen(tuple(matched), winner, _told(matched, losers, view, last, len(rules)) if told else [])


def _told(
    matched: Sequence[Rule], losers: Sequence[Rule], view: Mapping[str, Any], looked: int, total: int
) -> list[Step]:
    steps = [_loser(rule, view) for rule in losers[:EXPLAINED]]
    steps += [_match(rule, view) for rule in matched]
    rest = looked - len(matched) - min(len(losers), EXPLAINED)
    if rest > 0:
        said = ngettext("%(count)s rule before could not match", "%(count)s rules before could not match", rest)
        steps.append(Step("routing", said, False))
    if looked < total:
        left = total - looked
        said = ngettext("%(count)s later rule was not asked", "%(count)s later rules were not asked", left)
        steps.append(Step("routing", said))
    if not matched:
        steps.append(Step("routing", _("no rule applies"), False))
    return steps


def _match(rule: Rule, view: Mapping[str, Any]) -> Step:
    step = rule.condition.explain(view)
    return Step("routing", _called(rule), True, step.seen, step.parts or [step])


def _loser(rule: Rule, view: Mapping[str, Any]) -> Step:
    return Step("routing", _called(rule), False, parts=[rule.condition.first_failing(view)])


def _called(rule: Rule) -> str:
    if rule.name == f"rule {rule.number}":
        return _("rule %(number)s", number=rule.number)
    return _("rule %(number)s, %(rule)s", number=rule.number, rule=rule.name)


def explain_all(workflow: Workflow, view: Mapping[str, Any]) -> list[Step]:
    """Every rule of the workflow with every part of its condition, asked or not."""
    return [_explained(rule, view) for rule in workflow.rules]


def _explained(rule: Rule, view: Mapping[str, Any]) -> Step:
    step = rule.condition.explain(view)
    return Step("routing", _called(rule), step.held, step.seen, step.parts or [step])
