"""OAuth 2 for mailboxes: a refresh token is changed into an access token where the provider says. Keeps nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from deskwright.channels import posting
from deskwright.channels.identity import LOOPBACK
from deskwright.engine.saying import _

FORM: Final = "application/x-www-form-urlencoded"
PATIENCE: Final = 20.0
MOST: Final = 100_000
"""Bytes of an answer that are read."""


class OauthTrouble(Exception):
    """The provider gives no token, in its own words. `final`: asking again is useless; somebody must consent anew."""

    def __init__(self, words: str, *, final: bool = False) -> None:
        super().__init__(words)
        self.final = final


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a well-known provider answers; `{tenant}` stands for the organisation at Microsoft."""

    imap_host: str
    smtp_hosts: frozenset[str]
    """Where its access tokens may be shown to send mail."""
    authorize_url: str
    token_url: str
    scope: str
    more: Mapping[str, str] = field(default_factory=dict)
    """Further parameters of the page where somebody consents."""


PROVIDERS: Final[Mapping[str, Provider]] = {
    "google": Provider(
        "imap.gmail.com",
        frozenset({"smtp.gmail.com", "smtp.googlemail.com", "smtp-relay.gmail.com"}),
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "https://mail.google.com/",
        {"access_type": "offline", "prompt": "consent"},
    ),
    "microsoft": Provider(
        "outlook.office365.com",
        frozenset({"smtp.office365.com", "smtp-mail.outlook.com", "outlook.office365.com"}),
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
        {"prompt": "consent"},
    ),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody has consented to."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    access_token: str = field(repr=False)
    seconds: float
    """How long it holds."""
    refresh_token: str = field(default="", repr=False)
    """A new one that takes the old one's place; empty when the old one stays."""


def refresh(grant: Grant, proxy: str = "") -> Token:
    """A fresh access token. Raises OauthTrouble."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": grant.refresh_token,
        "client_id": grant.client_id,
        "client_secret": grant.client_secret,
        "scope": grant.scope,
    }
    return asked(grant.token_url, form, proxy)


def redeem(token_url: str, client_id: str, client_secret: str, code: str, redirect_uri: str, proxy: str = "") -> Token:
    """The tokens for a code that somebody's consent has brought. Raises OauthTrouble."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": client_id,
        "client_secret": client_secret,
    }
    return asked(token_url, form, proxy)


def asked(url: str, form: Mapping[str, str], proxy: str) -> Token:
    answer = posted(url, {name: value for name, value in form.items() if value}, proxy)
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise OauthTrouble(_("The provider's answer holds no access token."))
    try:
        seconds = float(answer.get("expires_in", 3600))
    except (TypeError, ValueError):
        seconds = 3600.0
    renewed = answer.get("refresh_token")
    return Token(token, seconds, renewed if isinstance(renewed, str) else "")


def posted(url: str, form: Mapping[str, str], proxy: str) -> dict[str, Any]:
    """The provider's answer, from this very address: the form holds secrets, so no redirect is followed."""
    body, headers = urlencode(form).encode(), {"Accept": "application/json", "Content-Type": FORM}
    try:
        place = posting.checked(url, private=True)
        if place.scheme != "https" and place.hostname not in LOOPBACK:
            raise OauthTrouble(_("The token address must begin with https://."), final=True)
        answer = posting.exchange("POST", url, body, headers, private=True, timeout=PATIENCE, most=MOST, proxy=proxy)
    except posting.Unreachable as trouble:
        said = _("The provider cannot be reached: %(error)s.", error=str(trouble).rstrip("."))
        raise OauthTrouble(said, final=isinstance(trouble, posting.Unwanted)) from trouble
    if not 200 <= answer.status < 300:
        raise refused(answer.status, answer.content)
    return understood(answer.content)


def understood(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError as trouble:
        raise OauthTrouble(_("The provider's answer is no JSON.")) from trouble
    return said if isinstance(said, dict) else {}


def refused(status: int, body: bytes) -> OauthTrouble:
    """RFC 6749, section 5.2: `invalid_grant` and the like do not get better by themselves."""
    try:
        said = json.loads(body)
        error, words = str(said.get("error", "")), str(said.get("error_description", ""))
    except (ValueError, AttributeError):
        error, words = "", ""
    final = error in {"invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope"}
    return OauthTrouble(f"{error or status}: {' '.join(words.split())[:300]}".rstrip(": "), final=final)
