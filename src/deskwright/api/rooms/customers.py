"""Customers: list, show, create, change, their addresses and numbers, merge, take apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deskwright.api import pages
from deskwright.api.routing import PAGED, Answer, Asked, Param, Route
from deskwright.api.shapes import (
    INSTANT,
    OBJECT,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    Choice,
    Field,
    Flag,
    Shape,
    Text,
    Values,
    Whole,
    a_list,
    a_page,
    an_object,
)
from deskwright.desk import access, clock
from deskwright.desk.customers import addresses, merging, people, suggesting
from deskwright.desk.customers.finding import customer_for
from deskwright.desk.customers.reading import KINDS
from deskwright.desk.settings.rights import require
from deskwright.engine.values import CHANNELS
from deskwright.store.models import Agent
from deskwright.store.queries import customers as queries

READ, WRITE = "customers:read", "customers:write"
KNOWN: Final[Mapping[str, Field]] = {
    "name": Text(200),
    "organisation": Whole(1, nullable=True),
    "tier": Text(40, nullable=True),
    "language": Text(12, nullable=True),
    "preferred_channel": Choice(CHANNELS, nullable=True),
    "sees_organisation": Flag(),
    "notes": Text(10_000),
    "fields": Values(100, 10_000),
}
NEW: Final = Shape({**KNOWN, "email": Text(254), "phone": Text(40)})
CHANGES: Final = Shape(KNOWN)
POINT: Final = Shape({"kind": Choice(KINDS, required=True), "value": Text(254, required=True)})
OTHER: Final = Shape({"other": Whole(1, required=True)})
IDENTITY: Final = an_object(id=WHOLE, kind=TEXT, value=TEXT)
CUSTOMER: Final = an_object(
    id=WHOLE,
    name=TEXT,
    email=TEXT,
    organisation=WHOLE_OR_NULL,
    tier=TEXT_OR_NULL,
    effective_tier=TEXT_OR_NULL,
    language=TEXT_OR_NULL,
    preferred_channel=TEXT_OR_NULL,
    sees_organisation=TRUTH,
    notes=TEXT,
    fields=OBJECT,
    vip=TRUTH,
    identities=a_list(IDENTITY),
    open_tickets=WHOLE,
    created_at=INSTANT,
)
MERGED: Final = an_object(merge=WHOLE, customer=CUSTOMER)
SUGGESTED: Final = an_object(items=a_list(an_object(id=WHOLE, name=TEXT, email=TEXT, because=TEXT)))
Q: Final = Param("q", "Part of a name, an address, a phone number, or the organisation; all if not said.")
PLACE: Final = (int, str, int)


def seen(agent: Agent | None, row: Mapping[str, Any]) -> Mapping[str, Any]:
    return access.veil(agent).row(row)


def after(asked: Asked) -> queries.Place:
    rank, place, number = pages.cursor(asked, PLACE) or queries.FIRST
    return max(-1, min(rank, 9)), place.replace("\x00", ""), max(0, min(number, 2**62))


def place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["rank"], row["place"], row["id"]


def listed(asked: Asked) -> Any:
    require(asked.agent, "customers:see")
    kinds = access.veil(asked.agent).contacts(queries.KINDS)
    visible = access.visible_to(asked.agent)
    found = queries.people(asked.query.get("q", ""), visible, after(asked), asked.limit + 1, kinds)
    return pages.page(found, asked.limit, place, lambda row: shown(seen(asked.agent, row)))


def show(asked: Asked) -> Any:
    """The customer; one that was merged is answered as the one who stays."""
    return one(asked, asked.numbers[0])


def one(asked: Asked, number: int) -> Any:
    found = customer_for(asked.agent, number)
    row = queries.person(found.pk, access.visible_to(asked.agent))
    assert row is not None
    return shown(seen(asked.agent, row))


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    points = [one.split(":", 2) for one in row["identities"]]
    names = ("id", "name", "tier", "language", "preferred_channel", "sees_organisation", "vip", "created_at")
    return {name: row[name] for name in names} | {
        "email": row["customer_email"],
        "organisation": row["organisation_id"],
        "effective_tier": row["customer_tier"],
        "notes": row["customer_notes"],
        "fields": row["custom"],
        "identities": [{"id": int(number), "kind": kind, "value": value} for kind, number, value in points],
        "open_tickets": row["open"],
    }


def create(asked: Asked) -> Any:
    """A new customer, with an address, a phone number, or both."""
    given = {name: value for name, value in asked.sent.items() if name not in {"email", "phone"}}
    email, phone = asked.sent.get("email", ""), asked.sent.get("phone", "")
    number = people.create(asked.agent, given, now=clock.now(), email=email, phone=phone)
    return Answer(one(asked, number), 201)


def change(asked: Asked) -> Any:
    number = customer_for(asked.agent, asked.numbers[0], "customers:change").pk
    people.change(asked.agent, number, asked.sent, now=clock.now())
    return one(asked, number)


def add_point(asked: Asked) -> Any:
    number = asked.numbers[0]
    addresses.add(asked.agent, number, asked.sent["kind"], asked.sent["value"], now=clock.now())
    return Answer(one(asked, number), 201)


def remove_point(asked: Asked) -> Any:
    addresses.remove(asked.agent, *asked.numbers, now=clock.now())
    return one(asked, asked.numbers[0])


def make_primary(asked: Asked) -> Any:
    addresses.make_primary(asked.agent, *asked.numbers, now=clock.now())
    return one(asked, asked.numbers[0])


def suggested(asked: Asked) -> Any:
    """Who might be the same; a signature that names somebody is no proof."""
    number = customer_for(asked.agent, asked.numbers[0]).pk
    found = [
        seen(asked.agent, {"customer_email": one.email, "one": one}) for one in suggesting.same_as(asked.agent, number)
    ]
    rows = [(row["one"], row["customer_email"]) for row in found]
    return {"items": [{"id": one.id, "name": one.name, "email": email, "because": one.because} for one, email in rows]}


def merge(asked: Asked) -> Any:
    """Everything of `other` is this customer's. `merge` is what undo takes."""
    number = asked.numbers[0]
    made = merging.merge(asked.agent, "customer", number, asked.sent["other"], now=clock.now())
    return {"merge": made, "customer": one(asked, number)}


