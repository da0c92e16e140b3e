"""Waking a snoozed ticket, as a part of whatever else happens to it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from deskwright.desk.cases import Case, Happening
from deskwright.engine import events
from deskwright.store.models import Agent

AWAKE: Final = {"snoozed_since": None, "snoozed_until": None, "snoozed_by_id": None}


def rouse(case: Case, because: str, at: datetime, actor: Agent | None = None) -> bool:
    """Wake a case inside the caller's deed. Returns whether it was snoozed."""
    if case.row["snoozed_since"] is None:
        return False
    case.set(**AWAKE)
    by = ("agent", actor.pk) if actor else ("system", None)
    case.happen(Happening(events.Woken(because, actor.pk if actor else 0), at, *by))
    return True
