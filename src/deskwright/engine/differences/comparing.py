"""Every difference between two workflows, section by section in the language's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from deskwright.engine.differences.calendars import calendars
from deskwright.engine.differences.rules import rules
from deskwright.engine.differences.wording import Difference, altered, arrow, named, parts, said
from deskwright.engine.saying import _
from deskwright.engine.values import METRICS
from deskwright.engine.workflow import Assignee, Automation, Targets, Workflow

FIELD: Final = {
    "type": _("type"),
    "of": _("of"),
    "choices": _("choices"),
    "choice_labels": _("labels of choices"),
    "label": _("label"),
    "help": _("help"),
    "when": _("condition"),
    "required": _("required"),
    "portal": _("portal"),
    "types": _("types"),
}
TYPE: Final = {"label": _("label"), "help": _("help"), "icon": _("icon"), "portal": _("portal"), "set": _("set")}
STATUS: Final = {"category": _("category"), "label": _("label"), "icon": _("icon"), "archived": _("archived")}
CATEGORY: Final = {"parent": _("parent"), "keywords": _("keywords")}
SIGNAL: Final = {"words": _("words"), "when": _("condition")}
QUEUE: Final = {
    "team": _("team"),
    "skills": _("skills"),
    "optional_skills": _("optional skills"),
    "calendar": _("calendar"),
    "strategy": _("strategy"),
    "overflow": _("overflow"),
}
ASSIGNEE: Final = {
    "queue": _("queue"),
    "level": _("level"),
    "role": _("role"),
    "skills": _("skills"),
    "from_fact": _("from"),
    "otherwise": _("otherwise"),
}
AUDIENCE: Final = {"role": _("role"), "team": _("team"), "from_fact": _("from"), "by": _("by")}
ASSIGNMENT: Final = {
    "weights": _("weight of"),
    "channel_weights": _("weight of"),
    "per_agent": _("capacity per agent"),
    "prefer_last_agent": _("prefer_last_agent"),
    "repeat_over": _("repeat escalations over"),
    "repeat_within": _("repeat escalations within"),
    "repeat_boost": _("priority boost of repeat escalations"),
    "repeat_level": _("level of repeat escalations"),
    "relax_skills_after": _("relax_skills_after"),
    "hand_on_after": _("hand_on_after"),
}
SLA: Final = {
    "calendar": _("calendar"),
    "calendars": _("calendar of"),
    "warn_at": _("warn_at"),
    "pause": _("pause of"),
    "on_reopen": _("on_reopen"),
    "retarget": _("retarget"),
}
TIER: Final = {
    "timeout": _("timeout"),
    "conditions": _("conditions"),
    "escalate_to": _("escalate_to"),
    "notify": _("notify"),
    "acknowledge_within": _("acknowledge_within"),
}
AUTOMATION: Final = {
    "on": _("on"),
    "when": _("condition"),
    "do": _("deeds"),
    "every": _("every"),
    "per_hour": _("per_hour"),
    "enabled": _("enabled"),
}


def differences(before: Workflow, after: Workflow) -> tuple[Difference, ...]:
    """What the newer one does otherwise; empty when both mean the same."""
    return tuple(_all(before, after))


def _all(before: Workflow, after: Workflow) -> Iterator[Difference]:
    yield from _single("workflow", _("name"), before.name, after.name)
    yield from named("fields", "field", before.fields, after.fields, FIELD)
    yield from named("types", "type", before.types, after.types, TYPE)
    yield from named("statuses", "status", before.statuses, after.statuses, STATUS)
    yield from calendars(before.calendars, after.calendars)
    yield from _matrix(before.priority_matrix, after.priority_matrix)
    yield from named("categories", "category", before.categories, after.categories, CATEGORY)
    yield from _complexity(before, after)
    yield from named("signals", "signal", before.signals, after.signals, SIGNAL)
    yield from named("queues", "queue", before.queues, after.queues, QUEUE)
    yield from _single("default_queue", _("default queue"), before.default_queue, after.default_queue)
    yield from named("assignees", "assignee", _defined(before.assignees), _defined(after.assignees), ASSIGNEE)
    yield from named("audiences", "audience", before.audiences, after.audiences, AUDIENCE)
    yield from rules(before.rules, after.rules)
    yield from _policy("assignment", before.assignment, after.assignment, ASSIGNMENT)
    yield from targets(before.sla_matrix, after.sla_matrix)
    yield from _policy("sla", _shares(before), _shares(after), SLA)
    yield from _tiers(before, after)
    yield from named("automations", "automation", _automations(before), _automations(after), AUTOMATION)
    yield from _policy("replies", before.replies, after.replies, {"acknowledge": _("acknowledge"), "with_": _("with")})
    for section in ("duplicates", "reopen", "surveys", "proactive", "experiments"):
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
            yield Difference(
                "priority_matrix",
                _("impact %(impact)s, urgency %(urgency)s", impact=impact, urgency=urgency),
                arrow(old, new),
            )


def _complexity(before: Workflow, after: Workflow) -> Iterator[Difference]:
    old, new = dict(before.complexity), dict(after.complexity)
    for level in sorted({*old, *new}):
        for how in altered(_("condition"), old.get(level), new.get(level)):
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
        what = _("target %(cell)s", cell=", ".join(cell))
        if cell not in after:
            yield Difference("sla_matrix", what, _("removed"))
        elif cell not in before:
            yield Difference("sla_matrix", what, _("added: %(what)s", what=said(after[cell].by_metric)))
        else:
            for how in _moved(before[cell], after[cell]):
                yield Difference("sla_matrix", what, how)


def _moved(before: Targets, after: Targets) -> Iterator[str]:
    for metric in METRICS:
        old, new = before.by_metric.get(metric), after.by_metric.get(metric)
        if old != new:
            yield _("%(metric)s %(change)s", metric=metric, change=arrow(old, new))


@dataclass(frozen=True, slots=True)
class _Sla:
    """The policy with its shares as people write them."""

    calendar: str | None
    calendars: Mapping[str, str]
    warn_at: Sequence[str]
    pause: Mapping[str, frozenset[str]]
    on_reopen: str
    retarget: str


def _shares(workflow: Workflow) -> _Sla:
    policy = workflow.sla
    values = {name: getattr(policy, name) for name in SLA}
    return _Sla(**values | {"warn_at": tuple(f"{share:.0%}" for share in policy.warn_at)})


def _tiers(before: Workflow, after: Workflow) -> Iterator[Difference]:
    old, new = ({tier.name: tier for tier in flow.tiers} for flow in (before, after))
    yield from named("escalation_matrix", "tier", old, new, TIER)
    if sorted(old) == sorted(new) and list(old) != list(new):
        yield Difference("escalation_matrix", _("tiers"), _("in another order: %(names)s", names=", ".join(new)))
    for how in parts(before.management, after.management, {"triggers": _("triggers"), "notify": _("notify")}):
        yield Difference("escalation_matrix", _("management"), how)


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
        changed = _("changed") if len(old) == len(new) else arrow(len(old), len(new))
        yield Difference("tests", _("tests"), changed)
