"""Reads the routing rules and the automations."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from deskwright.engine.document import Node
from deskwright.engine.durations import Duration
from deskwright.engine.events import EVENTS
from deskwright.engine.loading.actions import action, merged
from deskwright.engine.loading.reading import Reading
from deskwright.engine.saying import _
from deskwright.engine.values import FIRST_RESPONSE, METRICS
from deskwright.engine.workflow import Action, Automation, Rule

RULE_KEYS: Final = ("name", "condition", "action", "notify", "cc", "sla_target", "continue", "description")
AUTOMATION_KEYS: Final = ("name", "on", "when", "do", "every", "per_hour", "enabled", "description")
DERIVED_EVENTS: Final = (
    "sla_warning",
    "sla_breach",
    "ticket_solved",
    "ticket_reopened",
    "priority_changed",
    "ticket_assigned",
    "escalated",
)
"""What an automation may wait for besides the kinds of events."""


def rules(reading: Reading, node: Node | None) -> tuple[Rule, ...]:
    if node is None:
        return ()
    if node.kind != "list":
        reading.unexpected(node, _("a list of rules"))
        return ()
    found = tuple(_rule(reading, number, item) for number, item in enumerate(node.value, 1))
    _refuse_same_names(reading, node, found)
    return tuple(rule for rule in found if rule is not None)


def _rule(reading: Reading, number: int, node: Node) -> Rule | None:
    if not reading.known(node, RULE_KEYS, _("a rule")):
        return None
    condition = reading.condition(node.get("condition"))
    if node.get("condition") is None:
        reading.refuse(node, _("a rule needs a condition; write `condition: true` for always"))
    deed = _deed(reading, node)
    target, targets = _targets(reading, node.get("sla_target"))
    if deed == Action() and target is None and not targets and node.get("action") is None:
        reading.refuse(node, _("a rule needs something to do: action, notify, cc or sla_target"))
    if condition is None:
        return None
    return Rule(
        number,
        reading.text(node.get("name")) or f"rule {number}",
        condition,
        deed,
        target,
        bool(reading.flag(node.get("continue"))),
        targets,
        node.line if node.source.own else 0,
    )


def _deed(reading: Reading, node: Node) -> Action:
    """The rule's action, with the `notify` and `cc` that stand beside it."""
    deed = action(reading, node.get("action"))
    notify, cc = node.get("notify"), node.get("cc")
    if notify is None and cc is None:
        return deed
    told = Action(notify=reading.references(notify, "audience"), cc=reading.references(cc, "audience"))
    return merged(deed, told)


def _targets(reading: Reading, node: Node | None) -> tuple[Duration | None, dict[str, Duration]]:
    """A bare duration is the first response's; a mapping may name other metrics too."""
    if node is None or node.kind != "mapping":
        return reading.duration(node), {}
    reading.known(node, METRICS, "sla_target")
    found = {metric: reading.duration(node.get(metric)) for metric in METRICS}
    first = found.pop(FIRST_RESPONSE)
    return first, {metric: target for metric, target in found.items() if target is not None}


def _refuse_same_names(reading: Reading, node: Node, found: tuple[Rule | None, ...]) -> None:
    first: dict[str, int] = {}
    for number, rule in enumerate(found, 1):
        if rule is not None and first.setdefault(rule.name, number) != number:
            message = _(
                "rule %(number)s has the name of rule %(first)s: %(rule)s",
                number=number,
                first=first[rule.name],
                rule=repr(rule.name),
            )
            reading.refuse(node.value[number - 1], message, key="name")


def automations(reading: Reading, node: Node | None) -> tuple[Automation, ...]:
    if node is None:
        return ()
    if node.kind != "list":
        reading.unexpected(node, _("a list of automations"))
        return ()
    found: list[Automation] = []
    for number, item in enumerate(node.value, 1):
        found += _automation(reading, number, item)
    return tuple(found)


def _automation(reading: Reading, number: int, node: Node) -> list[Automation]:
    if not reading.known(node, AUTOMATION_KEYS, _("an automation")):
        return []
    every = reading.duration(node.get("every"))
    known = (*EVENTS, *DERIVED_EVENTS)
    moments = reading.several(node.get("on"), lambda item: reading.one_of(item, known, _("something that happens")))
    if node.get("on") is None and node.get("every") is None:
        reading.refuse(node, _("an automation needs `on` (what happens) or `every` (how often)"))
    if node.get("do") is None:
        reading.refuse(node, _("an automation needs something to do"))
    deeds = tuple(action(reading, item) for item in _items(node.get("do")))
    enabled = reading.flag(node.get("enabled"))
    one = Automation(
        reading.text(node.get("name")) or f"automation {number}",
        "every",
        reading.condition(node.get("when")),
        deeds,
        every,
        reading.whole(node.get("per_hour"), 1, 100_000),
        enabled is not False,
        number,
    )
    return [replace(one, on=moment) for moment in moments] or ([one] if every else [])


def _items(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return list(node.value) if node.kind == "list" else [node]
