"""Reads what is promised and what happens when it is not kept: the SLA matrix, its policy, the escalation tiers."""

from __future__ import annotations

from typing import Final

from deskwright.engine.document import Node
from deskwright.engine.loading.actions import assign_to
from deskwright.engine.loading.people import assignee
from deskwright.engine.loading.reading import Reading, kept
from deskwright.engine.problems import meant
from deskwright.engine.saying import _
from deskwright.engine.values import METRICS, PRIORITIES, STATUSES
from deskwright.engine.workflow import Assignee, Management, SlaPolicy, Targets, Tier

ANY: Final = "any"
MANAGEMENT: Final = "management"
NO_RESPONSE: Final = "no_response"
_POLICY_KEYS: Final = ("calendar", "calendars", "warn_at", "pause", "on_reopen", "retarget")
_TIER_KEYS: Final = ("timeout", "conditions", "escalate_to", "notify", "acknowledge_within")


def sla_matrix(reading: Reading, node: Node | None) -> dict[tuple[str, str], Targets]:
    found: dict[tuple[str, str], Targets] = {}
    for written, entry in reading.named(node, _("the SLA matrix")):
        assert node is not None
        cell = _cell(reading, node, written)
        if cell is None or not reading.known(entry, METRICS, _("the targets")):
            continue
        if cell in found:
            reading.refuse(
                node, _("the targets of %(cell)s, %(cell2)s are given twice", cell=cell[0], cell2=cell[1]), key=written
            )
        targets = kept({metric: reading.duration(entry.get(metric)) for metric in METRICS})
        found[cell] = Targets(*cell, targets)
    return found


def _cell(reading: Reading, node: Node, written: str) -> tuple[str, str] | None:
    parts = [part.strip() for part in written.split(",")]
    priority, tier = parts[0].lower(), parts[1] if len(parts) > 1 else ANY
    if len(parts) > 2 or not tier:
        message = _(
            "%(written)s names no cell; write it like `critical, enterprise` or `medium, any`", written=repr(written)
        )
        reading.refuse(node, message, key=written)
        return None
    if priority not in (*PRIORITIES, ANY):
        words = (*PRIORITIES, ANY)
        message = _("%(parts)s is no priority; it is one of %(words)s", parts=repr(parts[0]), words=", ".join(words))
        reading.refuse(node, message, meant(priority, words), key=written)
        return None
    return priority, tier


def sla(reading: Reading, node: Node | None) -> SlaPolicy:
    if node is None or not reading.known(node, _POLICY_KEYS, _("the SLA policy")):
        return SlaPolicy()
    warnings = reading.several(node.get("warn_at"), reading.share)
    return SlaPolicy(
        calendar=_calendar(reading, node.get("calendar")),
        calendars=kept({metric: _calendar(reading, entry) for metric, entry in _by_metric(reading, node, "calendars")}),
        warn_at=tuple(sorted({share for share in warnings if 0 < share < 1})),
        pause={metric: _pauses(reading, entry) for metric, entry in _by_metric(reading, node, "pause")},
        on_reopen=reading.one_of(node.get("on_reopen"), ("resume", "restart", "none"), _("an answer to a reopening"))
        or "resume",
        retarget=reading.one_of(node.get("retarget"), ("strict", "grace"), _("an answer to a new target")) or "strict",
    )


def _calendar(reading: Reading, node: Node | None) -> str | None:
    return reading.reference(node, "calendar")


def _by_metric(reading: Reading, node: Node, key: str) -> list[tuple[str, Node]]:
    section = node.get(key)
    if section is None or not reading.known(section, METRICS, key):
        return []
    return [(metric, entry) for metric, entry in section.items() if metric in METRICS]


def _pauses(reading: Reading, node: Node) -> frozenset[str]:
    return frozenset(reading.several(node, lambda item: reading.one_of(item, STATUSES, _("a status"))))


def escalation(reading: Reading, node: Node | None) -> tuple[tuple[Tier, ...], Management]:
    """The tiers in the document's order, and the management triggers."""
    entries = dict(reading.named(node, _("the escalation matrix")))
    management = entries.pop(MANAGEMENT, None)
    names = list(entries)
    following = [*names[1:], None][: len(names)]
    tiers = [
        _tier(reading, name, entry, after) for (name, entry), after in zip(entries.items(), following, strict=True)
    ]
    return tuple(tiers), _management(reading, management)


def _tier(reading: Reading, name: str, node: Node, after: str | None) -> Tier:
    if not reading.known(node, _TIER_KEYS, _("a tier")):
        return Tier(name, None, (), None, after)
    conditions = reading.several(node.get("conditions"), lambda item: _rising(reading, item))
    timeout = reading.duration(node.get("timeout"))
    if NO_RESPONSE in conditions and node.get("timeout") is None:
        reading.refuse(node, _("no_response needs a timeout to run out"), key="conditions")
    return Tier(
        name,
        timeout,
        conditions,
        _someone(reading, node.get("escalate_to")),
        after,
        reading.references(node.get("notify"), "audience"),
        reading.duration(node.get("acknowledge_within")),
    )


def _rising(reading: Reading, node: Node) -> str | None:
    if node.value == NO_RESPONSE:
        return NO_RESPONSE
    return reading.reference(node, "signal")


def _someone(reading: Reading, node: Node | None) -> Assignee | None:
    if node is None:
        return None
    return assign_to(reading, node, node.value.strip()) if node.kind == "text" else assignee(reading, "", node)


def _management(reading: Reading, node: Node | None) -> Management:
    if node is None or not reading.known(node, ("triggers", "notify"), "management"):
        return Management()
    return Management(
        reading.references(node.get("triggers"), "signal"),
        reading.references(node.get("notify"), "audience"),
    )
