"""Whose alerts these are: the source an address names, and whether the post proves to come from it.

Sources are remembered for a few seconds, so that a storm asks the database once.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from deskwright.channels.alerts.signals import Reading
from deskwright.channels.webhooks import checking
from deskwright.desk.errors import NotFound, Unproved
from deskwright.desk.said import kept
from deskwright.desk.settings.sealing import Unreadable, unseal
from deskwright.engine import saying
from deskwright.store.connection import cursor
from deskwright.store.models import AlertSource

PATH: Final = "/api/v1/in/alerts/"
"""Below this and its key, each source has its address."""
REMEMBERED: Final = 5.0
"""Seconds; a rotated secret or a switch is known everywhere after that."""
MOST: Final = 1_000
NOTED_EVERY: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Source:
    """What a post needs to know of its source."""

    id: int
    key: str
    name: str
    reading: Reading
    solves: bool
    active: bool = True
    secrets: tuple[tuple[str, datetime | None], ...] = ()
    """Each with the moment until which it is good; None: for ever."""


_remembered: dict[str, tuple[float, Source | None]] = {}


def source_of(key: str) -> Source:
    """The source of this address. Raises NotFound."""
    found = _remembered.get(key)
    if found is None or found[0] < time.monotonic():
        row = AlertSource.objects.filter(key=key).first()
        if len(_remembered) >= MOST:
            _remembered.clear()
        found = _remembered[key] = (time.monotonic() + REMEMBERED, known_by(row) if row else None)
    if found[1] is None:
        raise NotFound(_("No source of alerts has this address."))
    return found[1]


def known_by(row: AlertSource) -> Source:
    kept = [(row.secret, None), *([(row.previous_secret, row.previous_until)] if row.previous_secret else [])]
    reading = Reading(row.form, tuple(row.by), row.grouped)
    return Source(row.pk, row.key, row.name, reading, row.solves, row.active, tuple(kept))


def admit(key: str, headers: Mapping[bytes, bytes], body: bytes, now: datetime) -> tuple[Source, str]:
    """The source, and the id its post was signed under ("" for none). Raises NotFound, Unproved."""
    source = source_of(key)
    try:
        if not source.active:
            raise checking.Unproved(saying._("This source is switched off."))
        return source, checking.prove(headers, body, opened(source, now), int(now.timestamp()))
    except (checking.Unproved, Unreadable) as reason:
        cursor().execute(
            REFUSED, {"id": source.id, "now": now, "before": now - NOTED_EVERY, "because": kept(str(reason))}
        )
        raise Unproved(str(reason)) from reason


def opened(source: Source, now: datetime) -> list[str]:
    return [unseal(sealed) for sealed, until in source.secrets if until is None or until > now]


def forget() -> None:
    """Drop what this process remembers."""
    _remembered.clear()


REFUSED: Final = """
UPDATE store_alertsource SET refused_at = %(now)s, refused_because = %(because)s
WHERE id = %(id)s AND (refused_at IS NULL OR refused_at < %(before)s)
"""
