"""Merging tickets and taking them apart: what it would do, doing it, undoing it however late.

Whatever is sent to a merged ticket's number, address or Message-IDs goes to the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.answering import holding
from deskwright.desk.cases import Case
from deskwright.desk.chat import live as live_chat
from deskwright.desk.errors import Conflict, Invalid
from deskwright.desk.step import step
from deskwright.desk.tickets.changing import alter
from deskwright.desk.tickets.joining import (
    Cause,
    give_up,
    join,
    restored,
    separate,
    take_tags,
    waits,
)
from deskwright.desk.working import refuse_merged, take_up
from deskwright.engine import saying
from deskwright.engine.sla.clocks import live
from deskwright.engine.values import LIVE_STATUSES, TIER_METRIC
from deskwright.store import facts as rows
from deskwright.store.connection import cursor, deed, from_json
from deskwright.store.models import Agent
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
MOST: Final = 25
"""Tickets merged at once."""
AT_ONCE: Final = timedelta(minutes=5)
"""Within this, taking a merge apart takes back a slip: clocks never stood still. Later, the time between counts not."""


class AcrossCustomers(Conflict):
    """The tickets are of different customers, and nobody has said that this is meant."""

    code = "across_customers"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do; nothing has happened."""

    target: Case
    sources: Sequence[Case]
    messages: int
    """In the merged timeline."""
    ending: Sequence[tuple[int, str, datetime | None]]
    """Clocks that end without a verdict: ticket, metric, when it was due."""
    joining: Sequence[str]
    """Addresses that take part in the target because of it."""
    tags: Sequence[str]
    """Tags that the target gets."""
    customers: Sequence[str]
    """Whose tickets they are; more than one needs a word."""
    waits: bool
    """Somebody in a source waits for an answer."""
    opens: bool
    """The target is solved and opens again, because somebody waits."""

    @property
    def across(self) -> bool:
        return len({case.row["customer_id"] for case in (self.target, *self.sources)}) > 1


def whole_of(ticket: int) -> int:
    """The ticket that this one is part of by now; itself when it is merged into none."""
    row = cursor().execute(WHOLE, {"ticket": ticket}).fetchone()
    return int(row["id"]) if row else ticket


def parts_of(whole: int) -> list[int]:
    """The ticket and everything merged into it, at any depth."""
    return [int(row["id"]) for row in cursor().execute(FAMILY, {"ticket": whole})]


def preview(actor: Agent, sources: Sequence[int], into: int, *, now: datetime) -> Preview:
    """What `merge` would do. Raises as it, but for the customers."""
    with deed() as sql:
        target, cases = chosen(sql, actor, sources, into, now)
        waiting = any(waits(case) for case in cases)
        given = {tag for case in cases for tag in case.row["tags"]} - set(target.row["tags"])
        numbers = [case.row["id"] for case in (target, *cases)]
        counted = sql.execute(COUNTED, {"tickets": numbers}).fetchone()
        assert counted is not None
        return Preview(
            target,
            cases,
            counted["messages"],
            [
                (case.row["id"], clock.metric, clock.due_at)
                for case in cases
                for clock in case.clocks.values()
                if clock.metric != TIER_METRIC and live(clock)
            ],
            [row["email"] for row in sql.execute(WOULD_JOIN, wording(target, cases, now))],
            sorted(given),
            list(dict.fromkeys(spoken(case) for case in (target, *cases))),
            waiting,
            waiting and target.row["status"] not in LIVE_STATUSES,
        )


def merge(actor: Agent, sources: Sequence[int], into: int, *, now: datetime, across: bool = False) -> int:
    """Make the sources part of another ticket, or of what that is part of. Returns its number.

    `across` says that tickets of different customers are meant. Raises NotFound, Forbidden, Invalid, AcrossCustomers,
    and Conflict for a source that is merged already, or an open chat.
    """
    with deed() as sql:
        target, cases = chosen(sql, actor, sources, into, now)
        strangers = [case for case in cases if case.row["customer_id"] != target.row["customer_id"]]
        if strangers and not across:
            one = strangers[0]
            raise AcrossCustomers(f"#{one.row['id']} is {spoken(one)}'s, the other {spoken(target)}'s.")
        for case in cases:
            joined = [row["email"] for row in sql.execute(JOIN, wording(target, [case], now))]
            join(case, target, Cause(actor), now, joined)
            bring_writing(sql, case.row["id"], target.row["id"], now)
        step(sql, [*cases, target], rows.present(sql).desk)
        return int(target.row["id"])


