"""An agent's ways to sign in and where they are signed in, on one page. Adding ways is done on allauth's pages."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk import audit
from deskwright.desk.access import STAFF
from deskwright.desk.errors import NotFound
from deskwright.web.account.frame import show
from deskwright.web.console.frame import saved
from deskwright.web.gate import asks
from deskwright.web.look import Look, page

HERE = "mfa_index"


@page
@asks(STAFF)
def ways(request: HttpRequest, look: Look) -> HttpResponse:
    """Password, app, keys, recovery codes, sessions: what is set up, and what to do about it."""
    held: dict[str, list[Authenticator]] = {}
    for one in Authenticator.objects.filter(user=look.actor).order_by("created_at"):
        held.setdefault(one.type, []).append(one)
    context = {
        "title": _("Signing in"),
        "held": held,
        "guarded": "totp" in held or "webauthn" in held,
        "sessions": UserSession.objects.purge_and_list(look.actor),
    }
    return show(request, "account/ways.html", look, HERE, **context)


@require_POST
@page
@asks(STAFF)
def end(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Sign out elsewhere. Others' sessions are not found."""
    session = UserSession.objects.filter(pk=number, user=look.actor).first()
    if session is None:
        raise NotFound(_("There is no such session."))
    session.end()
    audit.note(look.actor, "session.ended", session.ip, now=look.now, kind=audit.SIGN_IN)
    return redirect(HERE)


@require_POST
@page
@asks(STAFF)
def end_others(request: HttpRequest, look: Look) -> HttpResponse:
    """Sign out everywhere but here."""
    others = UserSession.objects.filter(user=look.actor).exclude(session_key=request.session.session_key)
    for session in others:
        session.end()
        audit.note(look.actor, "session.ended", session.ip, now=look.now, kind=audit.SIGN_IN)
    return saved(request, reverse(HERE), _("Signed out everywhere else"))
