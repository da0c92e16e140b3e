"""Reads the sections in the order in which they need each other's names, and puts the workflow together."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from deskwright.engine.calendars import HolidaySource
from deskwright.engine.document import Node, Source, read
from deskwright.engine.loading import extras, facts, forms, people, rules, targets, variants
from deskwright.engine.loading.reading import Reading
from deskwright.engine.problems import Problem, TooMany, WorkflowError
from deskwright.engine.routing import RuleIndex
from deskwright.engine.saying import _
from deskwright.engine.vocabulary import vocabulary
from deskwright.engine.workflow import Workflow

SECTIONS: Final = (
    "workflow",
    "extends",
    "fields",
    "types",
    "statuses",
    "calendars",
    "priority_matrix",
    "categories",
    "complexity",
    "signals",
    "queues",
    "default_queue",
    "assignees",
    "audiences",
    "routing_rules",
    "assignment",
    "sla_matrix",
    "sla",
    "escalation_matrix",
    "automations",
    "replies",
    "duplicates",
    "reopen",
    "surveys",
    "proactive",
    "experiments",
    "tests",
)
_ADDING: Final = frozenset({"fields", "signals", "queues", "assignees", "audiences"})
_REFINING: Final = frozenset({"sla", "assignment"})
_OWN_ONLY: Final = frozenset({"workflow", "extends", "experiments", "tests"})
STARTER: Final = "starter"
BASES: Final = {STARTER: "starter.yaml", "nothing": "nothing.yaml"}
"""What a document may extend; without a word it extends the starter."""


def load(text: str, *, version: int = 0, holidays: HolidaySource | None = None) -> Workflow:
    """The workflow a document means; the empty document is the starter. `holidays` knows the public holidays of
    countries, for calendars that name one. Raises WorkflowError with every problem.
    """
    with _nothing_collected():
        parts, problems = _read(text, holidays)
    if problems:
        raise WorkflowError(problems)
    digest = sha256(text.encode()).hexdigest()
    return Workflow(text=text, content_hash=digest, version=version, **parts)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """A load makes hundreds of thousands of values and no garbage in rings: looking for it would cost a third of the
    time. A document's limits bound what is made meanwhile.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _read(text: str, holidays: HolidaySource | None) -> tuple[dict[str, Any], list[Problem]]:
    root, problems = read(text)
    reading = Reading()
    reading.problems += problems
    parts: dict[str, Any] = {}
    if root is not None or not problems:
        with suppress(TooMany):
            parts = _whole(reading, root or Node("mapping", {}, 1, 1, "", Source(text)), holidays)
    return parts, reading.problems


def _whole(reading: Reading, root: Node, holidays: HolidaySource | None) -> dict[str, Any]:
    if not reading.known(root, SECTIONS, _("the language")):
        return {}
    extended = reading.one_of(root.get("extends"), BASES, _("something to extend")) or STARTER
    return _parts(reading, _Document(root, base(extended)), holidays)


@dataclass(frozen=True, slots=True)
class _Document:
    root: Node
    base: Node

    def section(self, name: str) -> Node | None:
        """The document's own section, that of what it extends, or the two laid over each other."""
        own, other = self.root.get(name), self.base.get(name)
        if own is None:
            return None if name in _OWN_ONLY else other
        if other is None or other.kind != own.kind or own.kind != "mapping":
            return own
        if name in _ADDING or name in _REFINING:
            merged = Node(
                "mapping", {**other.value, **own.value}, own.line, own.column, own.path, own.source, own.index
            )
            merged.keys = own.keys
            return merged
        return own


