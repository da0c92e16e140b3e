"""Doors for mail by HTTP: a secret address for each provider; signed requests where the provider signs."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from deskwright.desk.arriving import intake
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.mailboxes.setting import RIGHT
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import seal, unseal
from deskwright.store.connection import deed
from deskwright.store.models import Agent, MailDoor


@dataclass(frozen=True, slots=True)
class Provider:
    name: str
    signs: bool
    """Its requests carry a signature made with a key that is to be entered."""


PROVIDERS: Final[Mapping[str, Provider]] = {
    "mailgun": Provider("Mailgun", signs=True),
    "postmark": Provider("Postmark", signs=False),
    "sparkpost": Provider("SparkPost", signs=False),
    "mailjet": Provider("Mailjet", signs=False),
}


def open_door(actor: Agent | None, provider: str, key: str, *, now: datetime) -> str:
    """The address of a new door; one that was open before is shut. Raises Forbidden, NotFound, Invalid."""
    require(actor, RIGHT)
    if provider not in PROVIDERS:
        raise NotFound(_("There is no such provider."))
    if PROVIDERS[provider].signs and not key.strip():
        raise Invalid(_("This provider signs: enter its key."), {"key": _("Enter the key the provider signs with.")})
    secret = secrets.token_urlsafe(24)
    with deed() as sql:
        kept = {"secret": seal(secret), "key": seal(key.strip()) if key.strip() else "", "used_at": None}
        MailDoor.objects.update_or_create(provider=provider, defaults={**kept, "created_at": now})
        saved(sql, actor, "mail_door.opened", provider, now=now)
    return address(provider, secret)


def shut(actor: Agent | None, provider: str, *, now: datetime) -> None:
    """Nothing comes in by it any more. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        if not MailDoor.objects.filter(provider=provider).delete()[0]:
            raise NotFound(_("This door is not open."))
        saved(sql, actor, "mail_door.shut", provider, now=now)


def listed(actor: Agent | None) -> list[tuple[str, Provider, MailDoor | None, str]]:
    """(key, provider, its door, the door's address), of every provider. Raises Forbidden."""
    require(actor, RIGHT)
    doors = {door.provider: door for door in MailDoor.objects.all()}
    return [(key, one, doors.get(key), shown(doors.get(key))) for key, one in PROVIDERS.items()]


def shown(door: MailDoor | None) -> str:
    return address(door.provider, unseal(door.secret)) if door else ""


def address(provider: str, secret: str) -> str:
    return f"{settings.ENV.public_url}/mail-in/{provider}/{secret}/"


def entered(provider: str, secret: str) -> MailDoor:
    """The door that this secret opens. Raises NotFound."""
    door = MailDoor.objects.filter(provider=provider).first()
    if door is None or not hmac.compare_digest(unseal(door.secret).encode(), secret.encode()):
        raise NotFound(_("There is no such address."))
    return door


def take_in(door: MailDoor, mails: Sequence[tuple[Mapping[str, Any], bytes]], now: datetime) -> list[int]:
    """Keep what a provider hands in; committed when this returns."""
    with deed():
        MailDoor.objects.filter(pk=door.pk).update(used_at=now)
        return intake.journal_many("email", [({**told, "peer": door.provider}, raw) for told, raw in mails], now)
