"""The SAML provider people sign in at: read from its metadata, entered or taken away, and as it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext as _

from deskwright.channels import identity
from deskwright.desk.accounts import policy
from deskwright.desk.errors import Invalid
from deskwright.desk.said import said as worded
from deskwright.store.models import Agent, SignInPolicy

MAIL: Final = (
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
    "mail",
)
"""What providers call an address."""
PERSON: Final = ("name", "displayName", "urn:oid:2.16.840.1.113730.3.1.241")
"""What they call a person's name."""


@dataclass(frozen=True, slots=True)
class SamlProvider:
    """What its metadata say; `certificates` are those it signs with (base64 or PEM), at least one."""

    name: str
    entity_id: str
    sso_url: str
    certificates: tuple[str, ...]
    metadata_url: str = ""
    """Where they were read, empty for pasted ones."""
    mail: str = ""
    """The attribute that holds the address, empty for the usual ones (`MAIL`)."""
    person: str = ""
    """The attribute that holds the name, empty for the usual ones."""

    @property
    def mail_attributes(self) -> list[str]:
        return [self.mail] if self.mail else [*MAIL]

    @property
    def person_attributes(self) -> list[str]:
        return [self.person] if self.person else [*PERSON]


def spoken() -> bool:
    """Whether the package is installed that SAML takes (`deskwright[saml]`)."""
    return apps.is_installed("allauth.socialaccount.providers.saml")


def provider() -> SamlProvider | None:
    """The environment's, else the one that was entered; None where there is none, or SAML is not installed."""
    if not spoken():
        return None
    if known := settings.ENV.saml:
        return SamlProvider(known.name, known.entity_id, known.sso_url, (known.certificate,))
    return opened(SignInPolicy.objects.filter(pk=1).values_list("saml", flat=True).first() or "")


def opened(text: str) -> SamlProvider | None:
    if not text:
        return None
    held = json.loads(text)
    return SamlProvider(**held | {"certificates": tuple(held["certificates"])})


def read(metadata: bytes, **known: str) -> SamlProvider:
    """The provider its metadata describe; `known` is what they do not say. Raises Invalid, `metadata` named."""
    from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser as Parser

    try:
        said: Mapping[str, Any] = Parser.parse(metadata).get("idp", {})
    except Exception as trouble:
        # The parser raises whatever its XML library does.
        raise wrong(_("This is no SAML metadata: %(why)s") % {"why": str(trouble)[:200]}) from trouble
    signing = (said.get("x509certMulti") or {}).get("signing") or [said.get("x509cert")]
    certificates = tuple(one for one in signing if one)
    entity, sso = said.get("entityId") or "", (said.get("singleSignOnService") or {}).get("url") or ""
    if not (entity and sso and certificates):
        raise wrong(_("This names no provider: an entity ID, an address to sign in (HTTP-Redirect), a certificate."))
    return SamlProvider(entity_id=entity, sso_url=sso, certificates=certificates, **known)


def fetched(url: str, **known: str) -> SamlProvider:
    """As `read`, of what stands at the address. Raises Invalid, `metadata_url` named."""
    if not identity.safe(url):
        raise wrong(_("An address begins with https://."), "metadata_url")
    try:
        body = identity.fetched(url)
    except identity.Unreachable as trouble:
        says = _("Nothing could be read there: %(why)s.") % {"why": worded(str(trouble))}
        raise wrong(says, "metadata_url") from trouble
    try:
        return read(body, metadata_url=url, **known)
    except Invalid as trouble:
        raise wrong(trouble.sentence, "metadata_url") from trouble


def wrong(says: str, field: str = "metadata") -> Invalid:
    return Invalid(says, {field: says})


def trust(actor: Agent | None, known: SamlProvider | None, *, now: datetime) -> None:
    """Enter the provider people sign in at by SAML, or with None trust none. Raises Forbidden, Invalid.

    Who names the provider says who everybody is: it takes every right there is.
    """
    policy.require_everything(actor)
    if known is not None and not identity.safe(known.sso_url, known.metadata_url):
        raise wrong(_("The provider wants people to sign in at an address that is not https."))
    held = json.dumps(asdict(known)) if known else ""
    policy.change(actor, {"saml": held}, now=now, told=lambda row: said(opened(row.saml)))


def said(known: SamlProvider | None) -> dict[str, Any]:
    """What the audit log holds of a provider; nothing of it is secret."""
    return asdict(known) if known else {}
