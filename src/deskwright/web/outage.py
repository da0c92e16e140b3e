"""A database that is away, seen from a page: 503 with Retry-After, no traceback. The API says it for itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from deskwright.desk.errors import Unavailable
from deskwright.store import outage

RETRY_AFTER = 5
SENTENCE = "The desk is away for a moment. Nothing that was acknowledged is lost; try again shortly."

log = logging.getLogger("deskwright.web")


class OutageMiddleware:
    """Stands before everything that reads the database, sessions included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (*outage.AWAY, Unavailable) as trouble:
            return self.unavailable(request, trouble)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Asks who is signed in before the middleware that needs it does: trouble there would become a 500.

        Open pages answer for themselves; one of them holds what a customer typed.
        """
        if not getattr(view, "login_required", True):
            return None
        try:
            outage.check()
            bool(request.user.is_authenticated)
        except outage.AWAY as trouble:
            return self.unavailable(request, trouble)
        return None

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        """A view's own trouble; Django would turn it into a 500 before it reached `__call__`."""
        if isinstance(trouble, (*outage.AWAY, Unavailable)):
            return self.unavailable(request, trouble)
        return None

    def unavailable(self, request: HttpRequest, trouble: Exception) -> HttpResponse:
        log.debug("%s %s: the desk is away (%s)", request.method, request.path, outage.first_line(trouble))
        if isinstance(trouble, outage.AWAY):
            outage.lookout.notice(trouble)
        outage.let_go()
        after = trouble.retry_after if isinstance(trouble, Unavailable) else RETRY_AFTER
        headers = {"Retry-After": str(after), "Cache-Control": "no-store"}
        if "application/json" in request.headers.get("Accept", ""):
            problem = {"title": "Unavailable", "status": 503, "detail": SENTENCE}
            return JsonResponse(problem, status=503, headers=headers, content_type="application/problem+json")
        shown = {"sentence": _("The disk of this desk is full. Nothing that was acknowledged is lost.")}
        page = render_to_string("errors/503.html", shown if outage.full(trouble) else {})
        return HttpResponse(page, status=503, headers=headers)
