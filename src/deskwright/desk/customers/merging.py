"""Two customers or two organisations that are one and the same: made one, with a journal, and taken apart again.

Nothing is merged by guess: `suggesting` says who might be the same, somebody decides.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk.audit_actions import Action
from deskwright.desk.customers.consequences import LIVE, carry_organisation, find_anew, heard_by_tickets, remark_on
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Customer, Merge, Organisation

Cursor = psycopg.Cursor[dict[str, Any]]
Party = Customer | Organisation


@dataclass(frozen=True, slots=True)
class Kind:
    """What being one means for a sort of party."""

    model: type[Customer] | type[Organisation]
    owned: Mapping[str, tuple[str, str]]
    """What moves: name -> (table, the column that says whose it is)."""
    filled: Sequence[str]
    """Columns that the one who stays takes over where their own are empty."""


KINDS: Final[Mapping[str, Kind]] = {
    "customer": Kind(
        Customer,
        {
            "tickets": ("store_ticket", "customer_id"),
            "messages": ("store_message", "customer_id"),
            "calls": ("store_call", "customer_id"),
            "identities": ("store_identity", "customer_id"),
            "links": ("store_magiclink", "customer_id"),
            "followers": ("store_customer", "merged_into_id"),
        },
        ("name", "email", "organisation_id", "tier", "language", "preferred_channel"),
    ),
    "organisation": Kind(
        Organisation,
        {
            "tickets": ("store_ticket", "organisation_id"),
            "people": ("store_customer", "organisation_id"),
            "followers": ("store_organisation", "merged_into_id"),
        },
        ("tier", "csm_id", "account_manager_id"),
    ),
}

log = logging.getLogger("deskwright.customers")


def merge(actor: Agent | None, of: str, kept: int, gone: int, *, now: datetime) -> int:
    """Everything of `gone` is of `kept` from now on; `of` is `customer` or `organisation`. Returns what `undo` takes.

    Live tickets hear of it. Raises Forbidden, NotFound, Invalid, and Conflict when either was merged before.
    """
    require(actor, "customers:change")
    if kept == gone:
        raise Invalid(_("These are one already."), {"other": _("the same")})
    kind = KINDS[of]
    with deed() as sql:
        stays, goes = held(of, kept, gone)
        with heard(sql, actor, now, of, kept, gone):
            moved = {name: hand_over(sql, place, gone, kept) for name, place in kind.owned.items()}
            journal: dict[str, Any] = {"moved": moved, "filled": fill(stays, goes, kind)}
            kind.model.objects.filter(pk=gone).update(merged_into=kept)
            journal["organisations"] = carry_organisation(sql, [kept]) if of == "customer" else {}
        made = Merge.objects.create(of=of, kept=kept, gone=gone, moved=journal, by=actor, at=now)
        tell(sql, actor, made, f"{of}_merged", (str(stays), str(goes)), now)
    log.info("%s %s was merged into %s", of.capitalize(), gone, kept)
    return int(made.pk)


def undo(actor: Agent | None, number: int, *, now: datetime) -> int:
    """Take a merge apart, at once or years later: what moved then and still is there goes back; what came since stays.

    Returns the id of the one who is back. Raises Forbidden, NotFound, and Conflict when it was taken apart, or when
    the one who stayed was merged in turn.
    """
    require(actor, "customers:change")
    with deed() as sql:
        made = Merge.objects.select_for_update().filter(pk=number).first()
        if made is None:
            raise NotFound(_("There is no such merge."))
        if made.undone_at is not None:
            raise Conflict(_("This merge was undone before."))
        kind, (kept, gone) = KINDS[made.of], both(made.of, made.kept, made.gone)
        if kept.merged_into_id is not None:
            raise Conflict(_("Undo the later merge of %(name)s first.") % {"name": str(kept)})
        with heard(sql, actor, now, made.of, made.kept, made.gone):
            for name, ids in made.moved["moved"].items():
                give_back(sql, kind.owned[name], made, ids)
            restore_organisations(sql, made.moved["organisations"])
            empty(kept, made.moved["filled"])
            kind.model.objects.filter(pk=made.gone).update(merged_into=None)
        Merge.objects.filter(pk=number).update(undone_at=now)
        tell(sql, actor, made, f"{made.of}_unmerged", (str(kept), str(gone)), now)
    log.info("%s %s was taken out of %s again", made.of.capitalize(), made.gone, made.kept)
    return int(made.gone)


def heard(
    sql: Cursor, actor: Agent | None, now: datetime, of: str, kept: int, gone: int
) -> AbstractContextManager[None]:
    if of == "customer":
        return heard_by_tickets(sql, actor, now, customers=[kept, gone])
    return heard_by_tickets(sql, actor, now, organisations=[kept, gone])


def held(of: str, kept: int, gone: int) -> tuple[Party, Party]:
    """Both, locked. Raises NotFound, and Conflict when either is no longer one of its own."""
    stays, goes = both(of, kept, gone)
    for one in (stays, goes):
        if one.merged_into_id is not None:
            raise Conflict(_("%(name)s was merged already. Look at the page again.") % {"name": str(one)})
    return stays, goes


def both(of: str, kept: int, gone: int) -> tuple[Any, Any]:
    rows: Any = KINDS[of].model.objects.select_for_update(of=("self",)).filter(pk__in=[kept, gone]).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) < 2:
        raise NotFound(_("There is no such customer.") if of == "customer" else _("There is no such organisation."))
    return found[kept], found[gone]


def hand_over(sql: Cursor, place: tuple[str, str], gone: int, kept: int) -> list[int]:
    table, column = place
    statement = f"UPDATE {table} SET {column} = %(kept)s WHERE {column} = %(gone)s RETURNING id"
    return sorted(row["id"] for row in sql.execute(statement, {"kept": kept, "gone": gone}))


def give_back(sql: Cursor, place: tuple[str, str], made: Merge, ids: Sequence[int]) -> None:
    table, column = place
    statement = f"UPDATE {table} SET {column} = %(gone)s WHERE {column} = %(kept)s AND id = ANY(%(ids)s)"
    sql.execute(statement, {"kept": made.kept, "gone": made.gone, "ids": list(ids)})


def restore_organisations(sql: Cursor, before: Mapping[str, int | None]) -> None:
    """Live tickets that took over an organisation by the merge have their own again."""
    if before:
        sql.execute(RESTORE, {"ids": [int(one) for one in before], "before": list(before.values()), "live": LIVE})


def fill(stays: Any, goes: Any, kind: Kind) -> dict[str, list[Any]]:
    """What was empty is taken over. Returns it: column -> [before, after]."""
    taken = {name: [getattr(stays, name), getattr(goes, name)] for name in kind.filled}
    filled = {name: pair for name, pair in taken.items() if not pair[0] and pair[1]}
    fields = {**goes.fields, **stays.fields}
    if fields != stays.fields:
        filled["fields"] = [stays.fields, fields]
    if goes.notes and goes.notes not in stays.notes:
        filled["notes"] = [stays.notes, "\n\n".join(filter(None, [stays.notes, goes.notes]))]
    put(stays, {name: after for name, (_before, after) in filled.items()})
    return filled


def empty(kept: Any, filled: Mapping[str, Sequence[Any]]) -> None:
    """What was taken over and still stands so is given up again."""
    put(kept, {name: before for name, (before, after) in filled.items() if getattr(kept, name) == after})


def put(party: Any, values: Mapping[str, Any]) -> None:
    if values:
        type(party).objects.filter(pk=party.pk).update(**values)


DEEDS: Final[Mapping[str, Action]] = {
    "customer_merged": "customer.merged",
    "customer_unmerged": "customer.unmerged",
    "organisation_merged": "organisation.merged",
    "organisation_unmerged": "organisation.unmerged",
}
"""What tickets are told -> what the audit log is told."""


def tell(sql: Cursor, actor: Agent | None, made: Merge, kind: str, names: tuple[str, str], now: datetime) -> None:
    """The audit log, the search index, and each ticket that moved and is done: live ones have heard."""
    tickets = made.moved["moved"]["tickets"]
    done = [row["id"] for row in sql.execute(DONE, {"ids": tickets, "live": LIVE})]
    remark_on(sql, done, kind, actor, {"kept": names[0], "gone": names[1]}, now)
    find_anew(sql, now, **{f"{made.of}s": [made.kept, made.gone]})
    after = {"merge": made.pk, "kept": made.kept, "gone": made.gone, "tickets": len(tickets)}
    saved(sql, actor, DEEDS[kind], f"{names[1]} → {names[0]}", now=now, after=after)


DONE = "SELECT id FROM store_ticket WHERE id = ANY(%(ids)s) AND status <> ALL(%(live)s) ORDER BY id"
RESTORE = """
UPDATE store_ticket AS t SET organisation_id = known.before
FROM unnest(%(ids)s::bigint[], %(before)s::bigint[]) AS known (id, before)
WHERE t.id = known.id AND t.status = ANY(%(live)s)
"""
