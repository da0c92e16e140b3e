"""Keys to the API: a new one is shown once; each says what it may do, for whom it acts and when it was last used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from deskwright.desk import workflows
from deskwright.desk.settings import tokens
from deskwright.store.models import ApiToken
from deskwright.web.account.guard import confirmed
from deskwright.web.console.forms import Moment, active
from deskwright.web.console.frame import form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = "tokens:manage", "tokens"


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Who or what will use it.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=[(scope, gettext_lazy(about)) for scope, about in tokens.SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    agent = forms.ModelChoiceField(
        label=gettext_lazy("Acts for"),
        queryset=active(),
        required=False,
        empty_label=gettext_lazy("Nobody: a programme"),
        help_text=gettext_lazy("Stops working when this person retires."),
    )
    expires_at = Moment(label=gettext_lazy("Expires"), required=False)

    def __init__(self, *args: Any, zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["expires_at"].zone = zone  # type: ignore[attr-defined]
        self.fields["expires_at"].help_text = _("Time in %(zone)s. Empty: never.") % {"zone": zone}


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    found = ApiToken.objects.select_related("agent").order_by(F("revoked_at").asc(nulls_first=True), "-created_at")
    return show(request, "console/tokens.html", look, HERE, title=_("API tokens"), tokens=found[:200])


@never_cache
@confirmed
@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    """The form; after it the token, on this one page and nowhere else."""
    form, made = TokenForm(request.POST or None, zone=workflows.zone(look.workflow)), []

    def act(said: dict[str, Any]) -> None:
        made.append(tokens.issue(look.actor, now=look.now, **said))

    if request.method == "POST" and saving(form, act):
        context = {"title": form.cleaned_data["name"], "token": made[0], "cancel": reverse(HERE)}
        return show(request, "console/token_made.html", look, HERE, trail=_("API tokens"), **context)
    cancel = reverse(HERE)
    return form_page(
        request, look, HERE, form, title=_("New token"), cancel=cancel, trail=_("API tokens"), save=_("Make the token")
    )


@require_POST
@confirmed
@settings_page(RIGHT)
def revoke(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    tokens.revoke(look.actor, number, now=look.now)
    return saved(request, reverse(HERE), _("Revoked: it stops working within seconds"))