def unmerge(asked: Asked) -> Any:
    """Take a merge of customers or organisations apart. `id` is the one who is back."""
    return {"id": merging.undo(asked.agent, asked.numbers[0], now=clock.now())}


ROUTES: Final = (
    Route(
        "GET",
        "/customers",
        READ,
        listed,
        "List customers",
        gives=a_page(CUSTOMER),
        query=(Q, *PAGED),
        asks="customers:see",
    ),
    Route("POST", "/customers", WRITE, create, "Make a customer", NEW, CUSTOMER, status=201, asks="customers:change"),
    Route("GET", "/customers/{id}", READ, show, "Show a customer", gives=CUSTOMER, asks="customers:see"),
    Route("PATCH", "/customers/{id}", WRITE, change, "Change a customer", CHANGES, CUSTOMER, asks="customers:change"),
    Route(
        "POST",
        "/customers/{id}/identities",
        WRITE,
        add_point,
        "Add an address or number",
        POINT,
        CUSTOMER,
        status=201,
        asks="customers:change",
    ),
    Route(
        "DELETE",
        "/customers/{id}/identities/{identity}",
        WRITE,
        remove_point,
        "Remove it",
        gives=CUSTOMER,
        asks="customers:change",
    ),
    Route(
        "POST",
        "/customers/{id}/identities/{identity}/primary",
        WRITE,
        make_primary,
        "Answer there",
        gives=CUSTOMER,
        asks="customers:change",
    ),
    Route(
        "GET",
        "/customers/{id}/suggestions",
        READ,
        suggested,
        "Say who might be the same",
        gives=SUGGESTED,
        asks="customers:see",
    ),
    Route(
        "POST", "/customers/{id}/merge", WRITE, merge, "Merge another into it", OTHER, MERGED, asks="customers:change"
    ),
    Route(
        "POST",
        "/merges/{id}/undo",
        WRITE,
        unmerge,
        "Take a merge apart",
        gives=an_object(id=WHOLE),
        asks="customers:change",
    ),
)
