"""The audit log as it is read: what is asked of it, page by page, and the rows of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from deskwright.desk.access import Veil
from deskwright.store.models import AuditEntry

COLUMNS: Final = (
    "id", "at", "kind", "actor", "actor_name", "token", "action", "subject", "thing", "door", "address", "changes",
)  # fmt: skip
THING: Final = re.compile(r"\s*(?:(ticket|customer|organisation)s?[\s:/#]*|#?)([1-9][0-9]{0,17})\s*", re.IGNORECASE)
SOUGHT: Final = ("actor_name", "token", "action", "subject", "address")
OPERATOR: Final = 0
"""The `person` who is no agent: the operator, programmes with a token of nobody, strangers."""
FIRST, LAST = 1900, 9000
"""Years that are meant, and that a database's zone cannot push out of the calendar."""
Place = tuple[datetime, int]
"""Moment and id of an entry."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the log is asked for; what is empty asks for everything."""

    text: str = ""
    """Part of a name, a token's name, a deed, words of the subject, or a network address."""
    kind: str = ""
    action: str = ""
    person: int | None = None
    thing: str = ""
    """As `ticket:17`; what is none finds nothing."""
    since: datetime | None = None
    until: datetime | None = None
    """Before this moment."""


def thing_of(written: str) -> str:
    """`#17`, `ticket 17`, `customer:5` as the log calls them; "" for what names no thing."""
    match = THING.fullmatch(written)
    return f"{(match[1] or 'ticket').lower()}:{match[2]}" if match else ""


def meant(day: date) -> bool:
    """Whether the log can be asked for this day or moment."""
    return FIRST < day.year < LAST


def found(wanted: Wanted, before: Place | None = None) -> QuerySet[AuditEntry]:
    """The entries, the latest first; with `before` those that came before it."""
    rows = AuditEntry.objects.order_by("-at", "-id")
    asked = {"kind": wanted.kind, "action": wanted.action, "thing": wanted.thing}
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    if wanted.person is not None:
        rows = rows.filter(actor=wanted.person) if wanted.person != OPERATOR else rows.filter(actor=None)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.text:
        rows = rows.filter(Q(*((f"{name}__icontains", wanted.text) for name in SOUGHT), _connector=Q.OR))
    if before is not None:
        at, number = before
        rows = rows.filter(Q(at__lt=at) | Q(id__lt=number), at__lte=at)
    return rows


def told(entry: AuditEntry, veil: Veil) -> dict[str, Any]:
    """An entry without what the reader's role does not get to see, words that were looked for among it."""
    row = {name: getattr(entry, name) for name in COLUMNS}
    words = {name: veil.masked(row[name]) for name in ("subject", "actor_name")}
    changes = {name: [veil.told(value, speaks=True) for value in pair] for name, pair in row["changes"].items()}
    return row | words | {"changes": changes}


def rows(wanted: Wanted, veil: Veil) -> Iterator[dict[str, Any]]:
    """Every entry that is asked for, a batch at a time: the log may be long."""
    return (told(entry, veil) for entry in found(wanted).iterator(chunk_size=2000))
