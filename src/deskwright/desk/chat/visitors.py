"""Who sits at a chat window: an anonymous visitor by a token of ours, or somebody whose shop has signed for them.

An address a visitor only types proves nothing: it is where answers go, and joins nobody.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.core import signing
from django.utils.translation import gettext as _

from deskwright.channels.chat import identity
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.chat.widgets import Window
from deskwright.desk.errors import Forbidden

SALT: Final = "chat.visitor"
LASTS: Final = 180 * 24 * 60 * 60
"""Seconds for which a browser is known again."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """`key` is theirs alone within the widget; `user` is the shop's id, empty for somebody anonymous."""

    widget: int
    key: str
    user: str = ""
    email: str = ""
    name: str = ""

    @property
    def person(self) -> Person:
        """As intake knows them. An address counts only when the shop has signed it."""
        if self.email:
            return Person(self.email, self.name)
        return Person(f"{self.widget}:{self.key}", self.name, "visitor")

    @property
    def token(self) -> str:
        known = {"w": self.widget, "k": self.key, "u": self.user, "e": self.email, "n": self.name}
        return signing.dumps({name: value for name, value in known.items() if value}, salt=SALT)


def anonymous(window: Window) -> Visitor:
    return Visitor(window.id, secrets.token_urlsafe(18))


def known(token: str, window: Window) -> Visitor | None:
    """The visitor a token of ours names at this widget; None for any other text."""
    try:
        said = signing.loads(token, salt=SALT, max_age=LASTS)
        visitor = Visitor(said["w"], said["k"], said.get("u", ""), said.get("e", ""), said.get("n", ""))
    except (signing.BadSignature, KeyError, TypeError):
        return None
    return visitor if visitor.widget == window.id else None


def identified(window: Window, *, user: str = "", signature: str = "", token: str = "", now: datetime) -> Visitor:
    """Whom the shop has signed for: the same visitor on each of their machines. Raises Forbidden."""
    try:
        if token:
            signed = identity.by_token(window.secret, token, now)
        else:
            signed = identity.by_signature(window.secret, user, signature, now)
    except identity.Forged as forged:
        raise Forbidden(_("This visitor is not known: %(why)s.") % {"why": forged}) from forged
    digest = sha256(f"{window.key}:{signed.user}".encode()).hexdigest()
    return Visitor(window.id, f"u{digest[:40]}", signed.user, signed.email, signed.name)
