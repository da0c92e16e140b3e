"""Tags over all tickets: how many bear each, and renaming, merging and deleting them in batches behind the page.

Every ticket is changed as by hand, with its event; a batch is a transaction, and what was interrupted goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.step import step
from deskwright.desk.tickets.changing import alter, retagged, spelled
from deskwright.desk.working import take_up
from deskwright.store import facts as rows
from deskwright.store.connection import cursor, deed
from deskwright.store.models import Agent, TagChange

Cursor = psycopg.Cursor[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    tickets: int
    open: int


def listing(text: str = "") -> list[Tag]:
    """Every tag some ticket bears, the most used first; those that hold `text`."""
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return [Tag(**row) for row in cursor().execute(LISTING, {"pattern": pattern})]


def begin(actor: Agent, tag: str, becomes: str, *, now: datetime) -> TagChange:
    """Let `tag` become another on every ticket that bears it; an empty one takes it away, a known one merges.

    Raises Forbidden, NotFound for a tag nobody bears, Invalid, Conflict while the tag is being changed.
    """
    require(actor, "tags:manage")
    word = spelled(becomes) if becomes.strip() else ""
    if word == tag:
        raise Invalid(_("That is the same tag."), {"becomes": _("That is the same tag.")})
    with deed() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('deskwright.tags'))")
        if TagChange.objects.filter(finished_at=None, tag__in=[tag, word]).exists():
            raise Conflict(_("This tag is being changed at this moment."))
        row = sql.execute(COUNT, {"tag": tag}).fetchone()
        assert row is not None
        if not row["number"]:
            raise NotFound(_("No ticket bears this tag."))
        change = TagChange.objects.create(tag=tag, becomes=word, agent=actor, total=row["number"], begun_at=now)
        saved(sql, actor, "tag.changed", tag, now=now, before={"tag": tag}, after={"tag": word})
        return change


def go_on(now: datetime, limit: int) -> int:
    """Change the next tickets of a change under way, `limit` at most. Returns how many there were."""
    with deed() as sql:
        change = (
            TagChange.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("agent")
            .filter(finished_at=None)
            .order_by("pk")
            .first()
        )
        if change is None:
            return 0
        values = {"tag": change.tag, "after": change.swept_to, "limit": limit}
        found = [row["id"] for row in sql.execute(NEXT, values)]
        retag(sql, change, found, now)
        change.done += len(found)
        change.swept_to = found[-1] if found else change.swept_to
        change.finished_at = now if len(found) < limit else None
        change.save(update_fields=["done", "swept_to", "finished_at"])
        return len(found)


def retag(sql: Cursor, change: TagChange, tickets: list[int], now: datetime) -> None:
    """Take the tag from these tickets and give the other one; those that lost it meanwhile are left alone."""
    cases = [case for case in take_up(sql, tickets, now).values() if change.tag in case.row["tags"]]
    given = {change.becomes} if change.becomes else set()
    for case in cases:
        alter(case, retagged(case, given, {change.tag}), change.agent, now)
    if cases:
        step(sql, cases, rows.present(sql).desk)


LISTING: Final = """
SELECT tag AS name, count(*)::int AS tickets,
       (count(*) FILTER (WHERE status IN ('new', 'open', 'waiting_on_customer', 'on_hold')))::int AS open
FROM store_ticket, unnest(tags) AS tag
WHERE tag ILIKE %(pattern)s
GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 500
"""
COUNT: Final = "SELECT count(*)::int AS number FROM store_ticket WHERE tags @> ARRAY[%(tag)s]::text[]"
NEXT: Final = """
SELECT id FROM store_ticket WHERE id > %(after)s AND tags @> ARRAY[%(tag)s]::text[] ORDER BY id LIMIT %(limit)s
"""
