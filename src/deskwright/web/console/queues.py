"""The workflow's queues now: who serves them, what they carry, what waits. Read-only: the document rules."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deskwright.desk import queues
from deskwright.web.console.frame import settings_page, show
from deskwright.web.look import Look

RIGHT, HERE = "queues:see", "queues"


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    work = queues.work()
    rows = list(queues.standing(look.workflow, work))
    strays = [row for name, row in work.items() if name is not None and name not in look.workflow.queues]
    context = {"title": _("Queues"), "rows": rows, "strays": strays, "nowhere": work.get(None)}
    return show(request, "console/queues.html", look, HERE, **context)
