"""How an event keeps the facts that decided on it, and how they are read back: one format, written and read here.

A value that is the default of its fact is left out. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, TypeVar

from deskwright.engine.events import EVENTS, Event
from deskwright.engine.facts import Customer, Facts, Message, Organisation, Signals, Ticket

Fact = TypeVar("Fact")
Document = dict[str, Any]

UNSAID: Final = frozenset({"id", "updated_at"})
"""Of a ticket: its id is the event's, and no decision reads when it was touched last."""
SETS: Final = frozenset(spec.name for spec in fields(Ticket) if "frozenset" in str(spec.type))
INSTANTS: Final = frozenset(
    spec.name for kind in (Ticket, Customer, Message) for spec in fields(kind) if "datetime" in str(spec.type)
)

TOLD: Final = tuple(spec.name for spec in fields(Ticket) if spec.name not in UNSAID)
VALUES: Final = attrgetter(*TOLD)
BLANK: Final = Ticket(0)
TUPLES: Final = frozenset(
    spec.name for kind in (Ticket, Customer, Organisation) for spec in fields(kind) if "tuple" in str(spec.type)
)


def testimony(known: Ticket | None, facts: Facts, place: int, *, consequence: bool) -> Document:
    """What the decision looked at, as the event keeps it. `known` is the ticket as the events before it leave it."""
    document: Document = {"place": place, "people": facts.desk.people, "ticket": changes(known, facts.ticket)}
    if not consequence:
        document["customer"] = said(facts.customer)
        if facts.organisation is not None:
            document["organisation"] = said(facts.organisation)
    if facts.message is not None:
        document["message"] = message_said(facts.message, facts.ticket)
    return document


def changes(known: Ticket | None, ticket: Ticket) -> Document:
    """The fields in which the ticket differs from what is known; from a blank one when nothing is."""
    return differing(TOLD, VALUES(ticket), VALUES(known or BLANK))


def said(fact: Customer | Organisation | Signals) -> Document:
    """The values of a fact that are not its defaults."""
    names, values, usual = SPELLED[type(fact)]
    return differing(names, values(fact), usual)


def differing(names: Iterable[str], values: Iterable[Any], others: Iterable[Any]) -> Document:
    return {name: value for name, value, other in zip(names, values, others, strict=True) if value != other}


def default(spec: Field[Any]) -> Any:
    if spec.default_factory is not MISSING:
        return spec.default_factory()
    return spec.default


Spelled = tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]], tuple[Any, ...]]


def spelled(kind: type[Any]) -> Spelled:
    """The names of a fact's values, what takes them all at once, and their defaults."""
    specs = fields(kind)
    names = tuple(spec.name for spec in specs)
    return names, attrgetter(*names), tuple(map(default, specs))


SPELLED: Final[Mapping[type[Any], Spelled]] = {kind: spelled(kind) for kind in (Customer, Organisation, Signals)}


def message_said(message: Message, ticket: Ticket) -> Document:
    """The reading of a message: the words rules saw (left out when the ticket's description has them), mood, language.

    The whole text stands in the conversation and decides nothing.
    """
    document: Document = {"channel": message.channel, "at": message.at, **said(message.signals)}
    if message.automatic:
        document["automatic"] = True
    if message.new_text != ticket.description:
        document["new_text"] = message.new_text
    return document


# Reading back


def event_of(kind: str, data: Mapping[str, Any]) -> Event:
    """The event as it happened. Raises KeyError for a kind that is not the engine's."""
    cls = EVENTS[kind]
    values = {spec.name: data[spec.name] for spec in fields(cls) if spec.name in data}
    for spec in fields(cls):
        if spec.name in values and isinstance(values[spec.name], list):
            values[spec.name] = (frozenset if "frozenset" in str(spec.type) else tuple)(values[spec.name])
        if isinstance(values.get(spec.name), str) and "datetime" in str(spec.type):
            values[spec.name] = datetime.fromisoformat(values[spec.name])
    if "changes" in values:
        values["changes"] = {name: tuple(pair) for name, pair in values["changes"].items()}
    return cls(**values)


def ticket_changes(document: Mapping[str, Any]) -> Document:
    return {name: typed(name, value) for name, value in document.items()}


def customer_of(document: Mapping[str, Any] | None) -> Customer | None:
    return restored(Customer, document)


def organisation_of(document: Mapping[str, Any] | None) -> Organisation | None:
    return restored(Organisation, document)


def message_of(document: Mapping[str, Any] | None, description: str) -> Message | None:
    """The message as the rules read it; `description` stands in for words that were left out."""
    if document is None:
        return None
    return Message(
        new_text=document.get("new_text", description),
        channel=document["channel"],
        at=typed("at", document["at"]),
        automatic=document.get("automatic", False),
        signals=Signals(document.get("sentiment"), document.get("language")),
    )


def restored(kind: type[Fact], document: Mapping[str, Any] | None) -> Fact | None:
    if document is None:
        return None
    return kind(**{name: typed(name, value) for name, value in document.items()})


def typed(name: str, value: Any) -> Any:
    if value is not None and name in INSTANTS:
        return datetime.fromisoformat(value)
    if name in TUPLES:
        return tuple(value)
    return frozenset(value) if name in SETS else value
