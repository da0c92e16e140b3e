"""What stands between signing in and the desk: a second step where a role asks for one, a fresh confirmation before
what matters. Both lead somewhere to do it, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, Final, ParamSpec

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.contrib.messages import info
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from deskwright.desk import clock
from deskwright.desk.access import STAFF, Demand
from deskwright.desk.accounts import policy
from deskwright.desk.settings import house
from deskwright.store.models import Agent
from deskwright.web.gate import declared
from deskwright.web.look import back, is_part

P = ParamSpec("P")
OPEN: Final = frozenset({"second_step", "sign_out", "account_logout", "language", "brand_css", "brand_logo"})
OPENING: Final = ("mfa_", "account_reauthenticate", "account_change_password", "account_set_password")
"""The pages on which a second step is set up, and what they lead through."""
GRACE: Final = timedelta(minutes=30)
"""How much longer what was being filled in may still be sent."""


class SecondStepMiddleware:
    """Who needs a second step and has none is led to set one up, and does nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.session.get("_auth_user_id"):
            return None
        name = request.resolver_match.url_name or "" if request.resolver_match else ""
        if name in OPEN or name.startswith(OPENING) or not isinstance(request.user, Agent):
            return None
        return led(request, reverse("second_step")) if lacks_step(request, request.user) else None


def lacks_step(request: HttpRequest, agent: Agent) -> bool:
    """Whether this session must not go on: the provider's own second step counts for who came in by it."""
    if not policy.needs_second_step(agent):
        return False
    methods = {record["method"] for record in get_authentication_records(request, agent)}
    return "socialaccount" not in methods and not policy.has_second_step(agent)


def second_step(request: HttpRequest) -> HttpResponse:
    """The page that says why, and where one is set up."""
    agent = request.user
    if isinstance(agent, Agent) and not lacks_step(request, agent):
        return redirect("home")
    return render(request, "account/second_step.html")


declared(second_step, Demand((STAFF,)))


def confirmed(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view that asks once more who it is, unless that was said within the desk's minutes."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if confirmed_lately(request):
            return view(request, *args, **kwargs)
        sending = request.method == "POST"
        if sending:
            info(request, _("Please confirm that it is you, then do it once more."))
        wanted = back(request) if sending else request.get_full_path()
        return led(request, f"{reverse('account_reauthenticate')}?{urlencode({'next': wanted})}")

    return answer


def confirmed_lately(request: HttpRequest) -> bool:
    """Whether the agent said who they are within the desk's minutes; what was being filled in has a while longer.

    Who can confirm nothing here, as their provider alone knows them, is taken at the provider's word.
    """
    agent = request.user
    if not isinstance(agent, Agent) or not get_reauthentication_flows(agent):
        return isinstance(agent, Agent)
    allowed = timedelta(minutes=house.house().confirm_minutes) + (GRACE if request.method == "POST" else timedelta())
    latest = max((record["at"] for record in get_authentication_records(request, agent)), default=0.0)
    return clock.now().timestamp() - latest < allowed.total_seconds()


def led(request: HttpRequest, url: str) -> HttpResponse:
    if is_part(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": url})
    return redirect(url)
