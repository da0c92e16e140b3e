"""When each session of an agent was last seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

from deskwright.desk import clock
from deskwright.store.models import Agent

SEEN_EVERY: Final = timedelta(minutes=5)


class SeenMiddleware:
    """Keeps, to five minutes, when a session was last seen; other requests write nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        reached = answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and request.session.accessed
        if reached and request.session.get("desk_seen") and request.user.is_authenticated:
            self.note(request, request.user, clock.now())
        return answer

    def note(self, request: HttpRequest, agent: Agent, now: datetime) -> None:
        seen = datetime.fromisoformat(request.session["desk_seen"])
        if now - seen >= SEEN_EVERY:
            request.session["desk_seen"] = now.isoformat()
            key = request.session.session_key
            UserSession.objects.filter(session_key=key, user=agent).update(last_seen_at=now)
