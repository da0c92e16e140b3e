"""The files of what is being written: kept at once, shown beside the text."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from deskwright.desk.access import ticket_for
from deskwright.desk.answering import files as deeds
from deskwright.desk.errors import Invalid
from deskwright.store.queries import ticket as queries
from deskwright.web.gate import asks
from deskwright.web.look import Look, page
from deskwright.web.workspace.ticket import waiting


@require_http_methods(["GET", "POST"])
@page
@asks("tickets:see")
@asks("tickets:note", "tickets:reply", to_write=True)
def files(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The draft's files. POST keeps another one (`file`, `kind`); its place in the list is told in a header."""
    if request.method == "GET":
        ticket_for(look.actor, number, "see")
        return listed(request, look, number)
    file = request.FILES.get("file")
    if file is None or file.size is None:
        raise Invalid(_("Choose a file."), {"file": "missing"})
    if file.size > deeds.LARGEST:
        raise Invalid(too_large(), {"file": "too large"})
    made = deeds.add(look.actor, number, request.POST.get("kind", ""), file.name or "", file.read(), now=look.now)
    answer = listed(request, look, number)
    answer.headers["X-Desk-File"] = str(made.pk)
    return answer


def too_large() -> str:
    return _("This file is too large to be mailed: at most %(number)s MB.") % {"number": deeds.LARGEST // 1024 // 1024}


@require_POST
@page
@asks("tickets:see")
def remove(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Leave a file out. `number` is the file's."""
    return listed(request, look, deeds.remove(look.actor, number).ticket_id)


def listed(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    rows = queries.draft_files(number, look.actor.pk, look.visible)
    return render(request, "ticket/files.html", {"files": waiting(rows, look)})
