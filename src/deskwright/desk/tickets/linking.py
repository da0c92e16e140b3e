"""Tickets that belong together: parent and child, problem and incidents, related ones, and what the desk linked itself.

A link is between two tickets the agent sees; both tell of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.cases import Case
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.record import record
from deskwright.desk.tickets.remarks import noted
from deskwright.desk.working import refuse_merged, take_up
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store.connection import cursor, deed
from deskwright.store.models import Agent, TicketLink
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
CHILD, INCIDENT, RELATED, DUPLICATE = "child", "incident", "related", "duplicate"
BY_HAND: Final = (CHILD, INCIDENT, RELATED)
ONE_ABOVE: Final = {CHILD: "parent", INCIDENT: "problem"}
"""Kinds of which a ticket has one above it, and what that is called."""


class OpenChildren(Conflict):
    """A parent was to be solved while children of it are open."""

    code = "open_children"


def link(actor: Agent | None, ticket: int, other: int, kind: str, *, now: datetime) -> int:
    """The ticket is a child, an incident or a relation of the other. Returns the link's number. No actor: the desk.

    Raises NotFound, Forbidden, Invalid (itself, a kind nobody knows, a circle), and Conflict for a second parent.
    """
    if kind not in BY_HAND:
        raise Invalid(_("A link is one of %(words)s.") % {"words": ", ".join(BY_HAND)}, {"kind": "unknown"})
    if ticket == other:
        raise Invalid(_("A ticket cannot be linked to itself."), {"other": "the same"})
    if actor is not None:
        access.ticket_for(actor, ticket, "change")
        access.ticket_for(actor, other, "see")
    with deed() as sql:
        cases = take_up(sql, [ticket, other], now)
        refuse_merged(cases.values())
        refuse_second(ticket, other, kind)
        refuse_circle(sql, ticket, other, kind)
        made = TicketLink.objects.create(kind=kind, ticket_id=ticket, other_id=other, agent=actor, created_at=now)
        tell(sql, cases, actor, "linked", made, now)
        return int(made.pk)


def refuse_second(ticket: int, other: int, kind: str) -> None:
    if TicketLink.objects.filter(kind=kind, ticket__in=[ticket, other], other__in=[ticket, other]).exists():
        raise Conflict(
            _("#%(ticket)s and #%(other)s are linked like this already.") % {"ticket": ticket, "other": other}
        )
    if kind in ONE_ABOVE and (above := TicketLink.objects.filter(kind=kind, ticket=ticket).first()):
        raise Conflict(
            _("#%(ticket)s has a %(ONE_ABOVE)s already: #%(other_id)s. Remove that first.")
            % {"ticket": ticket, "ONE_ABOVE": ONE_ABOVE[kind], "other_id": above.other_id}
        )


def refuse_circle(sql: Cursor, ticket: int, other: int, kind: str) -> None:
    asked = {"ticket": ticket, "other": other, "kind": kind}
    if kind in ONE_ABOVE and sql.execute(ABOVE, asked).fetchone():
        raise Invalid(
            _("#%(other)s stands below #%(ticket)s already.") % {"other": other, "ticket": ticket},
            {"other": "a circle"},
        )


def unlink(actor: Agent, number: int, *, now: datetime) -> TicketLink:
    """Take a link away. Returns it as it was. Raises NotFound, Forbidden."""
    with deed() as sql:
        found = own(actor, number)
        cases = take_up(sql, [found.ticket_id, found.other_id], now)
        tell(sql, cases, actor, "unlinked", found, now)
        TicketLink.objects.filter(pk=found.pk).delete()
        return found


def dismiss(actor: Agent, number: int, *, now: datetime, wrong: bool = True) -> TicketLink:
    """The two are no duplicates, and it is not suggested again; `wrong` False takes that back.

    Raises NotFound, Forbidden.
    """
    with deed() as sql:
        found = own(actor, number)
        if found.kind != DUPLICATE:
            raise Invalid(_("Only a suggested duplicate can be dismissed."), {"link": "not a suggestion"})
        cases = take_up(sql, [found.ticket_id, found.other_id], now)
        found.dismissed, found.agent = wrong, actor
        TicketLink.objects.filter(pk=found.pk).update(dismissed=wrong, agent=actor)
        tell(sql, cases, actor, "no_duplicate" if wrong else "duplicate_again", found, now)
        return found


def own(actor: Agent, number: int) -> TicketLink:
    """The link, locked, if the agent may change one of its tickets and sees it. Raises NotFound, Forbidden."""
    found = TicketLink.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such link."))
    access.ticket_for(actor, found.ticket_id, "change")
    return found


def tell(sql: Cursor, cases: dict[int, Case], actor: Agent | None, kind: str, made: TicketLink, now: datetime) -> None:
    """Both tickets tell of it, each from its side."""
    for number, other, below in ((made.ticket_id, made.other_id, True), (made.other_id, made.ticket_id, False)):
        subject = cases[other].row["subject"]
        noted(cases[number], kind, actor, {"link": made.kind, "other": other, "subject": subject, "below": below}, now)
        cases[number].set(updated_at=max(now, cases[number].row["updated_at"]))
    record(sql, list(cases.values()))


def links_of(ticket: int, visible: access.Visible) -> list[dict[str, Any]]:
    """What the ticket is linked with, as far as the agent sees it. `below`: the ticket is that of the other."""
    statement = load("queries/links.sql").format(visible=visible.sql)
    return list(cursor().execute(statement, {"ticket": ticket, **visible.params}))


def refuse_open_children(cases: Iterable[Case]) -> None:
    """Cases that somebody has just solved must have no open children. Raises OpenChildren with a sentence."""
    solved = [case.row["id"] for case in cases if case.row["status"] not in LIVE_STATUSES]
    children = open_children(solved) if solved else []
    if not children:
        return
    parent, some = children[0]["parent"], [f"#{row['id']}" for row in children[:5]]
    more = f" and {len(children) - 5} more" if len(children) > 5 else ""
    what = "open children" if len(children) > 1 else "an open child"
    raise OpenChildren(f"#{parent} has {what}: {', '.join(some)}{more}. Solve those first, or solve it anyway.")


def open_children(parents: Sequence[int]) -> list[dict[str, Any]]:
    """Live tickets that are children of these and not among them: `id`, `parent`."""
    asked = {"parents": list(parents), "live": sorted(LIVE_STATUSES)}
    return list(cursor().execute(CHILDREN, asked))


ABOVE = """
WITH RECURSIVE above AS (
    SELECT %(other)s::bigint AS id
    UNION
    SELECT l.other_id FROM store_ticketlink AS l JOIN above ON l.ticket_id = above.id WHERE l.kind = %(kind)s
)
SELECT 1 FROM above WHERE id = %(ticket)s
"""
CHILDREN = """
SELECT t.id, l.other_id AS parent FROM store_ticketlink AS l JOIN store_ticket AS t ON t.id = l.ticket_id
WHERE l.kind = 'child' AND l.other_id = ANY(%(parents)s) AND t.status = ANY(%(live)s) AND t.id <> ALL(%(parents)s)
ORDER BY l.other_id, t.id
"""
