"""Things that lead to each other in a ring, and tiers that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from deskwright.engine.conditions.syntax import And, Compare, Fact, In, Literal, Tree
from deskwright.engine.linting.places import Places
from deskwright.engine.linting.reasoning import contradiction
from deskwright.engine.problems import Problem
from deskwright.engine.saying import _
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.workflow import Action, Automation, Queue, Workflow

_TOLD_AGAIN: Final = frozenset({"priority", "status", "category", "complexity", "impact", "urgency", "queue"})
"""Fields whose change is an event of its own."""
_MOST_RINGS: Final = 50
_MOST_PAIRS: Final = 20_000


def overflowing(queues: Mapping[str, Queue], places: Places) -> Iterator[Problem]:
    told: set[frozenset[str]] = set()
    for start in queues:
        path, name = [start], queues[start].overflow
        while name is not None and name in queues and name not in path:
            path.append(name)
            name = queues[name].overflow
        if name == start and frozenset(path) not in told:
            told.add(frozenset(path))
            ring = " -> ".join([*path, start])
            message = _("these queues overflow into each other in a ring: %(ring)s", ring=ring)
            yield places.tell(f"queues.{start}.overflow", message)


def stuck(workflow: Workflow, places: Places) -> Iterator[Problem]:
    """Tiers nothing escalates from, and tiers that hand a ticket to where it is."""
    for tier, after in zip(workflow.tiers, workflow.tiers[1:], strict=False):
        if not tier.conditions:
            message = _(
                "nothing escalates from %(tier)s, so %(after)s is reached by hand only",
                tier=tier.name,
                after=after.name,
            )
            yield places.tell(f"escalation_matrix.{tier.name}", message)
        if tier.escalate_to is not None and tier.escalate_to == after.escalate_to:
            message = _(
                "%(after)s escalates to the same as %(tier)s, so a ticket goes round in a ring",
                after=after.name,
                tier=tier.name,
            )
            yield places.tell(f"escalation_matrix.{after.name}.escalate_to", message)


def setting_off(workflow: Workflow, places: Places) -> Iterator[Problem]:
    """Automations that set themselves or each other off. Each runs once in a chain of causes, which is rarely meant."""
    rules = [rule for rule in workflow.automations if rule.enabled]
    after = _following(rules)
    told: set[frozenset[int]] = set()
    for start in after:
        ring = _ring(after, start)
        if ring is None or frozenset(ring) in told or len(told) >= _MOST_RINGS:
            continue
        told.add(frozenset(ring))
        names = " -> ".join(rules[place].name for place in (*ring, start))
        what = (
            _("this automation sets itself off")
            if len(ring) == 1
            else _("these automations set each other off in a ring")
        )
        message = _("%(what)s: %(names)s; each runs once in a chain of causes, and then stops", what=what, names=names)
        yield places.tell(f"automations[{rules[start].number}]", message)


def _following(rules: Sequence[Automation]) -> dict[int, list[int]]:
    """place -> the places of those it sets off, as far as `_MOST_PAIRS` allow to look."""
    waiting: dict[str, list[int]] = {}
    for place, rule in enumerate(rules):
        waiting.setdefault(rule.on, []).append(place)
    after: dict[int, list[int]] = {place: [] for place in range(len(rules))}
    left_to_look = _MOST_PAIRS
    for place, rule in enumerate(rules):
        for happens, left in map(_outcome, rule.do):
            near = [other for event in sorted(happens) for other in waiting.get(event, ())]
            left_to_look -= len(near)
            if left_to_look >= 0:
                after[place] += [other for other in near if _may_hold(rules[other], left)]
    return after


def _ring(after: Mapping[int, list[int]], start: int) -> list[int] | None:
    """The shortest way from an automation back to itself."""
    ways = [[start]]
    seen: set[int] = set()
    while ways:
        way = ways.pop(0)
        for following in after[way[-1]]:
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return None


def _outcome(action: Action) -> tuple[set[str], dict[str, Any]]:
    """The events an action brings about, and the values it leaves behind."""
    left = {name: value for name, value in action.set.items() if name in _TOLD_AGAIN and value is not None}
    if action.status:
        left["status"] = action.status
    happens = {"fields_changed"} if left or action.assign or action.boost_priority else set()
    if "priority" in left or action.boost_priority:
        happens.add("priority_changed")
    if "status" in left:
        happens.add("ticket_reopened" if left["status"] in LIVE_STATUSES else "ticket_solved")
    if action.assign is not None:
        happens.add("ticket_assigned")
    if action.escalate:
        happens.add("escalated")
    return happens, left


def _may_hold(rule: Automation, left: Mapping[str, Any]) -> bool:
    if rule.when is None:
        return True
    known: list[Tree] = [_is(name, value) for name, value in left.items()]
    return contradiction(And((rule.when.tree, *known))) is None


def _is(name: str, value: Any) -> Tree:
    if isinstance(value, str):
        return In(Fact(name), (Literal(value),))
    return Compare(Fact(name), "==", Literal(value))
