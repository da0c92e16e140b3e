"""Reads what the desk knows of a case: categories, complexity, signals, the priority matrix, calendars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deskwright.engine.calendars import Calendar, CalendarRefused, HolidaySource
from deskwright.engine.conditions import Condition
from deskwright.engine.document import Node
from deskwright.engine.loading.reading import Reading
from deskwright.engine.ordering import in_order
from deskwright.engine.problems import meant
from deskwright.engine.saying import _
from deskwright.engine.signals import arranged
from deskwright.engine.values import COMPLEXITIES, LEVELS, PRIORITIES
from deskwright.engine.words import words
from deskwright.engine.workflow import Category, Signal

DEEPEST_CATEGORY: Final = 6


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
            reading.refuse(entry, _("the category %(name)s stands at two places", name=repr(name)))
            continue
        if entry.kind == "nothing":
            found[name] = Category(name, parent)
            continue
        if not reading.known(entry, ("children", "keywords"), _("a category")):
            continue
        found[name] = Category(name, parent, keywords(reading, entry.get("keywords")))
        _children(reading, entry.get("children"), name, found, depth)


def _children(reading: Reading, node: Node | None, parent: str, found: dict[str, Category], depth: int) -> None:
    if node is None:
        return
    if depth >= DEEPEST_CATEGORY:
        reading.refuse(
            node, _("categories are nested at most %(deepest_category)s levels deep", deepest_category=DEEPEST_CATEGORY)
        )
    elif node.kind != "list":
        _branch(reading, node, parent, found, depth + 1)
    else:
        for item in node.value:
            if (name := reading.text(item)) is None:
                continue
            if name in found:
                reading.refuse(item, _("the category %(name)s stands at two places", name=repr(name)))
            else:
                found[name] = Category(name, parent)


def keywords(reading: Reading, node: Node | None) -> tuple[str, ...]:
    """Words or phrases, in lower case, one blank between words."""

    def phrase(item: Node) -> str | None:
        text = reading.text(item)
        if text is not None and not words(text):
            reading.refuse(item, _("%(text)s holds no word that could be looked for", text=repr(text)))
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
                node,
                _("%(level)s is no level; it is one of %(allowed)s", level=repr(level), allowed=allowed),
                meant(level, COMPLEXITIES),
                key=level,
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
        reading.refuse(node, _("these signals ask for each other in a ring: %(said)s", said=said), key=ring[0])
    return ordered


def _signal(reading: Reading, name: str, node: Node) -> Signal:
    if node.kind == "nothing":
        return Signal(name)
    if node.kind == "list":
        return Signal(name, keywords(reading, node))
    if node.kind == "text":
        return Signal(name, when=reading.condition(node))
    reading.known(node, ("words", "when", "unless"), _("a signal"))
    return Signal(
        name,
        keywords(reading, node.get("words")),
        reading.condition(node.get("when")),
        keywords(reading, node.get("unless")),
    )


def priority_matrix(reading: Reading, node: Node | None) -> dict[tuple[str, str], str]:
    found = {}
    for impact, row in reading.named(node, _("the priority matrix")):
        assert node is not None
        if impact not in LEVELS:
            reading.refuse(
                node,
                _("%(impact)s is no impact; it is one of %(levels)s", impact=repr(impact), levels=", ".join(LEVELS)),
                meant(impact, LEVELS),
                key=impact,
            )
            continue
        if not reading.known(row, LEVELS, _("a row of the priority matrix")):
            continue
        for urgency, cell in row.items():
            if urgency in LEVELS and (priority := reading.one_of(cell, PRIORITIES, _("a priority"))):
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
                node,
                _(
                    "the priority matrix says nothing for impact %(impact)s with urgency %(lacking)s",
                    impact=impact,
                    lacking=", ".join(lacking),
                ),
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
    except CalendarRefused as refusal:
        for sentence in refusal.sentences:
            reading.refuse(node, _("calendar %(name)s: %(sentence)s", name=name, sentence=sentence))
