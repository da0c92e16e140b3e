"""How a mailbox's server is reached: settings for the channel, with a password or a fresh OAuth token; and a try."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from deskwright.channels.email import oauth
from deskwright.channels.email.imap import ImapSettings, ImapTrouble, open_folder
from deskwright.desk import outside
from deskwright.desk.mailboxes.setting import secret_of
from deskwright.desk.mailboxes.standing import renewed, renewing, up_to_date
from deskwright.desk.settings.sealing import Unreadable
from deskwright.engine.saying import _
from deskwright.store.models import Mailbox

EARLY: Final = 60.0
"""Seconds before its end that a token is taken for old."""


Secret = Callable[[], dict[str, str]]
"""What opens a mailbox, read when it is needed: somebody may be renewing it."""


@dataclass(slots=True)
class Keys:
    """The access token of one mailbox while it holds; one for each who fetches. A mailbox that is not saved yet has
    nowhere to keep a new refresh token.
    """

    box: Mailbox | None = None
    token: str = ""
    until: float = 0.0  # on the monotonic clock

    def access(self, secret: Secret) -> str:
        """A token that holds for a while yet. Raises ImapTrouble in the provider's words."""
        if time.monotonic() >= self.until:
            with nullcontext() if self.box is None else renewing(self.box):
                if time.monotonic() >= self.until:  # whoever waited may have been given one meanwhile
                    self._renew(secret())
        return self.token

    def _renew(self, secret: dict[str, str]) -> None:
        try:
            token = oauth.refresh(grant(secret), outside.reach()["proxy"])
        except oauth.OauthTrouble as trouble:
            why = str(trouble) if str(trouble).endswith(".") else f"{trouble}."
            said = _("The provider gives no access: %(why)s", why=why)
            if trouble.final:
                said = _("The provider gives no access: %(why)s Sign in to the provider again.", why=why)
            raise ImapTrouble(said, login=True) from trouble
        self.token, self.until = token.access_token, time.monotonic() + max(0.0, token.seconds - EARLY)
        if token.refresh_token and token.refresh_token != secret["refresh_token"] and self.box is not None:
            renewed(self.box, token.refresh_token)

    def forget(self) -> None:
        self.until = 0.0


def grant(secret: Mapping[str, str]) -> oauth.Grant:
    names = ("token_url", "client_id", "client_secret", "refresh_token", "scope")
    return oauth.Grant(**{name: secret.get(name, "") for name in names})


def server_of(box: Mailbox, keys: Keys) -> ImapSettings:
    """What the channel needs to know. Raises ImapTrouble."""
    try:
        return settings(box, lambda: secret_of(up_to_date(box)), keys)
    except Unreadable as trouble:
        raise ImapTrouble(str(trouble), login=True) from trouble


def settings(box: Mailbox, secret: Secret, keys: Keys) -> ImapSettings:
    proof: dict[str, Any] = (
        {"password": secret().get("password", "")} if box.auth == "password" else {"access_token": keys.access(secret)}
    )
    return ImapSettings(box.host, box.port, box.tls, box.user, box.folder, **proof)


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try ended: what the server said, or how many mails it has and how many of them would be taken in."""

    trouble: str = ""
    mails: int = 0
    wanted: int = 0
    notes: list[str] = field(default_factory=list)


def try_out(box: Mailbox, secret: Secret, keys: Keys | None = None) -> Tried:
    """Sign in and look, keeping nothing. `box` need not be saved."""
    keys = keys or Keys()
    try:
        folder = open_folder(settings(box, secret, keys))
    except ImapTrouble as trouble:
        return Tried(str(trouble))
    try:
        mails = folder.uids()
        wanted = folder.uids(since=box.begins_at) if box.begins_at else mails
        return Tried(mails=len(mails), wanted=len(wanted))
    except ImapTrouble as trouble:
        return Tried(str(trouble))
    finally:
        folder.close()
