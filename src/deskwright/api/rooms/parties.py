"""Organisations: list, show, create, change, merge. Facts that other programs know of them are next door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deskwright.api import pages
from deskwright.api.rooms.customers import OTHER, READ, WRITE, after, place, seen
from deskwright.api.routing import PAGED, Answer, Asked, Param, Route
from deskwright.api.shapes import (
    OBJECT,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    Field,
    Flag,
    Shape,
    Text,
    Values,
    Whole,
    a_page,
    an_object,
)
from deskwright.desk import access, clock
from deskwright.desk.customers import merging, organisations
from deskwright.desk.customers.organisations import organisation_for
from deskwright.desk.settings.rights import require
from deskwright.store.queries import customers as queries

KNOWN: Final[Mapping[str, Field]] = {
    "domain": Text(253, nullable=True),
    "tier": Text(40, nullable=True),
    "vip": Flag(),
    "csm": Whole(1, nullable=True),
    "account_manager": Whole(1, nullable=True),
    "outreach": Flag(),
    "notes": Text(10_000),
    "fields": Values(100, 10_000),
}
NEW: Final = Shape({"name": Text(200, required=True), **KNOWN})
CHANGES: Final = Shape({"name": Text(200), **KNOWN})
ORGANISATION: Final = an_object(
    id=WHOLE,
    name=TEXT,
    domain=TEXT_OR_NULL,
    tier=TEXT_OR_NULL,
    vip=TRUTH,
    csm=WHOLE_OR_NULL,
    account_manager=WHOLE_OR_NULL,
    outreach=TRUTH,
    notes=TEXT,
    fields=OBJECT,
    people=WHOLE,
    open_tickets=WHOLE,
)
Q: Final = Param("q", "Part of a name or a domain; all if not said.")


def listed(asked: Asked) -> Any:
    require(asked.agent, "customers:see")
    visible = access.visible_to(asked.agent)
    found = queries.organisations(asked.query.get("q", ""), visible, after(asked), asked.limit + 1)
    return pages.page(found, asked.limit, place, lambda row: shown(seen(asked.agent, row)))


def show(asked: Asked) -> Any:
    return one(asked, asked.numbers[0])


def one(asked: Asked, number: int) -> Any:
    found = organisation_for(asked.agent, number)
    row = queries.organisation(found.pk, access.visible_to(asked.agent))
    assert row is not None
    return shown(seen(asked.agent, row))


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "name", "domain", "tier", "vip", "csm", "account_manager", "outreach", "people")
    return {name: row[name] for name in names} | {
        "notes": row["organisation_notes"],
        "fields": row["custom"],
        "open_tickets": row["open"],
    }


def create(asked: Asked) -> Any:
    """People of its domain who belong to no organisation are its people."""
    return Answer(one(asked, organisations.create(asked.agent, asked.sent, now=clock.now())), 201)


def change(asked: Asked) -> Any:
    number = organisation_for(asked.agent, asked.numbers[0], "customers:change").pk
    organisations.change(asked.agent, number, asked.sent, now=clock.now())
    return one(asked, number)


def merge(asked: Asked) -> Any:
    number = asked.numbers[0]
    made = merging.merge(asked.agent, "organisation", number, asked.sent["other"], now=clock.now())
    return {"merge": made, "organisation": one(asked, number)}


MERGED: Final = an_object(merge=WHOLE, organisation=ORGANISATION)
ROUTES: Final = (
    Route(
        "GET",
        "/organisations",
        READ,
        listed,
        "List organisations",
        gives=a_page(ORGANISATION),
        query=(Q, *PAGED),
        asks="customers:see",
    ),
    Route(
        "POST",
        "/organisations",
        WRITE,
        create,
        "Make an organisation",
        NEW,
        ORGANISATION,
        status=201,
        asks="customers:change",
    ),
    Route("GET", "/organisations/{id}", READ, show, "Show an organisation", gives=ORGANISATION, asks="customers:see"),
    Route(
        "PATCH",
        "/organisations/{id}",
        WRITE,
        change,
        "Change an organisation",
        CHANGES,
        ORGANISATION,
        asks="customers:change",
    ),
    Route(
        "POST",
        "/organisations/{id}/merge",
        WRITE,
        merge,
        "Merge another into it",
        OTHER,
        MERGED,
        asks="customers:change",
    ),
)
