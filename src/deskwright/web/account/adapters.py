"""What allauth asks of us: nobody signs up, mails leave by our own post, secrets are sealed, sign-ins noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deskwright.desk import audit, clock
from deskwright.desk.accounts import newcomers, policy, saml
from deskwright.desk.accounts.post import post
from deskwright.desk.accounts.saml import SamlProvider
from deskwright.desk.audit_actions import Action
from deskwright.desk.settings.house import house
from deskwright.desk.settings.sealing import seal, unseal
from deskwright.store.models import Agent

LOCAL_NAMES: Final = {"allow_single_label_domains": True}
"""A desk may stand under a name of one's own network."""
PROVIDER: Final = "sso"
"""What the provider is called in addresses."""
TOLD: Final[Mapping[str, Action]] = {
    "totp_activated": "totp.activated",
    "totp_deactivated": "totp.deactivated",
    "webauthn_added": "webauthn.added",
    "webauthn_removed": "webauthn.removed",
    "recovery_codes_generated": "recovery.codes_generated",
    "password_changed": "password.changed",
    "password_reset": "password.reset",
    "password_set": "password.set",
    "account_connected": "account.connected",
    "account_disconnected": "account.disconnected",
}
"""The name of a mail allauth would send -> the deed it tells of."""


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Agent, **known: Any) -> HttpResponse:
        audit.note(user, "agent.signed_in", user.email, now=clock.now(), kind=audit.SIGN_IN)
        request.session["desk_seen"] = clock.now().isoformat()
        answer: HttpResponse = super().post_login(request, user, **known)
        return answer

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only a reset is mailed; what happened to an account stands in the audit log."""
        if template_prefix != "account/email/password_reset_key":
            return
        says = _("Follow this link to choose a new password:")
        ends = _("If you did not ask for it, you need not do anything.")
        subject = _("Your password at %(desk)s") % {"desk": house().name}
        post(email, subject, f"{says}\n\n{context['password_reset_url']}\n\n{ends}", now=clock.now())

    def send_notification_mail(self, template_prefix: str, user: Agent, *args: Any, **more: Any) -> None:
        """Every change of a way in is told to this hook by its mail's name: it is kept, not mailed."""
        deed = TOLD.get(template_prefix.split("/")[-1], "account.changed")
        audit.note(user, deed, user.email, now=clock.now(), kind=audit.SIGN_IN)


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return house().name


class SocialAdapter(DefaultSocialAccountAdapter):
    """Who signs in elsewhere is found by their verified address, or taken on where the desk says so."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """The environment's providers, and where it names none of a kind, the ones entered in the settings."""
        found: list[Any] = super().list_apps(request, provider=provider, client_id=client_id)
        return [*found, *self.entered(provider, client_id)]

    def entered(self, provider: Any, client_id: Any) -> Iterator[SocialApp]:
        if not settings.ENV.oidc_server and provider in (None, "openid_connect", PROVIDER):
            known = policy.provider()
            if known and client_id in (None, known.client_id):
                yield app(known)
        if provider in (None, "saml") and client_id in (None, PROVIDER):
            by_saml = saml.provider()
            if by_saml:
                yield saml_app(by_saml)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Newcomers are taken on, and everybody's role follows their groups, where the desk says so."""
        groups = newcomers.groups_of(claims(sociallogin), policy.known().claim)
        if sociallogin.is_existing:
            newcomers.follow_groups(sociallogin.user, groups, now=clock.now())
            sociallogin.user.refresh_from_db()
            return
        email = next((one.email for one in sociallogin.email_addresses if one.verified), "")
        if not email:
            refused(request, "", audit.UNVERIFIED)
        if not email or Agent.objects.filter(email__iexact=email).exists():
            return
        agent = newcomers.take_on(email, named(claims(sociallogin)), groups, now=clock.now())
        if agent is not None:
            sociallogin.connect(request, agent)
        else:
            refused(request, email, "")

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        refused(request, "", str(exception or error or ""))

    def send_notification_mail(self, *args: Any, **more: Any) -> None:
        AccountAdapter(self.request).send_notification_mail(*args, **more)


def refused(request: HttpRequest, email: str, why: str) -> None:
    """Somebody came from the provider and was not let in: one entry a quarter of an hour for each network address, as
    anybody may call where the provider sends people back to.
    """
    who, now = email or audit.SOMEBODY, clock.now()
    same = audit.once("provider.refused", request.META.get("REMOTE_ADDR", ""), email, audit.quarter(now))
    audit.note(None, "provider.refused", why or email, now=now, name=who, kind=audit.SIGN_IN, sitting=same)


def app(known: policy.Provider) -> SocialApp:
    """The provider in allauth's words; never saved, so its secret stays sealed."""
    how = {"server_url": known.server, "oauth_pkce_enabled": True, "verified_email": known.vouches}
    return SocialApp(
        provider="openid_connect",
        provider_id=PROVIDER,
        name=known.name,
        client_id=known.client_id,
        secret=known.secret,
        settings=how,
    )


def saml_app(known: SamlProvider) -> SocialApp:
    """Only signed assertions that answer a request of ours count, and the addresses they name are taken as checked."""
    idp = {"entity_id": known.entity_id, "sso_url": known.sso_url, "x509cert": known.certificates[0]}
    if len(known.certificates) > 1:
        idp["metadata_url"] = several(known)
    how = {
        "idp": idp,
        "attribute_mapping": {
            "uid": ["urn:oasis:names:tc:SAML:attribute:subject-id"],
            "email": known.mail_attributes,
        },
        "advanced": {"want_assertion_signed": True, "reject_idp_initiated_sso": True, **LOCAL_NAMES},
        "verified_email": True,
    }
    return SocialApp(provider="saml", name=known.name, client_id=PROVIDER, settings=how)


def several(known: SamlProvider) -> str:
    """A name under which allauth finds the provider with all its certificates; it takes several from metadata only,
    which it keeps in the cache: they are put there, and nothing is fetched while somebody signs in.
    """
    name = "as-entered"
    idp = {
        "entityId": known.entity_id,
        "singleSignOnService": {"url": known.sso_url},
        "x509certMulti": {"signing": [*known.certificates]},
    }
    cache.set(f"saml.metadata.{name}.{known.entity_id}", {"idp": idp})
    return name


def claims(sociallogin: Any) -> dict[str, Any]:
    """What the provider says of the person, from both of its mouths."""
    data = sociallogin.account.extra_data or {}
    return {**data.get("id_token", {}), **data.get("userinfo", data)}


def named(said: dict[str, Any]) -> str:
    """The person's name; SAML says everything in lists."""
    by_saml = saml.provider()
    names = by_saml.person_attributes if by_saml else saml.PERSON
    words = next((said[name] for name in (*names, *saml.PERSON) if said.get(name)), "")
    return str(words[0] if isinstance(words, list) else words)
