"""Lines of ticket lists. A line is drawn once for each set of columns, as a stencil; every ticket fills its places.

What tickets have in common (their states, the faces of their agents) is drawn once, too, and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.web.stencils import Places, Stencil, stencil
from deskwright.web.templatetags import desk as tags
from deskwright.web.words import spoken
from deskwright.web.workspace.countdown import Countdown, countdown

Row = Mapping[str, Any]
LEFT_OPEN: Final = ("title", "text", "left", "soon_at", "until")
"""What differs between countdowns in the same state."""


def drawn(row: Row, columns: frozenset[str], now: datetime) -> SafeString:
    """The line of one ticket."""
    return line_of(columns, get_language()).fill(lambda place: PLACES[place](row, now))


@lru_cache(maxsize=256)
def line_of(columns: frozenset[str], language: str | None) -> Stencil:
    return stencil("inbox/row.html", row=Places(), columns=columns)


def counted(clock: Countdown | None) -> SafeString:
    """A countdown, "" for none."""
    if clock is None:
        return SafeString("")
    kept = stencil_of(clock.state, clock.closes is None, clock.due_at is None)
    return kept.fill(lambda place: getattr(clock, place))


@lru_cache(maxsize=32)
def stencil_of(state: str, closed: bool, undated: bool) -> Stencil:
    """Of a countdown in this state."""
    at = datetime.min.replace(tzinfo=UTC)
    known = Countdown("", state, "", "", closes=None if closed else at, due_at=None if undated else at)
    open_ones = {name: Places()[name] for name in LEFT_OPEN}
    shown = {"state": state, "icon": known.icon, "resting": known.resting, "due_at": known.due_at, **open_ones}
    return stencil("parts/countdown.html", clock=shown)


@lru_cache(maxsize=2048)
def state_of(language: str | None, version: int, *values: Any) -> SafeString:
    """The status with what else is to be known of it, in the words of this version of the workflow."""
    return mark_safe(render_to_string("inbox/state.html", {"row": dict(zip(STATE, values, strict=True))}))


STATE: Final = ("status", "substatus", "snoozed_since", "snoozed_until", "tier_number", "tier")


@lru_cache(maxsize=1024)
def worth_of(tier: str, vip: bool) -> SafeString:
    return mark_safe(render_to_string("inbox/worth.html", {"tier": tier, "vip": vip}))


@lru_cache(maxsize=1024)
def tags_of(*names: str) -> SafeString:
    return mark_safe(render_to_string("inbox/tags.html", {"tags": names}))


def excerpt(row: Row) -> str:
    """What was said, with the words that were searched for marked."""
    return tags.marked(row["excerpt"], row["marks"]) if row.get("marks") else row["excerpt"]


def moment(name: str) -> Callable[[Row, datetime], str]:
    return lambda row, _now: row[name].astimezone(UTC).isoformat()


PLACES: Final[Mapping[str, Callable[[Row, datetime], Any]]] = {
    "id": lambda row, now: row["id"],
    "waits": lambda row, now: "waits" if row["unanswered_since"] else "",
    "priority": lambda row, now: tags.sign("priority", row["priority"]),
    "customer": lambda row, now: row["customer"] or row["customer_email"] or "",
    "worth": lambda row, now: worth_of(row["customer_tier"], row["vip"]) if row["customer_tier"] else "",
    "organisation": lambda row, now: row["organisation"] or "",
    "channel": lambda row, now: tags.sign("channel", row["channel"]),
    "url": lambda row, now: tags.ticket_url(row["id"]),
    "subject": lambda row, now: row["subject"] or _("No subject"),
    "excerpt": lambda row, now: excerpt(row),
    "category": lambda row, now: spoken(row["category"]),
    "tags": lambda row, now: tags_of(*row["tags"][:3]),
    "state": lambda row, now: state_of(get_language(), workflows.latest().version, *(row[name] for name in STATE)),
    "queue": lambda row, now: spoken(row["queue"]),
    "assignee": lambda row, now: row["assignee"] or _("Unassigned"),
    "face": lambda row, now: tags.avatar(row["assignee"]),
    "waiting": lambda row, now: tags.ago(row["unanswered_since"], now),
    "created": lambda row, now: tags.ago(row["created_at"], now),
    "created_at": moment("created_at"),
    "updated": lambda row, now: tags.ago(row["updated_at"], now),
    "updated_at": moment("updated_at"),
    "clock": lambda row, now: counted(countdown(row, now)),
}
"""Place of a line -> what a ticket puts there."""