def _parts(reading: Reading, document: _Document, holidays: HolidaySource | None) -> dict[str, Any]:
    section = document.section
    parts: dict[str, Any] = {
        "name": reading.text(section("workflow") or document.base.get("workflow")) or "",
        "fields": forms.fields(reading, section("fields")),
        "categories": facts.categories(reading, section("categories")),
        "calendars": facts.calendars(reading, document.root.get("calendars"), document.base.get("calendars"), holidays),
        "priority_matrix": facts.priority_matrix(reading, section("priority_matrix")),
    }
    parts["sla_matrix"] = targets.sla_matrix(reading, section("sla_matrix"))
    _learn_names(reading, document, parts)
    parts["fields"] = forms.shown(reading, section("fields"), parts["fields"])
    parts["types"] = forms.types(reading, section("types"))
    parts["statuses"] = reading.statuses = forms.statuses(reading, section("statuses"))
    parts["signals"] = facts.signals(reading, section("signals"))
    parts["complexity"] = facts.complexity(reading, section("complexity"))
    parts["queues"] = people.queues(reading, section("queues"))
    parts["default_queue"] = _default_queue(reading, document)
    parts["assignees"] = reading.assignees = people.assignees(reading, section("assignees"))
    parts["audiences"] = people.audiences(reading, section("audiences"))
    parts["assignment"] = people.assignment(reading, section("assignment"))
    parts["sla"] = targets.sla(reading, section("sla"))
    parts["tiers"], parts["management"] = targets.escalation(reading, section("escalation_matrix"))
    parts["rules"] = rules.rules(reading, section("routing_rules"))
    parts["rule_index"] = RuleIndex.of(parts["rules"])
    parts["automations"] = rules.automations(reading, section("automations"))
    return parts | _extras(reading, document)


def _extras(reading: Reading, document: _Document) -> dict[str, Any]:
    section = document.section
    return {
        "replies": extras.replies(reading, section("replies")),
        "duplicates": extras.duplicates(reading, section("duplicates")),
        "reopen": extras.reopen(reading, section("reopen")),
        "surveys": extras.surveys(reading, section("surveys")),
        "proactive": extras.proactive(reading, section("proactive")),
        "experiments": extras.experiments(reading, section("experiments"), tuple(variants.TRIED)),
        "variants": variants.variants(reading, section("experiments"), section),
        "tests": extras.tests(reading, section("tests")),
    }


def _learn_names(reading: Reading, document: _Document, parts: Mapping[str, Any]) -> None:
    """Names come before the sections that use them, so order in the document does not matter."""
    names = {kind: _keys(document.section(section)) for kind, section in _NAMED.items()}
    names["audience"] += BUILT_IN_AUDIENCES
    reading.names = {**names, "calendar": tuple(parts["calendars"]) + _keys(document.root.get("calendars"))}
    words = vocabulary(parts["fields"], parts["categories"], names["signal"])
    tiers = tuple(tier for _, tier in parts["sla_matrix"] if tier != targets.ANY)
    reading.vocabulary = words.with_words(
        {
            "queue": names["queue"],
            "type": names["type"],
            "substatus": names["status"],
            "customer_tier": tiers,
            "organisation.tier": tiers,
            "tier": names["tier"],
        }
    )


BUILT_IN_AUDIENCES: Final = ("assignee", "leads")
"""The ticket's agent, and everybody whose role is lead."""
_NAMED: Final = {
    "queue": "queues",
    "assignee": "assignees",
    "audience": "audiences",
    "signal": "signals",
    "type": "types",
    "status": "statuses",
    "tier": "escalation_matrix",
}


def _keys(node: Node | None) -> tuple[str, ...]:
    return tuple(node.value) if node is not None and node.kind == "mapping" else ()


def _default_queue(reading: Reading, document: _Document) -> str:
    return reading.reference(document.section("default_queue"), "queue") or ""


@cache
def base(name: str) -> Node:
    """The root of what documents extend. Parsed once; its sections are read again with each document, whose names
    they may use.
    """
    text = files("deskwright.engine").joinpath(BASES[name]).read_text(encoding="utf-8")
    root, problems = read(text, own=False)
    if root is None or problems:
        raise WorkflowError(problems)
    return root
