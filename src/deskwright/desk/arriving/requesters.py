"""Who wrote: an address names one customer; an unknown one makes a new customer, placed by its domain."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

import psycopg

from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.customers.freemail import is_freemail
from deskwright.store.connection import to_json
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
Known = dict[tuple[str, str], int]
"""(kind, normalised value) -> customer id"""


def normalised(person: Person) -> tuple[str, str]:
    """The key an identity is stored under: lower case, the domain in punycode."""
    value = person.value.strip().lower()
    if person.kind != "email" or "@" not in value:
        return person.kind, value
    local, _, domain = value.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return person.kind, f"{local}@{domain}"


def resolve(sql: Cursor, people: Iterable[Person], now: datetime) -> Known:
    """The customers of these people; those nobody knows yet are made. Safe against the same newcomer arriving twice."""
    wanted = {normalised(person): person for person in people}
    known = look_up(sql, wanted)
    strangers = [key for key in wanted if key not in known]
    if strangers:
        sql.execute(WELCOME, {"people": to_json([newcomer(key, wanted[key]) for key in strangers]), "now": now})
        known.update(look_up(sql, strangers))
    return known


def prove(sql: Cursor, answers: Iterable[tuple[int, Person]]) -> None:
    """Who answers a signed mail of ours (ticket, sender) is the requester it went to, if they had only said that the
    address is theirs and nobody else has it: it joins them from now on.
    """
    known = [(ticket, normalised(person)[1]) for ticket, person in answers if person.kind == "email"]
    if known:
        tickets, addresses = zip(*known, strict=True)
        sql.execute(PROVE, {"tickets": list(tickets), "addresses": list(addresses)})


def look_up(sql: Cursor, keys: Iterable[tuple[str, str]]) -> Known:
    kinds, values = zip(*keys, strict=True)
    rows = sql.execute(LOOK_UP, {"kinds": list(kinds), "values": list(values)})
    return {(row["kind"], row["value"]): row["customer_id"] for row in rows}


def newcomer(key: tuple[str, str], person: Person) -> dict[str, str]:
    kind, value = key
    email = value if kind == "email" else ""
    domain = email.rpartition("@")[2]
    return {
        "kind": kind,
        "value": value,
        "name": person.name.strip()[:200],
        "email": email[:254],
        "domain": "" if is_freemail(domain) else domain,
    }


LOOK_UP = """
SELECT i.kind, i.value, i.customer_id FROM store_identity AS i
JOIN unnest(%(kinds)s::text[], %(values)s::text[]) AS wanted (kind, value) USING (kind, value)
"""
PROVE = """
INSERT INTO store_identity (customer_id, kind, value)
SELECT customer.id, 'email', said.address
FROM unnest(%(tickets)s::bigint[], %(addresses)s::text[]) AS said (ticket, address)
JOIN store_ticket AS ticket ON ticket.id = said.ticket AND ticket.channel = 'chat'
JOIN store_customer AS customer ON customer.id = ticket.customer_id AND lower(customer.email) = said.address
ON CONFLICT (kind, value) DO NOTHING
"""
WELCOME = load("queries/welcome.sql")
