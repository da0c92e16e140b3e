"""What allauth's pages decide, told to the audit log: who confirmed who they are, and who failed to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest, HttpResponse

from deskwright.desk import audit, clock
from deskwright.desk.audit_actions import Action
from deskwright.store.models import Agent

View = Callable[..., HttpResponse]


def noted(view: View, well: Action | None, badly: Action | None) -> View:
    """The view; a form it takes is noted as the deed `well` when it leads on, as `badly` when it is shown again.

    Without a name nothing is noted.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = view(request, *args, **kwargs)
        if request.method == "POST":
            action = well if given.status_code == HTTPStatus.FOUND else badly
            if action:
                note(request, action)
        return given

    return answer


def lasting(view: View) -> View:
    """The view; whoever confirms themselves stays signed in, where it has hashed their password anew."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = view(request, *args, **kwargs)
        agent = person(request)
        if request.method == "POST" and given.status_code == HTTPStatus.FOUND and agent is not None:
            request.session[HASH_SESSION_KEY] = Agent.objects.get(pk=agent.pk).get_session_auth_hash()
        return given

    return answer


def note(request: HttpRequest, action: Action) -> None:
    agent = person(request)
    subject, name = (agent.email, "") if agent else ("", audit.SOMEBODY)
    audit.note(agent, action, subject, now=clock.now(), name=name, kind=audit.SIGN_IN)


def person(request: HttpRequest) -> Agent | None:
    """Who is signed in, or has given a password and is asked for a second step."""
    stage = getattr(request, "_login_stage", None)
    found = stage.login.user if stage else request.user
    return found if isinstance(found, Agent) else None
