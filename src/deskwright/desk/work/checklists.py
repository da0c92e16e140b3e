"""The checklist of a ticket: what is to be done, ticked off by whom and when. Each deed is an event of the ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.cases import Case
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.record import record
from deskwright.desk.tickets.remarks import noted, remark
from deskwright.desk.working import take_up_one
from deskwright.store.connection import deed
from deskwright.store.models import Agent, ChecklistItem

Cursor = psycopg.Cursor[dict[str, Any]]
LONGEST: Final = 300
MOST: Final = 100
"""Items on one ticket."""


def add(actor: Agent, ticket_id: int, lines: Sequence[str], *, now: datetime) -> list[int]:
    """Add items at the end, one for each line with words. Returns their numbers.

    Raises NotFound, Forbidden, and Invalid for nothing, for too many, or for one that is too long.
    """
    texts = [checked(line) for line in lines if line.strip()]
    if not texts:
        raise Invalid(_("Write what is to be done."), {"text": "empty"})
    access.ticket_for(actor, ticket_id, "change")
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        made = append(sql, case, texts, actor, now)
        record(sql, [case])
        return made


def append(
    sql: Cursor, case: Case, texts: Sequence[str], actor: Agent, now: datetime, more: Mapping[str, Any] | None = None
) -> list[int]:
    """Add items to a case that is recorded later in this deed; `more` is what its event says beside."""
    there = ChecklistItem.objects.filter(ticket_id=case.row["id"])
    last = there.order_by("-place").values_list("place", flat=True).first() or 0
    if there.count() + len(texts) > MOST:
        raise Invalid(_("A checklist has at most %(most)s items.") % {"most": MOST}, {"text": "too many"})
    rows = [
        ChecklistItem(ticket_id=case.row["id"], place=last + number, text=text, created_at=now)
        for number, text in enumerate(texts, 1)
    ]
    made = ChecklistItem.objects.bulk_create(rows)
    told = [{"id": item.pk, "text": item.text} for item in made]
    noted(case, "checklist_added", actor, {"items": told, **(more or {})}, now)
    return [item.pk for item in made]


def tick(actor: Agent, item_id: int, done: bool, *, now: datetime) -> int:
    """Tick an item off, or take the tick away. Returns its ticket. Raises NotFound, Forbidden."""
    with deed() as sql:
        item, case = taken(sql, actor, item_id, now)
        if (item.done_at is not None) != done:
            item.done_by, item.done_at = (actor, now) if done else (None, None)
            item.save(update_fields=["done_by", "done_at"])
            kind = "checklist_done" if done else "checklist_undone"
            remark(sql, case, kind, actor, {"item": item.pk, "text": item.text}, now)
        return int(item.ticket_id)


def reword(actor: Agent, item_id: int, text: str, *, now: datetime) -> int:
    """Say an item otherwise. Returns its ticket. Raises NotFound, Forbidden, Invalid."""
    words = checked(text)
    with deed() as sql:
        item, case = taken(sql, actor, item_id, now)
        if item.text != words:
            told = {"item": item.pk, "text": words, "was": item.text}
            item.text = words
            item.save(update_fields=["text"])
            remark(sql, case, "checklist_reworded", actor, told, now)
        return int(item.ticket_id)


def move(actor: Agent, item_id: int, step: int, *, now: datetime) -> int:
    """Move an item up (-1) or down (1) by so many places. Returns its ticket. Raises NotFound, Forbidden."""
    with deed() as sql:
        item, case = taken(sql, actor, item_id, now)
        order = list(ChecklistItem.objects.filter(ticket_id=item.ticket_id).order_by("place", "id"))
        at = [one.pk for one in order].index(item.pk)
        to = max(0, min(len(order) - 1, at + step))
        if to != at:
            order.insert(to, order.pop(at))
            for place, one in enumerate(order, 1):
                one.place = place
            ChecklistItem.objects.bulk_update(order, ["place"])
            told = {"item": item.pk, "text": item.text, "order": [one.pk for one in order]}
            remark(sql, case, "checklist_moved", actor, told, now)
        return int(item.ticket_id)


def drop(actor: Agent, item_id: int, *, now: datetime) -> int:
    """Take an item off the list; the log keeps it. Returns its ticket. Raises NotFound, Forbidden."""
    with deed() as sql:
        item, case = taken(sql, actor, item_id, now)
        told = {"item": item.pk, "text": item.text, "done": item.done_at is not None}
        item.delete()
        remark(sql, case, "checklist_dropped", actor, told, now)
        return int(item.ticket_id)


def checked(text: str) -> str:
    words = " ".join(text.replace("\x00", "").split())
    if not words or len(words) > LONGEST:
        raise Invalid(
            _("An item has from 1 to %(longest)s characters.") % {"longest": LONGEST}, {"text": "empty or too long"}
        )
    return words


def taken(sql: Cursor, actor: Agent, item_id: int, now: datetime) -> tuple[ChecklistItem, Case]:
    """An item on a ticket the agent may change, both locked. Raises NotFound, Forbidden."""
    item = ChecklistItem.objects.filter(pk=item_id).first()
    if item is None:
        raise NotFound(_("This item is not there any more."))
    access.ticket_for(actor, item.ticket_id, "change")
    case = take_up_one(sql, item.ticket_id, now)
    locked = ChecklistItem.objects.select_for_update().filter(pk=item_id).first()
    if locked is None:
        raise NotFound(_("This item is not there any more."))
    return locked, case