def chosen(sql: Cursor, actor: Agent, sources: Sequence[int], into: int, now: datetime) -> tuple[Case, list[Case]]:
    """The target and the sources, locked. Raises as `merge`."""
    wanted = list(dict.fromkeys(sources))
    if not wanted or len(wanted) > MOST:
        raise Invalid(
            _("Choose between one and %(most)s tickets to merge.") % {"most": MOST}, {"sources": "none or too many"}
        )
    access.tickets_for(actor, [into, *wanted], "merge")
    whole = whole_of(into)
    if whole != into:
        access.ticket_for(actor, whole, "merge")
    if whole in wanted:
        raise Invalid(_("A ticket cannot be merged into itself."), {"into": "the same"})
    cases = take_up(sql, [whole, *wanted], now)
    refuse_merged(cases[number] for number in (*wanted, whole))
    live_chat.refuse_open(sql, wanted)
    return cases[whole], [cases[number] for number in wanted]


def spoken(case: Case) -> str:
    """The customer's name, else their address."""
    return case.party.customer.name or case.party.customer.email or f"customer {case.party.customer.id}"


def wording(target: Case, sources: Sequence[Case], now: datetime) -> dict[str, Any]:
    return {
        "target": target.row["id"],
        "sources": [case.row["id"] for case in sources],
        "requesters": [case.party.customer.email for case in sources if case.party.customer.email],
        "own": target.party.customer.email or "",
        "now": now,
    }


def bring_writing(sql: Cursor, source: int, target: int, now: datetime) -> None:
    """What agents are writing on the source they go on writing on the target; what was to leave comes back first."""
    held = [row["id"] for row in sql.execute(HELD, {"source": source})]
    for row in sql.execute(holding.TAKE, {"ids": held}).fetchall() if held else ():
        holding.come_back(sql, row, saying._("The ticket was merged into #%(ticket)s.", ticket=target), now)
    for statement in BRING:
        sql.execute(statement, {"source": source, "target": target})


def unmerge(actor: Agent, source: int, *, now: datetime) -> int:
    """Make a merged ticket one of its own again, however late. Returns the ticket it was part of.

    What came since stays there. Raises NotFound, Forbidden, and Conflict for one that is not merged.
    """
    access.ticket_for(actor, source, "merge")
    with deed() as sql:
        whole = whole_of(source)
        access.ticket_for(actor, whole, "merge")
        cases = take_up(sql, [source, whole], now)
        merged = sql.execute(MERGED, {"ticket": source}).fetchone()
        if cases[source].row["merged_into_id"] is None or merged is None:
            raise Conflict(_("#%(source)s is a ticket of its own.") % {"source": source})
        case, target = cases[source], cases[whole]
        refuse_merged([target])
        merged["data"] = from_json(merged["data"])
        taken = sql.execute(TAKEN, {"ticket": whole, "source": source}).fetchone()
        separate(case, target, merged, actor, now, late=now - merged["at"] > AT_ONCE)
        give_up(target, case, waiting_without(sql, target, source), actor, now, "unmerged")
        if taken is not None:
            give_back(sql, target, source, from_json(taken["data"]), actor, now, quiet=not taken["since"])
        step(sql, [case, target], rows.present(sql).desk)
        return whole


def give_back(
    sql: Cursor, target: Case, source: int, told: Mapping[str, Any], actor: Agent, now: datetime, *, quiet: bool
) -> None:
    """Tags, participants and, if nothing has happened since, the state that the target had before."""
    others = sql.execute(OTHERS, {"ticket": target.row["id"], "source": source}).fetchall()
    take_tags(target, told["tags"], [row["tags"] for row in others])
    sql.execute(LEAVE, {"ticket": target.row["id"], "source": source, "joined": told["joined"]})
    if quiet and told["waiting_since"] and told["before"]["status"] not in LIVE_STATUSES:
        close_again(target, told["before"], actor, now)


