"""In which language a page speaks: an agent's own choice, else a stranger's cookie, else what the browser asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_POST

from deskwright.desk import clock
from deskwright.desk.accounts import own
from deskwright.store.models import Agent
from deskwright.web.look import back

YEAR: Final = 365 * 24 * 60 * 60


class SpeakingMiddleware:
    """After the session is known: who signed in and chose a language is spoken to in it, whatever the browser says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Not earlier: a page during an outage of the database must not ask it for anybody."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.session.get("_auth_user_id"):
            return
        chosen = request.user.interface_language if isinstance(request.user, Agent) else ""
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep a language: for this browser by a cookie, for an agent on the account too. Unknown ones change nothing."""
    chosen, answer = request.POST.get("language", ""), redirect(back(request))
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            own.looks(request.user, {"interface_language": chosen}, now=clock.now())
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            YEAR,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return answer
