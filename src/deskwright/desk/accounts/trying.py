"""Tries an identity provider out and says in sentences what would happen when somebody came in by it."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deskwright.channels import identity
from deskwright.desk.accounts import policy, saml
from deskwright.desk.accounts.policy import Provider
from deskwright.desk.accounts.saml import SamlProvider
from deskwright.desk.doctor.finding import Finding, broken, fine, warning
from deskwright.desk.errors import Invalid
from deskwright.desk.said import said as worded
from deskwright.store.models import Agent

WELL_KNOWN: Final = "/.well-known/openid-configuration"
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SCOPES: Final = ("openid", "email", "profile")
SOON: Final = timedelta(days=30)
UNKNOWN_CLIENT: Final = frozenset({"invalid_client", "unauthorized_client"})
UNKNOWN_CODE: Final = frozenset({"invalid_grant", "invalid_request"})
Said = Mapping[str, Any]


# OpenID Connect


def oidc(known: Provider, redirect: str, actor: Agent) -> Iterator[Finding]:
    """What the provider says of itself, whether it knows this desk, and who would come in."""
    try:
        said = identity.fetched_object(known.server.rstrip("/") + WELL_KNOWN)
    except identity.Unreachable as trouble:
        told = {"url": known.server + WELL_KNOWN, "why": worded(str(trouble))}
        says = _("%(url)s could not be read: %(why)s.") % told
        yield broken(_("address"), says, _("Check the address; it is the issuer’s, without what follows the slash."))
        return
    yield issuer(known, said)
    yield from endpoints(known, said)
    yield from keys(known, said)
    yield from abilities(said)
    yield client(known, said, redirect)
    yield vouching(known, said)
    yield from people(actor, fine(_("people"), _("The claim “email” says who somebody is.")))


def issuer(known: Provider, said: Said) -> Finding:
    named = str(said.get("issuer", ""))
    if named.rstrip("/") == known.server.rstrip("/"):
        return fine(_("issuer"), _("It answers, and calls itself %(name)s.") % {"name": named})
    says = _("It calls itself %(name)s, not %(server)s.") % {"name": named or "–", "server": known.server}
    return broken(_("issuer"), says, _("Enter the address by which it calls itself: its tokens are refused else."))


def endpoints(known: Provider, said: Said) -> Iterator[Finding]:
    bad = [name for name in ENDPOINTS if not identity.safe(str(said.get(name, "")), known.server)]
    if bad:
        says = _("It names no address that begins with https:// for %(names)s.") % {"names": ", ".join(bad)}
        yield broken(_("endpoints"), says, _("Is this the address of an OpenID Connect provider?"))
    else:
        yield fine(_("endpoints"), _("People are sent to %(url)s.") % {"url": said["authorization_endpoint"]})


def keys(known: Provider, said: Said) -> Iterator[Finding]:
    try:
        found = identity.fetched_object(str(said.get("jwks_uri", "")), known.server).get("keys") or []
    except identity.Unreachable as trouble:
        says = _("Its keys could not be read: %(why)s.") % {"why": worded(str(trouble))}
        yield broken(_("keys"), says, _("Without them no signature can be checked."))
        return
    signing = [key for key in found if isinstance(key, dict) and key.get("use", "sig") == "sig"]
    if signing:
        says = ngettext("It publishes %(n)s key that signs.", "It publishes %(n)s keys that sign.", len(signing))
        yield fine(_("keys"), says % {"n": len(signing)})
    else:
        yield broken(_("keys"), _("It publishes no key that signs."), _("Without one no signature can be checked."))


def abilities(said: Said) -> Iterator[Finding]:
    """What it says it can do; providers may leave each of these out."""
    scopes = said.get("scopes_supported")
    lacking = [name for name in SCOPES if name not in scopes] if isinstance(scopes, list) else []
    if lacking:
        says = _("It does not name the scopes %(names)s.") % {"names": ", ".join(lacking)}
        yield warning(
            _("scopes"), says, _("Without “email” nobody is recognised; without “profile” names are missing.")
        )
    else:
        yield fine(_("scopes"), _("It is asked for openid, email and profile."))
    flows = said.get("response_types_supported", ["code"])
    if isinstance(flows, list) and "code" not in flows:
        yield broken(
            _("flow"), _("It does not offer the code flow."), _("Switch the authorization code flow on there.")
        )
    proofs = said.get("code_challenge_methods_supported")
    if isinstance(proofs, list) and "S256" not in proofs:
        yield warning(_("flow"), _("It does not say that it checks PKCE (S256)."), _("The desk sends it all the same."))


def client(known: Provider, said: Said, redirect: str) -> Finding:
    """Whether it knows the client: it is shown a code that nobody was given, and says what is wrong first."""
    form = {
        "grant_type": "authorization_code",
        "code": "a-code-nobody-was-given",
        "redirect_uri": redirect,
        "client_id": known.client_id,
        "client_secret": known.secret,
    }
    check = _("client")
    try:
        status, answer = identity.posted(str(said.get("token_endpoint", "")), form, known.server)
    except identity.Unreachable as trouble:
        says = _("Whether it knows the client could not be asked: %(why)s.") % {"why": worded(str(trouble))}
        return warning(check, says, _("A sign-in will show it."))
    error = str(answer.get("error", ""))
    if error in UNKNOWN_CLIENT or status == 401:
        says = _("It does not know this client ID with this secret (%(error)s).") % {"error": error or status}
        return broken(check, says, _("Enter both again, and check that the client is switched on there."))
    if error in UNKNOWN_CODE:
        return fine(check, _("It takes the client ID and the secret."))
    says = _("Whether it knows the client it does not say (%(error)s).") % {"error": error or status}
    return warning(check, says, _("A sign-in will show it."))


def vouching(known: Provider, said: Said) -> Finding:
    check, claims = _("verified"), said.get("claims_supported")
    if known.vouches:
        return fine(check, _("Every address it names is taken as checked, as this desk was told."))
    if isinstance(claims, list) and "email_verified" not in claims:
        says = _("It does not list the claim email_verified: people may be refused.")
        return warning(
            check, says, _("If nobody can choose their address there, tick that it has checked everybody’s.")
        )
    return fine(check, _("Only addresses it says it has verified let anybody in."))


# SAML


def by_saml(known: SamlProvider, actor: Agent, *, now: datetime) -> Iterator[Finding]:
    """What its metadata say, whether they still say so, and who would come in."""
    yield fine(_("address"), _("People are sent to %(url)s.") % {"url": known.sso_url})
    yield from certificates(known, now)
    yield from unchanged(known)
    if not identity.safe(settings.PUBLIC_URL):
        says = _("This desk stands at %(url)s; most providers answer https only.") % {"url": settings.PUBLIC_URL}
        yield warning(_("desk"), says, _("Set PUBLIC_URL to the address people use, with https."))
    yield fine(_("answers"), _("Only signed answers to a request of this desk let anybody in."))
    names = ", ".join(known.mail_attributes)
    says = _("Who somebody is says the attribute %(names)s, whichever comes first.") % {"names": names}
    yield from people(actor, fine(_("people"), says))


def certificates(known: SamlProvider, now: datetime) -> Iterator[Finding]:
    check = _("certificate")
    for text in known.certificates:
        try:
            made = certificate(text)
        except ValueError:
            yield broken(check, _("A certificate cannot be read."), _("Read the metadata again."))
            continue
        ends = made.not_valid_after_utc
        told = {"name": made.subject.rfc4514_string() or "–", "day": ends.date().isoformat()}
        if ends <= now:
            says = _("The certificate of %(name)s ended on %(day)s.") % told
            yield broken(check, says, _("Read the metadata again once the provider has a new one."))
        elif ends - now < SOON:
            says = _("The certificate of %(name)s ends on %(day)s.") % told
            yield warning(check, says, _("Read the metadata again once the provider has a new one."))
        else:
            yield fine(check, _("It signs with the certificate of %(name)s, good until %(day)s.") % told)


def certificate(text: str) -> x509.Certificate:
    """Raises ValueError for what is none."""
    bare = "".join(line for line in text.split() if "-----" not in line)
    pem = "-----BEGIN CERTIFICATE-----" in text
    return x509.load_pem_x509_certificate(text.encode()) if pem else x509.load_der_x509_certificate(b64decode(bare))


def unchanged(known: SamlProvider) -> Iterator[Finding]:
    """Whether the metadata say today what was read then."""
    if not known.metadata_url:
        return
    check = _("metadata")
    try:
        today = saml.fetched(known.metadata_url, name=known.name)
    except Invalid as trouble:
        yield warning(check, trouble.sentence, _("Signing in goes on with what was read before."))
        return
    same = (today.entity_id, today.sso_url, today.certificates) == (
        known.entity_id,
        known.sso_url,
        known.certificates,
    )
    if same:
        yield fine(check, _("Its metadata still say what was read."))
    else:
        says = _("Its metadata say something else by now: another certificate, or another address.")
        yield warning(check, says, _("Save the provider once more: its metadata are read again."))


# Both


def people(actor: Agent, address: Finding) -> Iterator[Finding]:
    """Who would come in, and as what."""
    yield address
    known, roles = policy.known(), policy.roles()
    told = {"name": actor.name, "email": actor.email}
    yield fine(_("you"), _("You would come in as %(name)s, if it names %(email)s.") % told)
    if known.newcomers:
        role = roles.get(known.newcomers, known.newcomers)
        yield fine(_("newcomers"), _("Whom only the provider knows is taken on as %(role)s.") % {"role": role})
    else:
        yield fine(_("newcomers"), _("Whom only the provider knows is refused."))
    if known.groups:
        pairs = ", ".join(f"{group} → {roles.get(role, role)}" for group, role in known.groups.items())
        says = _("The claim “%(claim)s” is looked at for groups: %(pairs)s.") % {"claim": known.claim, "pairs": pairs}
        yield fine(_("groups"), says)
    yield fine(_("second step"), _("The provider’s own second step counts; this desk asks for none."))
