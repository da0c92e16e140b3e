"""Which recent tickets the new ones of a batch look like: a few of the same customer and of their organisation.

One statement for the batch, by indexes; none where the workflow does not look for duplicates. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import psycopg

from deskwright.desk.arriving import requesters
from deskwright.desk.arriving.arrivals import Arrival
from deskwright.desk.cases import Case
from deskwright.engine.durations import Duration
from deskwright.engine.reopening import on_the_wall
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.workflow import Workflow
from deskwright.store import facts as rows
from deskwright.store.sql import load
from deskwright.text.alike import common, likeness, shingled

Cursor = psycopg.Cursor[dict[str, Any]]
Alike = Mapping[int, list[dict[str, Any]]]
"""id() of an arrival -> what it looks like, the likest first: ticket, share, words, customer, live."""
WITHIN: Final = Duration(minutes=3 * 24 * 60)
OWN: Final = 8
"""Tickets of the customer that are looked at."""
NEAR: Final = 4
"""Tickets of others in their organisation."""
LOOKED_AT: Final = 600
"""Characters of a text: what matters is said first."""
KEPT: Final = 3
LEAST: Final = 0.5
"""What is less alike than this is not kept: nobody would want it suggested."""


def find(
    sql: Cursor,
    batch: Sequence[Arrival],
    known: requesters.Known,
    parties: Mapping[int, rows.Party],
    workflow: Workflow,
    now: datetime,
) -> Alike:
    """What each of these new ones looks like."""
    if not batch or not workflow.duplicates:
        return {}
    since = now - on_the_wall(workflow.duplicates.get("same_customer_within") or WITHIN)
    who = {id(arrival): parties[known[requesters.normalised(arrival.requester)]] for arrival in batch}
    recent = candidates(sql, who.values(), since)
    return {
        id(arrival): likest(arrival, party, recent[party.customer.id])
        for arrival in batch
        if (party := who[id(arrival)]).customer.id in recent
    }


def candidates(sql: Cursor, parties: Iterable[rows.Party], since: datetime) -> dict[int, list[dict[str, Any]]]:
    """By the customer who may have repeated them."""
    people = {party.customer.id: party.organisation.id if party.organisation else None for party in parties}
    asked = {"customers": list(people), "organisations": list(people.values()), "since": since}
    found: dict[int, list[dict[str, Any]]] = {}
    for row in sql.execute(RECENT, asked | {"own": OWN, "near": NEAR, "long": LOOKED_AT}):
        found.setdefault(row["asks"], []).append(row | {"shingled": cut(row["subject"], row["text"])})
    return found


def likest(arrival: Arrival, party: rows.Party, recent: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    own = cut(arrival.subject, arrival.said[:LOOKED_AT])
    seen = ((likeness(own, row["shingled"]), row) for row in recent)
    close = sorted(((share, row) for share, row in seen if share >= LEAST), key=lambda one: (-one[0], one[1]["id"]))
    return [
        {
            "ticket": row["id"],
            "share": share,
            "words": list(common(own, row["shingled"])),
            "customer": row["customer_id"] == party.customer.id,
            "live": row["status"] in LIVE_STATUSES,
        }
        for share, row in close[:KEPT]
    ]


def joinable(found: Alike, workflow: Workflow) -> set[int]:
    """Tickets that the workflow may merge new ones into, to be locked."""
    least = workflow.duplicates.get("merge_at")
    if least is None:
        return set()
    close = (one for several in found.values() for one in several if one["share"] >= least)
    return {one["ticket"] for one in close if one["customer"] and one["live"]}


def told(found: Alike, arrival: Arrival, cases: Mapping[int, Case]) -> dict[str, dict[str, Any]]:
    """As the event of its opening keeps it; `live` as the locked tickets are by now."""
    return {
        str(one["ticket"]): {
            "share": one["share"],
            "words": one["words"],
            "customer": one["customer"],
            "live": one["live"] and joins(cases.get(one["ticket"])),
        }
        for one in found.get(id(arrival), ())
    }


def joins(case: Case | None) -> bool:
    """Whether it is still a live ticket of its own; one that was not locked is as it was read."""
    return case is None or (case.row["status"] in LIVE_STATUSES and case.row["merged_into_id"] is None)


cut = lru_cache(1024)(shingled)
"""The same recent tickets are compared again with whatever comes next."""
RECENT = load("queries/twins.sql")
