"""Signing in and out, and what an agent says of themselves: there or away, light or dark."""

from __future__ import annotations

from typing import cast

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from deskwright.desk import clock, returns
from deskwright.store.models import Agent
from deskwright.web.account.signing import agent_with, wait_minutes
from deskwright.web.look import Look, done, is_part, page
from deskwright.web.said import say

BACKEND = "django.contrib.auth.backends.ModelBackend"
THEMES = ("auto", "light", "dark")


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends. Too many wrong tries make the address wait; the page says how long."""
    if request.user.is_authenticated:
        return redirect("home")
    if request.method != "POST":
        return form(request)
    email = request.POST.get("email", "").strip()[:254]
    minutes = wait_minutes(request, email, clock.now())
    if minutes:
        sentence = ngettext(
            "Too many tries. Please wait %(minutes)s minute.",
            "Too many tries. Please wait %(minutes)s minutes.",
            minutes,
        )
        return form(request, email, sentence % {"minutes": minutes}, 429)
    agent = agent_with(request, email, request.POST.get("password", ""), clock.now())
    if agent is None:
        return form(request, email, _("This email and password do not belong together. Please try again."), 422)
    login(request, agent, backend=BACKEND)
    return HttpResponseRedirect(wanted(request))


def form(request: HttpRequest, email: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    context = {"email": email, "problem": problem, "next": request.GET.get("next", request.POST.get("next", ""))}
    return render(request, "account/sign_in.html", context, status=status)


def wanted(request: HttpRequest) -> str:
    """The page the agent was on the way to, when it is one of ours."""
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()) else "/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign_in")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the agent's choice of light, dark or as the system has it."""
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        Agent.objects.filter(pk=cast(Agent, request.user).pk).update(theme=chosen)
    return HttpResponse(status=204)


@require_POST
@page
def availability(request: HttpRequest, look: Look) -> HttpResponse:
    """Switch the agent on (`available` is 1) or off; the answer is the switch as it stands now."""
    wanted = request.POST.get("available") == "1"
    returns.set_available(look.actor, wanted, now=look.now)
    sentence = _("You are available again") if wanted else _("You are away: no new tickets are given to you")
    if not is_part(request):
        return done(request, sentence)
    look.actor.refresh_from_db(fields=["available", "away_until"])
    return say(render(request, "parts/availability.html", {"agent": look.actor}), sentence)
