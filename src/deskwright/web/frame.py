"""The frame around every workspace page: the rail with its views and counts. One statement; the rest is words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from deskwright.desk.calls import serving
from deskwright.desk.views import rail
from deskwright.store.queries import inbox
from deskwright.web.console.places import places as console_places
from deskwright.web.look import Look
from deskwright.web.templatetags import desk as tags
from deskwright.web.words import spoken

MINE: Final = [
    ("mine", "user", _("Mine")),
    ("unassigned", "circle-dashed", _("Unassigned")),
    ("at_risk", "alarm-clock", _("At risk")),
    ("mentions", "at-sign", _("Mentions")),
    ("snoozed", "calendar-clock", _("Snoozed")),
]
ALL: Final = [
    ("all_open", "layers", _("All open")),
    ("recent", "history", _("Recently changed")),
    ("solved", "circle-check", _("Solved")),
]
TITLES: Final[dict[str, Promise]] = {view: title for view, _icon, title in [*MINE, *ALL]}


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the rail. `number` is None where counting would say nothing."""

    name: str
    url: str
    icon: str
    title: str
    number: int | None = None
    whole: bool = True
    """Whether everything was counted; otherwise there are at least so many."""

    @property
    def slug(self) -> str:
        return slug_of(self.name)

    @property
    def picture(self) -> SafeString:
        return tags.icon(self.icon)

    @property
    def shown(self) -> str:
        """The count as the rail shows it, "" for none."""
        if self.number is None or (not self.number and self.whole):
            return ""
        return f"{inbox.MOST - 1}+" if self.number >= inbox.MOST else f"{self.number}{'' if self.whole else '+'}"


@lru_cache(maxsize=4096)
def slug_of(name: str) -> str:
    return slugify(name)


@lru_cache(maxsize=4096)
def url_of(name: str, *known: str | int) -> str:
    return reverse(name, args=known)


def framed(look: Look, here: str = "", **context: Any) -> dict[str, Any]:
    """A page's context with the rail's. `here` names the rail's line that is open."""
    saved = rail.lines(look.actor, look.workflow, look.now)
    asked = [line.asked for line in saved if line.asked]
    counts = inbox.counts(look.visible, look.queues, agent=look.actor.pk, now=look.now, saved=asked)
    return {
        "rail_mine": list(places(MINE, counts)),
        "rail_all": list(places(ALL, counts)),
        "rail_saved": [saved_place(line, counts) for line in saved],
        "rail_queues": [queue_place(name, counts.queues.get(name)) for name in look.queues],
        "unread": counts.notices,
        "chats_waiting": counts.views.get("chats", 0),
        "chats_shown": look.may("reply"),
        "customers_shown": look.may("customers:see"),
        "phones": look.may("reply") and serving.connected(),
        "here": here,
        "agent": look.actor,
        "may_reply": look.may("reply"),
        "settings_open": any(console_places(look.actor)),
        "now": look.now,
        **context,
    }


def places(views: Sequence[tuple[str, str, Promise]], counts: inbox.Counts) -> Iterator[Place]:
    for view, icon, title in views:
        yield Place(view, url_of("inbox", view), icon, str(title), counts.views.get(view))


def queue_place(name: str, number: int | None) -> Place:
    return Place(f"queue:{name}", url_of("queue", name), "inbox", spoken(name), number)


def saved_place(line: rail.Line, counts: inbox.Counts) -> Place:
    number, whole = counts.saved.get(line.number, (None, True))
    return Place(f"view:{line.number}", url_of("view", line.number), line.icon, line.name, number, whole)


def show(request: HttpRequest, template: str, look: Look, here: str = "", **context: Any) -> HttpResponse:
    """A whole page in its frame."""
    return render(request, template, framed(look, here, **context))
