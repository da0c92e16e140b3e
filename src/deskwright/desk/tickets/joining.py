"""One ticket becomes part of another, and one of its own again, as cases in memory: rows, and what is to be decided.

Messages stay where they are and are shown with the whole; so taking it apart is exact. Nothing is read or written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from deskwright.desk.cases import Case, Happening
from deskwright.desk.tickets.waking import AWAKE, rouse
from deskwright.engine import events
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store.models import Agent

SET_ASIDE: Final = ("status", "substatus", "solved_at", "unanswered_since", *AWAKE)
"""What a ticket holds no more while it is part of another, and gets back."""
STOOD: Final = ("status", "substatus", "solved_at", "reopened_at", "reopen_count")
"""Of the ticket it is merged into: how it stood, if the merge opens it."""
INSTANTS: Final = frozenset({"solved_at", "unanswered_since", "reopened_at", "snoozed_since", "snoozed_until"})


@dataclass(frozen=True, slots=True)
class Cause:
    """Who does it: an agent, else the workflow, which found the two `share` alike."""

    actor: Agent | None
    share: float = 0.0
    because: str = ""

    @property
    def by(self) -> tuple[str, int | None]:
        return ("agent", self.actor.pk) if self.actor else ("rule", None)

    @property
    def told(self) -> dict[str, Any]:
        return {"because": self.because} if self.because else {}


def waits(case: Case) -> bool:
    """Whether its customer waits for an answer."""
    return case.row["status"] in LIVE_STATUSES and case.row["unanswered_since"] is not None


def join(source: Case, target: Case, cause: Cause, now: datetime, joined: Sequence[str] = ()) -> None:
    """The source is part of the target from now on. `joined` are the addresses that take part there because of it."""
    waiting = source.row["unanswered_since"] if waits(source) else None
    given = sorted(set(source.row["tags"]) - set(target.row["tags"]))
    number, into = source.row["id"], target.row["id"]
    told = cause.told | {"subject": source.row["subject"], "before": held(target, STOOD), "tags": given}
    told |= {"joined": list(joined), "waiting_since": waiting}
    left = cause.told | {"subject": target.row["subject"], "before": held(source, SET_ASIDE)}
    source.set(status="closed", substatus=None, solved_at=None, unanswered_since=None, merged_into_id=into, **AWAKE)
    target.set(tags=sorted({*target.row["tags"], *given}))
    if waiting is not None:
        target.set(unanswered_since=min(waiting, target.row["unanswered_since"] or waiting))
        rouse(target, "customer_wrote", now)
    source.happen(Happening(events.Merged(into, cause.share), now, *cause.by, data=left))
    target.happen(Happening(events.MergedIn(number, waiting is not None, cause.share), now, *cause.by, data=told))


def separate(source: Case, target: Case, merged: Mapping[str, Any], actor: Agent, now: datetime, late: bool) -> None:
    """The source is a ticket of its own again. `merged` is the event by which it was merged.

    `late`: it was part of the other for a while, so that its clocks stood still.
    """
    source.set(merged_into_id=None, **restored(merged["data"]["before"]))
    event = events.Unmerged(target.row["id"], merged["at"], mistaken=not late)
    told = {"subject": target.row["subject"]}
    source.happen(Happening(event, now, "agent", actor.pk, data=told))


def give_up(target: Case, source: Case, waiting: datetime | None, actor: Agent, now: datetime, how: str) -> None:
    """Messages left the target for the other ticket; `waiting` is the oldest unanswered one that stays."""
    target.set(unanswered_since=waiting if target.row["status"] in LIVE_STATUSES else None)
    told = {"subject": source.row["subject"]}
    event = events.Parted(source.row["id"] or 0, how)
    target.happen(Happening(event, now, "agent", actor.pk, data=told))


def take_tags(target: Case, given: Sequence[str], others: Iterable[Sequence[str]]) -> None:
    """Take the tags that came with a ticket off again, unless another part of the whole bears them."""
    kept = {tag for tags in others for tag in tags}
    target.set(tags=sorted(set(target.row["tags"]) - (set(given) - kept)))


def held(case: Case, names: Sequence[str]) -> dict[str, Any]:
    return {name: case.row[name] for name in names}


def restored(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as an event keeps them, as rows have them."""
    return {
        name: datetime.fromisoformat(value) if name in INSTANTS and isinstance(value, str) else value
        for name, value in kept.items()
    }
