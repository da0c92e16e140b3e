"""Every difference between two workflows, section by section in the language's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from deskwright.engine.differences.calendars import calendars
from deskwright.engine.differences.rules import rules
from deskwright.engine.differences.wording import Difference, altered, named, parts, said
from deskwright.engine.values import METRICS
from deskwright.engine.workflow import Assignee, Automation, Targets, Workflow

FIELD: Final = {"type": "type", "of": "of", "choices": "choices"}
CATEGORY: Final = {"parent": "parent", "keywords": "keywords"}
SIGNAL: Final = {"words": "words", "when": "condition"}
QUEUE: Final = {
    "team": "team",
    "skills": "skills",
    "optional_skills": "optional skills",
    "calendar": "calendar",
    "strategy": "strategy",
    "overflow": "overflow",
}
ASSIGNEE: Final = {
    "queue": "queue",
    "level": "level",
    "role": "role",
    "skills": "skills",
    "from_fact": "from",
    "otherwise": "otherwise",
}
AUDIENCE: Final = {"role": "role", "team": "team", "from_fact": "from", "by": "by"}
ASSIGNMENT: Final = {
    "weights": "weight of",
    "channel_weights": "weight of",
    "per_agent": "capacity per agent",
    "prefer_last_agent": "prefer_last_agent",
    "repeat_over": "repeat escalations over",
    "repeat_within": "repeat escalations within",
    "repeat_boost": "priority boost of repeat escalations",
    "repeat_level": "level of repeat escalations",
    "relax_skills_after": "relax_skills_after",
    "hand_on_after": "hand_on_after",
}
SLA: Final = {
    "calendar": "calendar",
    "calendars": "calendar of",
    "warn_at": "warn_at",
    "pause": "pause of",
    "on_reopen": "on_reopen",
    "retarget": "retarget",
    "bot_counts": "bot_counts",
}
TIER: Final = {
    "timeout": "timeout",
    "conditions": "conditions",
    "escalate_to": "escalate_to",
    "notify": "notify",
    "acknowledge_within": "acknowledge_within",
}
AUTOMATION: Final = {
    "on": "on",
    "when": "condition",
    "do": "deeds",
    "every": "every",
    "per_hour": "per_hour",
    "enabled": "enabled",
}


def differences(before: Workflow, after: Workflow) -> tuple[Difference, ...]:
    """What the newer one does otherwise; empty when both mean the same."""
    return tuple(_all(before, after))


def _all(before: Workflow, after: Workflow) -> Iterator[Difference]:
    yield from _single("workflow", "name", before.name, after.name)
    yield from named("fields", "field", before.fields, after.fields, FIELD)
    yield from calendars(before.calendars, after.calendars)
    yield from _matrix(before.priority_matrix, after.priority_matrix)
    yield from named("categories", "category", before.categories, after.categories, CATEGORY)
    yield from _complexity(before, after)
    yield from named("signals", "signal", before.signals, after.signals, SIGNAL)
    yield from named("queues", "queue", before.queues, after.queues, QUEUE)
    yield from _single("default_queue", "default queue", before.default_queue, after.default_queue)
    yield from named("assignees", "assignee", _defined(before.assignees), _defined(after.assignees), ASSIGNEE)
    yield from named("audiences", "audience", before.audiences, after.audiences, AUDIENCE)
    yield from rules(before.rules, after.rules)
    yield from _policy("assignment", before.assignment, after.assignment, ASSIGNMENT)
    yield from targets(before.sla_matrix, after.sla_matrix)
    yield from _policy("sla", _shares(before), _shares(after), SLA)
    yield from _tiers(before, after)
    yield from named("automations", "automation", _automations(before), _automations(after), AUTOMATION)
    yield from _policy("replies", before.replies, after.replies, {"acknowledge": "acknowledge", "with_": "with"})
    for section in ("duplicates", "surveys", "proactive", "experiments"):
        yield from _plain(section, getattr(before, section), getattr(after, section))
    yield from _tests(before, after)


def _single(section: str, label: str, before: str, after: str) -> Iterator[Difference]:
    for how in altered(label, before, after):
        yield Difference(section, "", how)


def _policy(section: str, before: Any, after: Any, names: Mapping[str, str]) -> Iterator[Difference]:
    for how in parts(before, after, names):
        yield Difference(section, section, how)


def _plain(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for key in [*before, *(key for key in after if key not in before)]:
        for how in altered(key.replace("_", " "), before.get(key), after.get(key)):
            yield Difference(section, section, how)


def _matrix(before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str]) -> Iterator[Difference]:
    for impact, urgency in before:
        old, new = before[impact, urgency], after.get((impact, urgency))
        if old != new:
            yield Difference("priority_matrix", f"impact {impact}, urgency {urgency}", f"{old} -> {said(new)}")


def _complexity(before: Workflow, after: Workflow) -> Iterator[Difference]:
    old, new = dict(before.complexity), dict(after.complexity)
    for level in sorted({*old, *new}):
        for how in altered("condition", old.get(level), new.get(level)):
            yield Difference("complexity", level, how)


def _defined(assignees: Mapping[str, Assignee]) -> dict[str, Assignee]:
    """What the names stand for: without the names, also further down."""
    return {name: _nameless(assignee) for name, assignee in assignees.items()}


def _nameless(assignee: Assignee) -> Assignee:
    return replace(assignee, name="", otherwise=_nameless(assignee.otherwise) if assignee.otherwise else None)


def targets(
    before: Mapping[tuple[str, str], Targets], after: Mapping[tuple[str, str], Targets]
) -> Iterator[Difference]:
    for cell in [*before, *(cell for cell in after if cell not in before)]:
        what = f"target {', '.join(cell)}"
        if cell not in after:
            yield Difference("sla_matrix", what, "removed")
        elif cell not in before:
            yield Difference("sla_matrix", what, f"added: {said(after[cell].by_metric)}")
        else:
            for how in _moved(before[cell], after[cell]):
                yield Difference("sla_matrix", what, how)


def _moved(before: Targets, after: Targets) -> Iterator[str]:
    for metric in METRICS:
        old, new = before.by_metric.get(metric), after.by_metric.get(metric)
        if old != new:
            yield f"{metric} {said(old)} -> {said(new)}"


@dataclass(frozen=True, slots=True)
class _Sla:
    """The policy with its shares as people write them."""

    calendar: str | None
    calendars: Mapping[str, str]
    warn_at: Sequence[str]
    pause: Mapping[str, frozenset[str]]
    on_reopen: str
    retarget: str
    bot_counts: bool


def _shares(workflow: Workflow) -> _Sla:
    policy = workflow.sla
    values = {name: getattr(policy, name) for name in SLA}
    return _Sla(**values | {"warn_at": tuple(f"{share:.0%}" for share in policy.warn_at)})


def _tiers(before: Workflow, after: Workflow) -> Iterator[Difference]:
    old, new = ({tier.name: tier for tier in flow.tiers} for flow in (before, after))
    yield from named("escalation_matrix", "tier", old, new, TIER)
    if sorted(old) == sorted(new) and list(old) != list(new):
        yield Difference("escalation_matrix", "tiers", f"in another order: {', '.join(new)}")
    for how in parts(before.management, after.management, {"triggers": "triggers", "notify": "notify"}):
        yield Difference("escalation_matrix", "management", how)


@dataclass(frozen=True, slots=True)
class _Automation:
    """One as written: it may answer several things that happen."""

    on: tuple[str, ...]
    when: Any
    do: tuple[Any, ...]
    every: Any
    per_hour: int | None
    enabled: bool


def _automations(workflow: Workflow) -> dict[str, _Automation]:
    found: dict[str, list[Automation]] = {}
    for one in workflow.automations:
        found.setdefault(one.name, []).append(one)
    return {
        name: _Automation(
            tuple(one.on for one in same), same[0].when, same[0].do, same[0].every, same[0].per_hour, same[0].enabled
        )
        for name, same in found.items()
    }


def _tests(before: Workflow, after: Workflow) -> Iterator[Difference]:
    old, new = ([(test.name, dict(test.given), dict(test.expect)) for test in flow.tests] for flow in (before, after))
    if old != new:
        changed = "changed" if len(old) == len(new) else f"{len(old)} -> {len(new)}"
        yield Difference("tests", "tests", changed)
