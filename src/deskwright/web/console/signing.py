"""Sign-in: who needs a second step, how long a confirmation counts, and the identity provider people come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk import access
from deskwright.desk.access import RIGHTS
from deskwright.desk.accounts import policy, saml, trying
from deskwright.desk.accounts.policy import Provider
from deskwright.desk.doctor.finding import BROKEN, FINE, ORDER, WARNING, Finding
from deskwright.desk.errors import Conflict, Invalid
from deskwright.store.models import Agent
from deskwright.web.account.guard import confirmed
from deskwright.web.console.frame import form_page, saved, settings_page, show
from deskwright.web.console.pairs import Pairs
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = "settings:manage", "signing"
SIGNS: Final = {BROKEN: "octagon-alert", WARNING: "triangle-alert", FINE: "circle-check"}


class PolicyForm(forms.Form):
    two_factor = forms.MultipleChoiceField(
        label=gettext_lazy("These roles need a second step"),
        choices=Agent.ROLES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Who has none sets one up before anything else. Roles of your own say so themselves."),
    )
    confirm_minutes = forms.IntegerField(
        label=gettext_lazy("Ask again who it is after so many minutes"),
        min_value=1,
        max_value=240,
        help_text=gettext_lazy("Before tokens, roles, exports and these settings are touched."),
    )


class ProviderForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("On the button: Sign in with …")
    )
    server = forms.URLField(
        label=gettext_lazy("Address of the provider"),
        max_length=300,
        assume_scheme="https",
        help_text=gettext_lazy("As it names itself (issuer), without /.well-known/openid-configuration."),
    )
    client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=300)
    secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Empty keeps the one that is known. It is sealed in the database."),
    )

    vouches = forms.BooleanField(
        label=gettext_lazy("It has checked everybody’s address, though it does not say so"),
        required=False,
        help_text=gettext_lazy(
            "For providers without the claim email_verified. Only where nobody can choose their address there."
        ),
    )

    def provider(self, said: dict[str, Any], before: Provider | None) -> Provider:
        """What was typed; the secret that is known where none was, for the same provider and client."""
        server, client = said["server"].rstrip("/"), said["client_id"]
        same = before is not None and (before.server, before.client_id) == (server, client)
        secret = said["secret"] or (before.secret if before is not None and same else "")
        return Provider(said["name"], server, client, secret, said["vouches"])


class NewcomersForm(forms.Form):
    newcomers = forms.ChoiceField(
        label=gettext_lazy("People the provider knows and this desk does not"), required=False
    )
    claim = forms.CharField(
        label=gettext_lazy("Groups are in the claim"), max_length=80, required=False, initial="groups"
    )
    groups = Pairs(
        label=gettext_lazy("Which group means which role"),
        required=False,
        help_text=gettext_lazy(
            "One a line: group = role (admin, lead, agent, light, or the key of your own). The first that fits counts."
        ),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["newcomers"]
        taken_on = [(key, _("come in as %(role)s") % {"role": name}) for key, name in policy.roles().items()]
        field.choices = [("", _("are refused")), *taken_on]


@confirmed
@settings_page(RIGHT)
def page(request: HttpRequest, look: Look) -> HttpResponse:
    """The policy, who lacks a second step, and the provider as it stands."""
    known = policy.known()
    initial = {"two_factor": known.two_factor, "confirm_minutes": known.confirm_minutes}
    form = PolicyForm(request.POST or None, initial=initial)

    def act(said: dict[str, Any]) -> None:
        policy.ask(look.actor, said["two_factor"], said["confirm_minutes"], now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE))
    context = {
        "title": _("Sign-in"),
        "lacking": [(agent, policy.needs_second_step(agent)) for agent in policy.without_second_step()[:200]],
        "provider": policy.provider(),
        "policy": known,
        "roles": policy.roles(),
        "may_trust": all(access.may(look.actor, right) for right in RIGHTS),
        "by_environment": bool(settings.ENV.oidc_server),
        "saml": saml.provider(),
        "saml_here": saml.spoken(),
        "saml_by_environment": bool(settings.ENV.saml),
    }
    return form_page(request, look, HERE, form, template="console/signing.html", **context)


@confirmed
@settings_page(RIGHT)
def provider(request: HttpRequest, look: Look) -> HttpResponse:
    if settings.ENV.oidc_server:
        raise Invalid(_("The provider is set in the environment (OIDC_SERVER); change it there."))
    before = policy.provider()
    initial = {name: getattr(before, name) for name in ("name", "server", "client_id", "vouches")} if before else {}
    form = ProviderForm(request.POST or None, initial=initial)

    def act(said: dict[str, Any]) -> None:
        policy.trust(look.actor, form.provider(said, before), now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE))
    context = {"title": _("Identity provider"), "cancel": reverse(HERE), "redirect": redirect_address()}
    return form_page(request, look, HERE, form, template="console/provider.html", trail=_("Sign-in"), **context)


@require_POST
@confirmed
@settings_page(RIGHT)
def no_provider(request: HttpRequest, look: Look) -> HttpResponse:
    policy.trust(look.actor, None, now=look.now)
    return saved(request, reverse(HERE), _("Nobody comes in by a provider any more"))


@require_POST
@confirmed
@settings_page(RIGHT)
def attempt(request: HttpRequest, look: Look) -> HttpResponse:
    """What would happen if somebody came in by the OpenID Connect provider now."""
    known = policy.provider()
    if known is None:
        raise Conflict(_("There is no provider to be tried."))
    found = trying.oidc(known, redirect_address(), look.actor)
    return tried(request, look, known.name, found, again=reverse("signing_provider_try"))


def tried(request: HttpRequest, look: Look, name: str, found: Iterable[Finding], *, again: str) -> HttpResponse:
    """What was found of a provider, the worst first, each with its sign."""
    marked = [(SIGNS[one.severity], one) for one in sorted(found, key=lambda one: ORDER.index(one.severity))]
    told = {"title": _("Trying %(name)s") % {"name": name}, "findings": marked, "trail": _("Sign-in"), "again": again}
    return show(request, "console/tried.html", look, HERE, **told)


@confirmed
@settings_page(RIGHT)
def newcomers(request: HttpRequest, look: Look) -> HttpResponse:
    """What becomes of people only the provider knows, and which of its groups means which role."""
    known = policy.known()
    form = NewcomersForm(
        request.POST or None, initial={name: getattr(known, name) for name in NewcomersForm.base_fields}
    )

    def act(said: dict[str, Any]) -> None:
        policy.admit(look.actor, said["newcomers"], said["claim"], said["groups"], now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE))
    context = {"title": _("Newcomers and groups"), "cancel": reverse(HERE), "trail": _("Sign-in")}
    return form_page(request, look, HERE, form, **context)


def redirect_address() -> str:
    """What is entered at the provider as the address to come back to."""
    return f"{settings.PUBLIC_URL}{reverse('openid_connect_callback', args=['sso'])}"
