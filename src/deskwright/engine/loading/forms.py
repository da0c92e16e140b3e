"""Reads what people choose and fill in: custom fields with their forms, ticket types, custom statuses.

Names come first (`fields`, `types`, `statuses`); conditions and what a type sets are read once all names are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from deskwright.engine.document import Node
from deskwright.engine.loading.actions import to_set
from deskwright.engine.loading.reading import Reading
from deskwright.engine.saying import _
from deskwright.engine.values import STATUSES
from deskwright.engine.vocabulary.standard import taken
from deskwright.engine.workflow import FieldSpec, Status, TicketType, Words

TYPES: Final = ("text", "number", "boolean", "date", "choice")
OWNERS: Final = ("ticket", "customer", "organisation")
REQUIRED: Final = ("on_open", "on_solve")
FIELD_KEYS: Final = ("type", "of", "choices", "label", "help", "when", "required", "portal", "types")
TYPE_KEYS: Final = ("label", "help", "icon", "portal", "set")
STATUS_KEYS: Final = ("category", "label", "icon", "archived")


def words(reading: Reading, node: Node | None) -> dict[str, str]:
    """language -> text; a text without languages stands under ""."""
    if node is None or node.kind == "nothing":
        return {}
    if node.kind != "mapping":
        text = reading.text(node)
        return {"": text} if text else {}
    found = ((language.lower(), reading.text(entry)) for language, entry in node.items())
    return {language: text for language, text in found if text}


def fields(reading: Reading, node: Node | None) -> dict[str, FieldSpec]:
    """The fields with their types and choices: what conditions need to know. `shown` reads the rest."""
    found = {}
    for name, entry in reading.named(node, "fields"):
        spec = _field(reading, name, entry)
        if not plain(name):
            reading.refuse(
                entry, _("%(name)s cannot be named in a condition; use small letters, digits and _", name=repr(name))
            )
        elif taken(spec):
            reading.refuse(
                entry,
                _("the desk already has a fact named %(name)s; choose another name for the field", name=repr(name)),
            )
        else:
            found[name] = spec
    return found


def plain(name: str) -> bool:
    return name.isidentifier() and name == name.lower()


def _field(reading: Reading, name: str, node: Node) -> FieldSpec:
    if node.kind == "text":
        return FieldSpec(name, reading.one_of(node, TYPES, _("a type of field")) or "text")
    if not reading.known(node, FIELD_KEYS, _("a field")):
        return FieldSpec(name, "text")
    choices = _choices(reading, node.get("choices"))
    kind = reading.one_of(node.get("type"), TYPES, _("a type of field")) or ("choice" if choices else "text")
    owner = reading.one_of(node.get("of"), OWNERS, _("something that has fields")) or "ticket"
    if (kind == "choice") != bool(choices):
        reading.refuse(node, _("a field of type choice lists its choices, and no other field does"))
    return FieldSpec(
        name, kind, owner, tuple(choices), choice_labels={key: said for key, said in choices.items() if said}
    )


def _choices(reading: Reading, node: Node | None) -> dict[str, Words]:
    """choice -> its words; a list of choices has none."""
    if node is not None and node.kind == "mapping":
        return {name: words(reading, entry) for name, entry in node.items()}
    return {name: {} for name in reading.texts(node)}


def shown(reading: Reading, node: Node | None, found: Mapping[str, FieldSpec]) -> dict[str, FieldSpec]:
    """The fields with what people see of them: label, help, when they are asked for, and where."""
    entries = {} if node is None or node.kind != "mapping" else dict(node.items())
    return {name: _shown(reading, entries[name], spec) for name, spec in found.items()}


def _shown(reading: Reading, node: Node, spec: FieldSpec) -> FieldSpec:
    if node.kind != "mapping":
        return spec
    required, portal = node.get("required"), reading.flag(node.get("portal"))
    if spec.of != "ticket":
        for key in ("required", "portal", "types", "when"):
            if node.get(key) is not None:
                reading.refuse(node, _("only a ticket's field has %(key)s", key=key), key=key)
        required = None
    return replace(
        spec,
        label=words(reading, node.get("label")),
        help=words(reading, node.get("help")),
        when=reading.condition(node.get("when")),
        required=reading.one_of(required, REQUIRED, _("a moment when a field is required")) or "",
        portal=bool(portal),
        types=reading.references(node.get("types"), "type"),
    )


def types(reading: Reading, node: Node | None) -> dict[str, TicketType]:
    """In the document's order, which is the order in which they are offered."""
    return {name: _type(reading, name, entry) for name, entry in reading.named(node, "types")}


def _type(reading: Reading, name: str, node: Node) -> TicketType:
    if not plain(name) or len(name) > 40:
        reading.refuse(node, _("%(name)s is no name of a type; use small letters, digits and _", name=repr(name)))
    if node.kind == "nothing":
        return TicketType(name)
    if node.kind == "text":
        return TicketType(name, words(reading, node))
    if not reading.known(node, TYPE_KEYS, _("a type of ticket")):
        return TicketType(name)
    given = to_set(reading, node.get("set"))
    for fact in ("type", "status"):
        if fact in given:
            reading.refuse(node, _("a type of ticket cannot set the %(fact)s", fact=fact), key="set")
    return TicketType(
        name,
        words(reading, node.get("label")),
        words(reading, node.get("help")),
        reading.text(node.get("icon")) or "",
        bool(reading.flag(node.get("portal"))),
        given,
    )


def statuses(reading: Reading, node: Node | None) -> dict[str, Status]:
    """In the document's order. One named as a category is that category with another label."""
    return {name: _status(reading, name, entry) for name, entry in reading.named(node, "statuses")}


def _status(reading: Reading, name: str, node: Node) -> Status:
    own = name if name in STATUSES else None
    if not plain(name) or len(name) > 40:
        reading.refuse(node, _("%(name)s is no name of a status; use small letters, digits and _", name=repr(name)))
    if not reading.known(node, STATUS_KEYS, _("a status")):
        return Status(name, own or STATUSES[1])
    category = reading.one_of(node.get("category"), STATUSES, _("a category of statuses")) or own
    archived = bool(reading.flag(node.get("archived")))
    if category is None:
        reading.refuse(node, _("a status says which category it counts as: %(statuses)s", statuses=", ".join(STATUSES)))
    elif own and (category != own or archived):
        reading.refuse(
            node, _("%(name)s is one of the desk's own statuses: only its label and icon can be changed", name=name)
        )
    label, icon = words(reading, node.get("label")), reading.text(node.get("icon")) or ""
    return Status(name, category or STATUSES[1], label, icon, archived)