def close_again(target: Case, before: Mapping[str, Any], actor: Agent, now: datetime) -> None:
    """The merge had opened it and nothing has happened since: it is as it was."""
    stood = restored(before)
    alter(target, {"status": stood["status"], "substatus": stood["substatus"]}, actor, now)
    target.set(solved_at=stood["solved_at"], reopened_at=stood["reopened_at"], reopen_count=stood["reopen_count"])


def waiting_without(sql: Cursor, target: Case, source: int) -> datetime | None:
    """Since when somebody waits for an answer in the target, once a part of it has gone."""
    asked = {"ticket": target.row["id"], "answered": target.row["last_agent_at"], "source": source}
    row = sql.execute(load("queries/waiting.sql"), asked).fetchone()
    return row["since"] if row else None


WHOLE = load("queries/whole.sql").format(ticket="%(ticket)s::bigint")
FAMILY = load("queries/family.sql")
COUNTED = "SELECT count(*) AS messages FROM store_message WHERE ticket_id = ANY(%(tickets)s)"
_JOINING = """
SELECT DISTINCT ON (email) email FROM (
    SELECT lower(unnest(%(requesters)s::text[])) AS email
    UNION ALL
    SELECT email FROM store_participant WHERE ticket_id = ANY(%(sources)s) AND NOT removed
) AS come WHERE email <> lower(%(own)s)
"""
WOULD_JOIN = f"""
SELECT come.email FROM ({_JOINING}) AS come
WHERE NOT EXISTS (SELECT FROM store_participant AS p WHERE p.ticket_id = %(target)s AND p.email = come.email)
AND %(now)s::timestamptz IS NOT NULL
"""
JOIN = f"""
INSERT INTO store_participant (ticket_id, email, because, removed, added_at)
SELECT %(target)s, come.email, 'merged', false, %(now)s FROM ({_JOINING}) AS come
ON CONFLICT (ticket_id, email) DO NOTHING RETURNING email
"""
LEAVE = """
DELETE FROM store_participant AS p
WHERE p.ticket_id = %(ticket)s AND p.because = 'merged' AND NOT p.removed AND p.email = ANY(%(joined)s)
  AND NOT EXISTS (
      SELECT FROM store_ticketevent AS e JOIN store_ticket AS part ON part.id = (e.data->>'ticket')::bigint
      WHERE e.ticket_id = p.ticket_id AND e.kind = 'merged_in' AND part.merged_into_id = p.ticket_id
        AND part.id <> %(source)s AND e.data->'joined' ? p.email
  )
"""
HELD = "SELECT id FROM store_heldreply WHERE ticket_id = %(source)s ORDER BY id"
BRING: Final = (
    """
    UPDATE store_draft AS d SET text = d.text || E'\n\n' || other.text FROM store_draft AS other
    WHERE d.ticket_id = %(target)s AND other.ticket_id = %(source)s AND other.agent_id = d.agent_id
      AND other.kind = d.kind AND other.text <> ''
    """,
    """
    DELETE FROM store_draft AS d USING store_draft AS other
    WHERE d.ticket_id = %(source)s AND other.ticket_id = %(target)s AND other.agent_id = d.agent_id
      AND other.kind = d.kind
    """,
    "UPDATE store_draft SET ticket_id = %(target)s WHERE ticket_id = %(source)s",
    "UPDATE store_draftfile SET ticket_id = %(target)s WHERE ticket_id = %(source)s",
)
MERGED = """
SELECT at, data FROM store_ticketevent WHERE ticket_id = %(ticket)s AND kind = 'merged' ORDER BY id DESC LIMIT 1
"""
TAKEN = """
SELECT e.data, EXISTS (
    SELECT FROM store_ticketevent AS later
    WHERE later.ticket_id = e.ticket_id AND later.id > e.id AND later.kind <> 'clock_mark' AND later.cause IS NULL
) AS since
FROM store_ticketevent AS e
WHERE e.ticket_id = %(ticket)s AND e.kind = 'merged_in' AND (e.data->>'ticket')::bigint = %(source)s
ORDER BY e.id DESC LIMIT 1
"""
OTHERS = "SELECT tags FROM store_ticket WHERE merged_into_id = %(ticket)s AND id <> %(source)s"
