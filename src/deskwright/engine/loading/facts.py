"""Reads what the desk knows of a case: fields, categories, complexity, signals, the priority matrix, calendars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deskwright.engine.calendars import Calendar, HolidaySource
from deskwright.engine.conditions import Condition
from deskwright.engine.document import Node
from deskwright.engine.loading.reading import Reading
from deskwright.engine.ordering import in_order
from deskwright.engine.problems import meant
from deskwright.engine.signals import arranged
from deskwright.engine.values import COMPLEXITIES, LEVELS, PRIORITIES
from deskwright.engine.vocabulary.standard import taken
from deskwright.engine.words import words
from deskwright.engine.workflow import Category, FieldSpec, Signal

TYPES: Final = ("text", "number", "boolean", "date", "choice")
OWNERS: Final = ("ticket", "customer", "organisation")
DEEPEST_CATEGORY: Final = 6


def fields(reading: Reading, node: Node | None) -> dict[str, FieldSpec]:
    found = {}
    for name, entry in reading.named(node, "fields"):
        spec = _field(reading, name, entry)
        if not all(part.isidentifier() for part in [name]) or name != name.lower():
            reading.refuse(entry, f"{name!r} cannot be named in a condition; use small letters, digits and _")
        elif taken(spec):
            reading.refuse(entry, f"the desk already has a fact named {name!r}; choose another name for the field")
        else:
            found[name] = spec
    return found


def _field(reading: Reading, name: str, node: Node) -> FieldSpec:
    if node.kind == "text":
        return FieldSpec(name, reading.one_of(node, TYPES, "a type of field") or "text")
    if not reading.known(node, ("type", "of", "choices"), "a field"):
        return FieldSpec(name, "text")
    choices = reading.texts(node.get("choices"))
    kind = reading.one_of(node.get("type"), TYPES, "a type of field") or ("choice" if choices else "text")
    owner = reading.one_of(node.get("of"), OWNERS, "something that has fields") or "ticket"
    if (kind == "choice") != bool(choices):
        reading.refuse(node, "a field of type choice lists its choices, and no other field does")
    return FieldSpec(name, kind, owner, choices)


def categories(reading: Reading, node: Node | None) -> dict[str, Category]:
    found: dict[str, Category] = {}
    if node is not None and node.kind == "list":
        for item in node.value:
            if (name := reading.text(item)) is not None:
                found[name] = Category(name)
    else:
        _branch(reading, node, None, found, 1)
    return found


def _branch(reading: Reading, node: Node | None, parent: str | None, found: dict[str, Category], depth: int) -> None:
    for name, entry in reading.named(node, "categories"):
        if name in found:
            reading.refuse(entry, f"the category {name!r} stands at two places")
            continue
        if entry.kind == "nothing":
            found[name] = Category(name, parent)
            continue
        if not reading.known(entry, ("children", "keywords"), "a category"):
            continue
        found[name] = Category(name, parent, keywords(reading, entry.get("keywords")))
        _children(reading, entry.get("children"), name, found, depth)


def _children(reading: Reading, node: Node | None, parent: str, found: dict[str, Category], depth: int) -> None:
    if node is None:
        return
    if depth >= DEEPEST_CATEGORY:
        reading.refuse(node, f"categories are nested at most {DEEPEST_CATEGORY} levels deep")
    elif node.kind != "list":
        _branch(reading, node, parent, found, depth + 1)
    else:
        for item in node.value:
            if (name := reading.text(item)) is None:
                continue
            if name in found:
                reading.refuse(item, f"the category {name!r} stands at two places")
            else:
                found[name] = Category(name, parent)


def keywords(reading: Reading, node: Node | None) -> tuple[str, ...]:
    """Words or phrases, in lower case, one blank between words."""

    def phrase(item: Node) -> str | None:
        text = reading.text(item)
        if text is not None and not words(text):
            reading.refuse(item, f"{text!r} holds no word that could be looked for")
        return " ".join(words(text or "")) or None

    return reading.several(node, phrase)


def complexity(reading: Reading, node: Node | None) -> tuple[tuple[str, Condition], ...]:
    """Highest level first."""
    found = {}
    for level, entry in reading.named(node, "complexity"):
        if level not in COMPLEXITIES:
            assert node is not None
            allowed = ", ".join(COMPLEXITIES)
            reading.refuse(
                node, f"{level!r} is no level; it is one of {allowed}", meant(level, COMPLEXITIES), key=level
            )
        elif (condition := reading.condition(entry)) is not None:
            found[level] = condition
    return tuple((level, found[level]) for level in reversed(COMPLEXITIES) if level in found)


def signals(reading: Reading, node: Node | None) -> dict[str, Signal]:
    """In the order in which they can be asked: a signal after those its condition asks for."""
    found = {name: _signal(reading, name, entry) for name, entry in reading.named(node, "signals")}
    ordered, ring = arranged(found)
    if ring and node is not None:
        said = " -> ".join(ring)
        reading.refuse(node, f"these signals ask for each other in a ring: {said}", key=ring[0])
    return ordered


def _signal(reading: Reading, name: str, node: Node) -> Signal:
    if node.kind == "nothing":
        return Signal(name)
    if node.kind == "list":
        return Signal(name, keywords(reading, node))
    if node.kind == "text":
        return Signal(name, when=reading.condition(node))
    reading.known(node, ("words", "when", "unless"), "a signal")
    return Signal(
        name,
        keywords(reading, node.get("words")),
        reading.condition(node.get("when")),
        keywords(reading, node.get("unless")),
    )


def priority_matrix(reading: Reading, node: Node | None) -> dict[tuple[str, str], str]:
    found = {}
    for impact, row in reading.named(node, "the priority matrix"):
        assert node is not None
        if impact not in LEVELS:
            reading.refuse(
                node, f"{impact!r} is no impact; it is one of {', '.join(LEVELS)}", meant(impact, LEVELS), key=impact
            )
            continue
        if not reading.known(row, LEVELS, "a row of the priority matrix"):
            continue
        for urgency, cell in row.items():
            if urgency in LEVELS and (priority := reading.one_of(cell, PRIORITIES, "a priority")):
                found[impact, urgency] = priority
    _refuse_holes(reading, node)
    return found


def _refuse_holes(reading: Reading, node: Node | None) -> None:
    for impact in LEVELS if node is not None and node.kind == "mapping" else ():
        assert node is not None
        row = node.get(impact)
        lacking = [urgency for urgency in LEVELS if row is None or urgency not in dict(row.items())]
        if lacking:
            reading.refuse(
                node, f"the priority matrix says nothing for impact {impact} with urgency {', '.join(lacking)}"
            )


def calendars(
    reading: Reading, node: Node | None, starter: Node | None, holidays: HolidaySource | None
) -> dict[str, Calendar]:
    """Unions may name calendars that stand after them."""
    found: dict[str, Calendar] = {}
    for section in (starter, node):
        entries = dict(reading.named(section, "calendars"))
        ordered, waiting = in_order({name: _members(entry) - {name} for name, entry in entries.items()})
        for name in (*ordered, *waiting):
            _calendar(reading, name, entries[name], found, holidays)
    return found


def _members(node: Node) -> set[str]:
    union = node.get("union")
    return {item.value for item in union.value if item.kind == "text"} if union and union.kind == "list" else set()


def _calendar(
    reading: Reading, name: str, node: Node, found: dict[str, Calendar], holidays: HolidaySource | None
) -> None:
    others: Mapping[str, Calendar] = {other: calendar for other, calendar in found.items() if other != name}
    try:
        found[name] = Calendar.from_document(node.plain(), others, holidays)
    except ValueError as refusal:
        for sentence in str(refusal).split("; "):
            reading.refuse(node, f"calendar {name}: {sentence}")
