"""What of a document may be turned, and the author's text with it turned: comments, order and layout stay.

A move is a path and a value, so that it can be made in a text that other moves have changed already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from deskwright.engine.document import Node
from deskwright.engine.fixing import Edit, applied
from deskwright.engine.linting.places import Places
from deskwright.engine.workflow import Workflow

RELAXED: Final = ("15m", "1h", "4h")
WARNINGS: Final = ("[40%, 60%, 80%]", "[30%, 60%, 90%]", "[75%]")
_SCALAR: Final = re.compile(r"""\[[^\]\n]*\]|"[^"\n]*"|'[^'\n]*'|[^\s,}\]#]+""")
"""A value on one line: a list in brackets, a quoted text, or a word."""


@dataclass(frozen=True, slots=True)
class Move:
    """`kind` is the knob's; `was` None where the document leaves it to the starter or to nobody."""

    kind: str
    path: str
    value: str
    was: str | None

    @property
    def said(self) -> str:
        return f"{self.path}: {self.was} -> {self.value}" if self.was else f"{self.path}: {self.value}"


def moves(workflow: Workflow, allowed: Mapping[str, Callable[[Workflow], Iterator[Move]]]) -> list[Move]:
    """Every move of the allowed kinds that can be made in the workflow's own text and changes it."""
    found = [move for turn in allowed.values() for move in turn(workflow)]
    return [move for move in found if move.value != move.was and (made(workflow.text, move) or "") != workflow.text]


def capacity(workflow: Workflow) -> Iterator[Move]:
    policy = workflow.assignment
    per_agent = policy.per_agent
    for value in sorted({max(1, per_agent // 2), max(1, per_agent * 3 // 4), per_agent * 3 // 2, per_agent * 2}):
        yield Move("capacity", "assignment.capacity.per_agent", f"{value}", f"{per_agent}")
    for level, weight in policy.weights.items():
        for heavier in (weight - 1, weight + 1):
            if heavier > 0:
                yield Move("capacity", f"assignment.capacity.weights.{level}", f"{heavier:g}", f"{weight:g}")


def skills(workflow: Workflow) -> Iterator[Move]:
    """After what wait skills and seniority become wishes."""
    was = workflow.assignment.relax_skills_after
    for value in RELAXED:
        yield Move("skills", "assignment.relax_skills_after", value, str(was) if was else None)


def warnings(workflow: Workflow) -> Iterator[Move]:
    was = "[" + ", ".join(f"{share:.0%}" for share in workflow.sla.warn_at) + "]"
    for value in WARNINGS:
        yield Move("warnings", "sla.warn_at", value, was)


def thresholds(workflow: Workflow) -> Iterator[Move]:
    """How long each tier waits before it escalates."""
    for tier in workflow.tiers:
        if tier.timeout is not None and not tier.timeout.business_days:
            for factor in (0.5, 2):
                minutes = round(tier.timeout.minutes * factor)
                if minutes:
                    path = f"escalation_matrix.{tier.name}.timeout"
                    yield Move("thresholds", path, spelled(minutes), str(tier.timeout))


def targets(workflow: Workflow) -> Iterator[Move]:
    """Half as long again, and twice as long, for every target of the matrix the author wrote."""
    matrix = Places(workflow.text).find("sla_matrix")
    for cell, node in matrix.items() if matrix is not None else ():
        for metric, target in node.items():
            rows = workflow.sla_matrix.values()
            found = next((row for row in rows if said_by(cell, row.priority, row.tier)), None)
            duration = found.by_metric.get(metric) if found is not None else None
            if duration is not None and not duration.business_days:
                for factor in (1.5, 2):
                    path = f"sla_matrix.{cell}.{metric}"
                    yield Move("targets", path, spelled(round(duration.minutes * factor)), str(target.value))


def said_by(cell: str, priority: str, tier: str) -> bool:
    return [part.strip() for part in cell.split(",")] == [priority, tier]


KNOBS: Final[Mapping[str, Callable[[Workflow], Iterator[Move]]]] = {
    "capacity": capacity,
    "skills": skills,
    "warnings": warnings,
    "thresholds": thresholds,
    "targets": targets,
}


def spelled(minutes: int) -> str:
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


# The text


def made(text: str, move: Move) -> str | None:
    """The text with the move made; None where its place is written in a way that is not understood here."""
    edit = put(text, Places(text), move.path, move.value)
    return None if edit is None else applied(text, [edit])


def put(text: str, places: Places, path: str, value: str) -> Edit | None:
    node = places.find(path)
    if node is not None and node is not places.root:
        return turned(text, node, value)
    above, _, key = path.rpartition(".")
    if not above:
        end = "" if text.endswith("\n") or not text else "\n"
        return Edit(len(text), len(text), f"{end}\n{key}: {value}\n", path)
    parent = places.find(above)
    if parent is None or parent.kind == "nothing":
        return put(text, places, above, f"{{{key}: {value}}}") if parent is None else None
    return added(text, parent, key, value)


def turned(text: str, node: Node, value: str) -> Edit | None:
    """A value that stands on one line becomes another."""
    written = _SCALAR.match(text, node.index)
    if node.kind == "mapping" or written is None or (node.kind == "list" and not written[0].startswith("[")):
        return None
    return Edit(node.index, written.end(), value, node.path)


def added(text: str, parent: Node, key: str, value: str) -> Edit | None:
    """One more key at the beginning of a mapping, in braces or in lines."""
    if parent.kind != "mapping":
        return None
    if text[parent.index : parent.index + 1] == "{":
        return Edit(parent.index + 1, parent.index + 1, f"{key}: {value}, ", parent.path)
    indent = " " * (parent.column - 1)
    return Edit(parent.index, parent.index, f"{key}: {value}\n{indent}", parent.path)
