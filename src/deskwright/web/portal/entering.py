"""How customers come in: they ask for a link by mail, and confirm it. Their session is apart from agents'."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import error
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from deskwright.desk import clock
from deskwright.desk.access import CUSTOMER, Demand
from deskwright.desk.accounts import links
from deskwright.desk.errors import Conflict, NotFound
from deskwright.store.models import Customer
from deskwright.web.gate import declared

KEY: Final = "customer"
"""Where the session keeps the customer's number; no agent's page reads it."""


@login_not_required
@never_cache
def ask_link(request: HttpRequest) -> HttpResponse:
    """The address, and one answer for every address."""
    if request.method != "POST":
        return shown(request)
    email, address, now = request.POST.get("email", "").strip()[:254], request.META.get("REMOTE_ADDR", ""), clock.now()
    try:
        validate_email(email)
    except ValidationError:
        return shown(request, email, _("This is not an email address."), 422)
    try:
        links.send(email, address, now=now, host=request.META.get("HTTP_HOST", ""))
    except Conflict as refusal:
        return shown(request, email, refusal.sentence, 429)
    return render(request, "portal/link_sent.html", {"email": email})


def shown(request: HttpRequest, email: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    context = {"email": email, "problem": problem}
    return render(request, "portal/link_ask.html", context, status=status)


@login_not_required
@never_cache
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks to go on and uses nothing up; POST lets the customer in, with a new session."""
    now, address = clock.now(), request.META.get("REMOTE_ADDR", "")
    try:
        if request.method != "POST":
            opened = links.still_open(token, address, now=now)
            return entrance(request, token, opened, 200 if opened else 404)
        customer = links.use(token, address, now=now)
    except NotFound:
        return entrance(request, token, False, 404)
    except Conflict as refusal:
        return shown(request, problem=refusal.sentence, status=429)
    request.session.flush()
    request.session[KEY] = customer.pk
    return redirect("my_tickets")


def entrance(request: HttpRequest, token: str, opened: bool, status: int) -> HttpResponse:
    context = {"token": token, "open": opened}
    return render(request, "portal/link_enter.html", context, status=status)


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    return redirect("help")


def for_customers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page `(request, customer, ...)` for who came in by a link; others are asked to."""

    @login_not_required
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = Customer.objects.select_related("merged_into").filter(pk=request.session.get(KEY, 0)).first()
        customer = known and (known.merged_into or known)
        if customer is None:
            return redirect("ask_link")
        try:
            return view(request, customer, *args, **kwargs)
        except NotFound as refusal:
            return render(request, "portal/refused.html", {"sentence": refusal.sentence}, status=404)
        except Conflict as refusal:
            error(request, refusal.sentence)
            return redirect(request.path.rsplit("/", 2)[0] + "/")

    return declared(answer, Demand((CUSTOMER,)))
