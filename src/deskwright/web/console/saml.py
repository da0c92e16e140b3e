"""The SAML provider: entered by its metadata, tried out, taken away; and what it is to know of this desk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk.accounts import policy, saml, trying
from deskwright.desk.accounts.saml import SamlProvider
from deskwright.desk.errors import Conflict, Invalid
from deskwright.web.account.adapters import PROVIDER
from deskwright.web.account.guard import confirmed
from deskwright.web.console.frame import form_page, saved, settings_page
from deskwright.web.console.signing import HERE, RIGHT, tried
from deskwright.web.filling import saving
from deskwright.web.look import Look


class SamlForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("On the button: Sign in with …")
    )
    metadata_url = forms.URLField(
        label=gettext_lazy("Address of its metadata"), max_length=500, required=False, assume_scheme="https"
    )
    metadata = forms.CharField(
        label=gettext_lazy("Or the metadata themselves"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "input code"}),
        help_text=gettext_lazy("The XML the provider gives you. Both empty: what was read before stays."),
    )
    mail = forms.CharField(
        label=gettext_lazy("Attribute with the email address"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Empty: email, mail and their usual OIDs."),
    )
    person = forms.CharField(
        label=gettext_lazy("Attribute with the name"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Empty: name, displayName."),
    )

    def provider(self, said: dict[str, str], before: SamlProvider | None) -> SamlProvider:
        """What was entered. Raises Invalid, where nothing can be read."""
        known = {name: said[name] for name in ("name", "mail", "person")}
        if said["metadata"].strip():
            return saml.read(said["metadata"].encode(), **known)
        if said["metadata_url"]:
            return saml.fetched(said["metadata_url"], **known)
        if before is None:
            raise saml.wrong(_("Enter the address of its metadata, or the metadata themselves."), "metadata_url")
        return replace(before, metadata_url="", name=said["name"], mail=said["mail"], person=said["person"])


@confirmed
@settings_page(RIGHT)
def provider(request: HttpRequest, look: Look) -> HttpResponse:
    """The form, and what the provider is to be told of this desk. Nobody else makes the desk fetch an address."""
    refuse_unless_here()
    policy.require_everything(look.actor)
    before = saml.provider()
    names = ("name", "metadata_url", "mail", "person")
    initial = {name: getattr(before, name) for name in names} if before else {}
    form = SamlForm(request.POST or None, initial=initial)

    def act(said: dict[str, Any]) -> None:
        saml.trust(look.actor, form.provider(said, before), now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE))
    context = {"title": _("Identity provider (SAML)"), "cancel": reverse(HERE), "trail": _("Sign-in")}
    return form_page(request, look, HERE, form, template="console/saml.html", **context, **ours())


def refuse_unless_here() -> None:
    """Raises Invalid where nothing can be entered: SAML is not installed, or is set in the environment."""
    if not saml.spoken():
        raise Invalid(_("SAML takes a package that is not installed here: pip install 'deskwright[saml]'."))
    if settings.ENV.saml:
        raise Invalid(_("The provider is set in the environment (SAML_ENTITY_ID); change it there."))


def ours() -> dict[str, str]:
    """What is entered at the provider."""
    if not saml.spoken():
        return {}
    places = {"acs": "saml_acs", "entity": "saml_metadata"}
    return {name: f"{settings.PUBLIC_URL}{reverse(place, args=[PROVIDER])}" for name, place in places.items()}


@require_POST
@confirmed
@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look) -> HttpResponse:
    refuse_unless_here()
    saml.trust(look.actor, None, now=look.now)
    return saved(request, reverse(HERE), _("Nobody comes in by SAML any more"))


@require_POST
@confirmed
@settings_page(RIGHT)
def attempt(request: HttpRequest, look: Look) -> HttpResponse:
    """What would happen if somebody came in by it now."""
    known = saml.provider()
    if known is None:
        raise Conflict(_("There is no provider to be tried."))
    found = trying.by_saml(known, look.actor, now=look.now)
    return tried(request, look, known.name, found, again=reverse("signing_saml_try"))
