"""An agent's own keys to the API: they act for the agent, never beyond their rights, and always end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from deskwright.desk.access import STAFF
from deskwright.desk.settings import tokens
from deskwright.store.models import ApiToken
from deskwright.web.account.frame import form_page, show
from deskwright.web.account.guard import confirmed
from deskwright.web.console.frame import saved
from deskwright.web.filling import saving
from deskwright.web.gate import asks
from deskwright.web.look import Look, page

HERE = "account_tokens"
DAYS = [(str(days), ngettext_lazy("%(days)s day", "%(days)s days", days) % {"days": days}) for days in (7, 30, 90, 365)]


class OwnTokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("What will use it."))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=[(scope, gettext_lazy(about)) for scope, about in tokens.SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Never more than you may yourself."),
    )
    lasts = forms.TypedChoiceField(label=gettext_lazy("Works for"), choices=DAYS, coerce=int, initial="30")


@page
@asks(STAFF)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    mine = ApiToken.objects.filter(agent=look.actor).order_by(F("revoked_at").asc(nulls_first=True), "-created_at")
    return show(request, "account/tokens.html", look, HERE, title=_("My API tokens"), tokens=mine[:100])


@never_cache
@confirmed
@page
@asks(STAFF)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    """The form; after it the token, on this one page and nowhere else."""
    form, made = OwnTokenForm(request.POST or None), []

    def act(said: dict[str, Any]) -> None:
        ends = look.now + timedelta(days=said["lasts"])
        made.append(tokens.issue_own(look.actor, said["name"], said["scopes"], now=look.now, expires_at=ends))

    context = {"cancel": reverse(HERE), "trail": _("My API tokens")}
    if request.method == "POST" and saving(form, act):
        return show(
            request, "console/token_made.html", look, HERE, title=form.cleaned_data["name"], token=made[0], **context
        )
    return form_page(request, look, HERE, form, title=_("New token"), save=_("Make the token"), **context)


@require_POST
@page
@asks(STAFF)
def revoke(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    tokens.revoke_own(look.actor, number, now=look.now)
    return saved(request, reverse(HERE), _("Revoked: it stops working within seconds"))
