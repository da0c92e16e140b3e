"""An agent's notices: the page behind the bell, one group for each ticket. Reading them is the agent's own mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from deskwright.desk.access import STAFF
from deskwright.desk.answering import notices as deeds
from deskwright.desk.answering.telling import kind_of
from deskwright.desk.numbers import number_in
from deskwright.store.queries import desk as queries
from deskwright.store.queries.inbox import Row
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, page
from deskwright.web.telling import told

MOST_NOTES: Final = 3
"""Notes of the browser at once; more would be noise."""


@dataclass(slots=True)
class Group:
    """What an agent was told of one ticket, the latest first; without a ticket of what hangs on none."""

    row: Row
    notices: list[Row] = field(default_factory=list)

    @property
    def unread(self) -> int:
        return sum(notice["read_at"] is None for notice in self.notices)


@page
@asks(STAFF)
def notices(request: HttpRequest, look: Look) -> HttpResponse:
    rows = queries.notices(look.actor.pk, look.visible)
    return show(request, "notices/page.html", look, "notices", groups=grouped(rows))


def grouped(rows: Sequence[Row]) -> list[Group]:
    """One group for each ticket, in the order of their latest notices."""
    groups: dict[object, Group] = {}
    for row in rows:
        groups.setdefault(row["ticket"] or f"notice {row['id']}", Group(row)).notices.append(row)
    return list(groups.values())


@require_POST
@page
@asks(STAFF)
def read(request: HttpRequest, look: Look) -> HttpResponse:
    """Mark one notice (`notice`), those of a ticket (`ticket`), or all of them as read."""
    chosen, ticket = request.POST.get("notice", ""), request.POST.get("ticket", "")
    if not chosen and not ticket:
        deeds.read(look.actor, None, now=look.now)
        return done(request, _("All read"), noticed=True)
    one, of = number_in(chosen), number_in(ticket)
    if one is not None or of is not None:
        deeds.read(look.actor, one, ticket=of, now=look.now)
    return done(request, "", noticed=True)


@require_GET
@page
@asks(STAFF)
def fresh(request: HttpRequest, look: Look) -> HttpResponse:
    """Unread notices after a number, of the kinds the agent wants as notes of the browser: JSON, the latest last."""
    after = request.GET.get("after", "")
    kinds = {kind for kind, ways in look.actor.told_by.items() if "browser" in ways}
    news = [
        {
            "id": row["id"],
            "subject": told(row["subject"]),
            "about": f"#{row['ticket']} {row['title']}" if row["ticket"] else "",
            "url": reverse("ticket", args=[row["ticket"]]) if row["ticket"] else reverse("notices"),
        }
        for row in reversed(queries.notices(look.actor.pk, look.visible))
        if row["read_at"] is None and not row["hidden"] and kind_of(row["key"]) in kinds
    ]
    since = number_in(after) or 0
    return JsonResponse({"notices": [one for one in news if one["id"] > since][-MOST_NOTES:]})
