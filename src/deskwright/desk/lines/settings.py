"""Deeds on lines: connect a number, change it, switch it, make a new secret, try its credentials, remove it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings as django
from django.utils.translation import gettext as _

from deskwright.channels import posting
from deskwright.channels.telephony import numbers
from deskwright.channels.webhooks.signing import fresh_secret
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.lines import ways
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import seal
from deskwright.store.connection import deed, to_json
from deskwright.store.models import Agent, Line

RIGHT: Final = "channels:manage"
PLAIN: Final = ("name", "number", "provider", "calls", "sms", "whatsapp", "dial")
NEEDED: Final = {"twilio": ("account", "token"), "plain": ()}
KEPT: Final = {"twilio": ("account", "token", "api"), "plain": ("secret", "url")}


def connect(actor: Agent | None, values: Mapping[str, Any], *, now: datetime) -> tuple[Line, str]:
    """A new line, and the secret that plain posts are signed with, shown this once. Raises Forbidden, Invalid."""
    require(actor, RIGHT)
    plain = checked(values)
    kept = credentials(values, {"secret": fresh_secret()})
    with deed() as sql:
        refuse_twice(plain, None)
        line = Line.objects.create(
            **plain, key=secrets.token_urlsafe(9), credentials=seal(to_json(kept)), active=True, created_at=now
        )
        saved(sql, actor, "line.connected", str(line), now=now, after=said(line))
    return line, kept.get("secret", "")


def change(actor: Agent | None, number: int, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change it; secrets that are left empty stay. Raises Forbidden, NotFound, Invalid, Conflict."""
    require(actor, RIGHT)
    plain = checked(values)
    with deed() as sql:
        line = locked(number)
        if plain["provider"] != line.provider:
            raise Conflict(_("Its provider stays what it is: connect the number anew instead."))
        refuse_twice(plain, number)
        before = said(line)
        for name in PLAIN:
            setattr(line, name, plain[name])
        line.credentials = seal(to_json(credentials(values, ways.opened(line))))
        line.save(update_fields=[*PLAIN, "credentials"])
        saved(sql, actor, "line.changed", str(line), now=now, before=before, after=said(line))


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Invalid with the field that is wrong."""
    plain = {name: values[name] for name in PLAIN}
    try:
        plain["number"] = numbers.e164(str(plain["number"]))
    except ValueError:
        said = _("A number is written with its country: +49 30 1234567.")
        raise Invalid(said, {"number": said}) from None
    if plain["provider"] not in KEPT:
        raise Invalid(_("There is no such provider."), {"provider": _("There is no such provider.")})
    if not (plain["calls"] or plain["sms"] or plain["whatsapp"]):
        said = _("Say what the number is for.")
        raise Invalid(said, {"calls": said})
    refuse_dial(plain["dial"])
    return plain


def refuse_dial(template: str) -> None:
    """Raises Invalid for a template that leads nowhere."""
    if template and (
        urlsplit(template).scheme not in {"https", "http", "tel", "sip", "callto"} or "{number}" not in template
    ):
        said = _("It begins with https:// and holds {number}.")
        raise Invalid(said, {"dial": said})


def credentials(values: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """What the provider needs: what was entered, else what is known. Raises Invalid for what is missing."""
    provider = values["provider"]
    kept = {name: str(values.get(name) or known.get(name) or "").strip() for name in KEPT[provider]}
    missing = {name: _("This is needed.") for name in NEEDED[provider] if not kept[name]}
    if missing:
        raise Invalid(_("The provider's credentials are needed."), missing)
    if provider == "plain" and "url" in values:
        kept["url"] = where(str(values["url"] or "").strip())
    return {name: value for name, value in kept.items() if value}


def where(url: str) -> str:
    """Where messages are posted, "" for nowhere. Raises Invalid for an address that is not one to post to."""
    try:
        if url:
            posting.checked(url, private=django.ENV.webhooks_to_private)
    except posting.Unwanted as unwanted:
        raise Invalid(str(unwanted), {"url": str(unwanted)}) from unwanted
    return url


def refuse_twice(plain: Mapping[str, Any], number: int | None) -> None:
    """Two lines with one number for the same kind of message could not be told apart, were both on."""
    others = Line.objects.filter(number=plain["number"]).exclude(pk=number or 0)
    if any(getattr(other, kind) and plain[kind] for other in others for kind in ("calls", "sms", "whatsapp")):
        said = _("This number is connected already.")
        raise Invalid(said, {"number": said})


def switch(actor: Agent | None, number: int, on: bool, *, now: datetime) -> None:
    """Off: what its provider posts is refused, and nothing leaves by it. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        line = locked(number)
        line.active = on
        line.save(update_fields=["active"])
        saved(sql, actor, "line.switched_on" if on else "line.switched_off", str(line), now=now)


def rotate(actor: Agent | None, number: int, *, now: datetime) -> str:
    """A fresh secret for plain posts, at once. Returns it. Raises Forbidden, NotFound, Conflict (not plain)."""
    require(actor, RIGHT)
    with deed() as sql:
        line = locked(number)
        if line.provider != "plain":
            raise Conflict(_("Its posts are signed with the provider's own token."))
        kept = ways.opened(line) | {"secret": fresh_secret()}
        line.credentials = seal(to_json(kept))
        line.save(update_fields=["credentials"])
        saved(sql, actor, "line.secret_rotated", str(line), now=now)
    return str(kept["secret"])


def remove(actor: Agent | None, number: int, *, now: datetime) -> None:
    """Gone; tickets and calls stay. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        line = locked(number)
        before = said(line)
        line.delete()
        saved(sql, actor, "line.removed", f"{before['name']} ({before['number']})", now=now, before=before)


def locked(number: int) -> Line:
    line = Line.objects.select_for_update().filter(pk=number).first()
    if line is None:
        raise NotFound(_("There is no such line."))
    return line


def said(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in PLAIN}
