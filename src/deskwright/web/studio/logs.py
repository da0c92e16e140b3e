"""Event logs of other systems: what is kept, how each was read, which simulations used it, and a way to delete it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk import eventlogs
from deskwright.desk.errors import NotFound
from deskwright.desk.eventlogs import PUBLISH
from deskwright.desk.settings.rights import holds
from deskwright.web.console.frame import confirm_page, confirmed, saved, settings_page, show
from deskwright.web.look import Look

RIGHT, HERE = "workflow:see", "eventlogs"
PARTS: Final[Mapping[str, Promise]] = {
    "case": gettext_lazy("case"),
    "activity": gettext_lazy("activity"),
    "resource": gettext_lazy("who did it"),
    "begin": gettext_lazy("from"),
    "end": gettext_lazy("to"),
    "lifecycle": gettext_lazy("start or end"),
}
DELIMITERS: Final[Mapping[str, Promise]] = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("bars"),
}


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    context = {"title": _("Event logs"), "may_delete": holds(look.actor, PUBLISH)}
    rows = [(one, mapped(one.read_as), list(uses(one.uses))) for one in eventlogs.listing()]
    return show(request, "studio/eventlogs.html", look, HERE, rows=rows, **context)


def mapped(read_as: Mapping[str, Any]) -> list[str]:
    """Which column was taken for what, how cells are parted and times written; [] where nobody noted it."""
    if not read_as:
        return []
    columns = [f"{PARTS.get(part, part)}: {column}" for part, column in read_as["columns"].items()]
    delimiter = DELIMITERS.get(read_as["delimiter"], read_as["delimiter"])
    return [
        *columns,
        _("cells parted by %(sign)s") % {"sign": delimiter},
        _("times as %(form)s") % {"form": read_as["times"]},
    ]


def uses(found: Any) -> Iterator[tuple[datetime, str]]:
    """(when, how it was changed), the latest first."""
    for use in found:
        parts = [_("demand %(share)s") % {"share": f"{use['demand']:.0%}"}]
        parts += [_("without %(who)s") % {"who": who} for who in use["without"]]
        parts += [_("one more like %(who)s") % {"who": who} for who in use["like"]]
        yield datetime.fromisoformat(use["at"]), ", ".join(parts)


@settings_page(PUBLISH)
def remove(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Asks for its name, then deletes it."""
    found = next((one for one in eventlogs.listing() if one.id == number), None)
    if found is None:
        raise NotFound(_("There is no such event log."))
    if confirmed(request, found.name):
        eventlogs.remove(look.actor, found.name, now=look.now)
        return saved(request, reverse(HERE), _("Deleted"))
    return confirm_page(
        request,
        look,
        HERE,
        found.name,
        title=_("Delete %(name)s") % {"name": found.name},
        consequence=_("The log is gone, and simulations that name it fail. Nothing else is changed."),
        act=_("Delete"),
        cancel=reverse(HERE),
    )
