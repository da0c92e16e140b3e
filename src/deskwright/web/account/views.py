"""Signing in and out, and what an agent says of themselves: there or away, light or dark."""

from __future__ import annotations

from collections.abc import Iterator

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.socialaccount.adapter import get_adapter
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from deskwright.desk import audit, clock
from deskwright.desk.access import STAFF
from deskwright.desk.settings import first_run
from deskwright.desk.staff import returns
from deskwright.store.models import Agent
from deskwright.web.account.signing import admitted, agent_with, note_lock, wait_minutes
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, is_part, page
from deskwright.web.said import say

THEMES = ("auto", "light", "dark")


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends. Too many wrong tries make the address wait; the page says how long."""
    if request.user.is_authenticated:
        return redirect("home")
    if request.method != "POST":
        return redirect("setup") if first_run.is_new() else form(request)
    email = request.POST.get("email", "").replace("\0", "").strip()[:254]
    now = clock.now()
    if not admitted(request, email, now):
        note_lock(request, email, now)
        minutes = wait_minutes(request, email, now)
        sentence = ngettext(
            "Too many tries. Please wait %(minutes)s minute.",
            "Too many tries. Please wait %(minutes)s minutes.",
            minutes,
        )
        return form(request, email, sentence % {"minutes": minutes}, 429)
    agent = agent_with(request, email, request.POST.get("password", ""), now)
    if agent is None:
        return form(request, email, _("This email and password do not belong together. Please try again."), 422)
    return perform_password_login(request, {"email": agent.email}, Login(user=agent, redirect_url=wanted(request)))


def form(request: HttpRequest, email: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    wanted = request.GET.get("next", request.POST.get("next", ""))
    context = {"providers": list(elsewhere(request, wanted)), "email": email, "problem": problem, "next": wanted}
    return render(request, "account/sign_in.html", context, status=status)


def elsewhere(request: HttpRequest, wanted: str) -> Iterator[tuple[str, str]]:
    """The providers one may come in by: name, and where the way there begins."""
    for app in get_adapter().list_apps(request):
        yield app.name, app.get_provider(request).get_login_url(request, **({"next": wanted} if wanted else {}))


def wanted(request: HttpRequest) -> str:
    """The page the agent was on the way to, when it is one of ours."""
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()) else "/"


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        audit.note(request.user, "agent.signed_out", request.user.email, now=clock.now(), kind=audit.SIGN_IN)
    logout(request)
    return redirect("sign_in")


@require_POST
@page
@asks(STAFF)
def theme(request: HttpRequest, look: Look) -> HttpResponse:
    """Keep the agent's choice of light, dark or as the system has it."""
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        Agent.objects.filter(pk=look.actor.pk).update(theme=chosen)
    return HttpResponse(status=204)


@require_POST
@page
@asks(STAFF)
def availability(request: HttpRequest, look: Look) -> HttpResponse:
    """Switch the agent on (`available` is 1) or off; the answer is the switch as it stands now."""
    wanted = request.POST.get("available") == "1"
    returns.set_available(look.actor, wanted, now=look.now)
    sentence = _("You are available again") if wanted else _("You are away: no new tickets are given to you")
    if not is_part(request):
        return done(request, sentence)
    look.actor.refresh_from_db(fields=["available", "away_until"])
    return say(render(request, "parts/availability.html", {"agent": look.actor}), sentence)
