"""The doctor's page: what is wrong, how to mend it, and the page that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.doctor.finding import BROKEN, FINE, WARNING
from deskwright.desk.doctor.rounds import examine
from deskwright.web.console.frame import settings_page, show
from deskwright.web.look import Look

RIGHT, HERE = "doctor:see", "doctor"
CHECKS: Final[Mapping[str, Promise]] = {
    "addresses": gettext_lazy("addresses"),
    "alerts": gettext_lazy("alerts"),
    "automations": gettext_lazy("automations"),
    "bounces": gettext_lazy("bounces"),
    "calendars": gettext_lazy("calendars"),
    "connections": gettext_lazy("connections"),
    "database": gettext_lazy("database"),
    "disk": gettext_lazy("disk"),
    "domains": gettext_lazy("domains"),
    "lag": gettext_lazy("lag"),
    "mail gaps": gettext_lazy("mail gaps"),
    "mail in": gettext_lazy("mail in"),
    "mail out": gettext_lazy("mail out"),
    "mail server": gettext_lazy("mail server"),
    "mailboxes": gettext_lazy("mailboxes"),
    "migrations": gettext_lazy("migrations"),
    "people": gettext_lazy("people"),
    "phone": gettext_lazy("phone"),
    "quarantine": gettext_lazy("quarantine"),
    "secret key": gettext_lazy("secret key"),
    "time": gettext_lazy("time"),
    "vacuum": gettext_lazy("vacuum"),
    "webhooks": gettext_lazy("webhooks"),
    "work": gettext_lazy("work"),
    "worker": gettext_lazy("worker"),
    "workflow": gettext_lazy("workflow"),
}
"""What each check looked at; one that broke is called by its own name."""


@settings_page(RIGHT)
def page(request: HttpRequest, look: Look) -> HttpResponse:
    found = [(CHECKS.get(one.check, one.check), one) for one in examine(look.now)]
    groups = [
        (severity, sign, title, [pair for pair in found if pair[1].severity == severity])
        for severity, sign, title in (
            (BROKEN, "octagon-alert", _("Broken")),
            (WARNING, "triangle-alert", _("To mend")),
            (FINE, "circle-check", _("Fine")),
        )
    ]
    return show(request, "console/doctor.html", look, HERE, title=_("Doctor"), groups=groups)
