"""The frame around every workspace page: the rail with its views and counts. One statement; the rest is words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskwright.store.queries import inbox
from deskwright.web.look import Look
from deskwright.web.words import spoken

MINE: Final = [
    ("mine", "user", _("Mine")),
    ("unassigned", "circle-dashed", _("Unassigned")),
    ("at_risk", "alarm-clock", _("At risk")),
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

    @property
    def shown(self) -> str:
        """The count as the rail shows it, "" for none."""
        if not self.number:
            return ""
        return f"{inbox.MOST - 1}+" if self.number >= inbox.MOST else str(self.number)


def framed(look: Look, here: str = "", **context: Any) -> dict[str, Any]:
    """A page's context with the rail's. `here` names the rail's line that is open."""
    counts = inbox.counts(look.visible, look.queues, agent=look.actor.pk, now=look.now)
    return {
        "rail_mine": list(places(MINE, counts)),
        "rail_all": list(places(ALL, counts)),
        "rail_queues": [queue_place(name, counts.queues.get(name)) for name in look.queues],
        "unread": counts.notices,
        "here": here,
        "agent": look.actor,
        "now": look.now,
        **context,
    }


def places(views: Sequence[tuple[str, str, Promise]], counts: inbox.Counts) -> Iterator[Place]:
    for view, icon, title in views:
        yield Place(view, reverse("inbox", args=[view]), icon, str(title), counts.views.get(view))


def queue_place(name: str, number: int | None) -> Place:
    return Place(f"queue:{name}", reverse("queue", args=[name]), "inbox", spoken(name), number)


def show(request: HttpRequest, template: str, look: Look, here: str = "", **context: Any) -> HttpResponse:
    """A whole page in its frame."""
    return render(request, template, framed(look, here, **context))
