"""What people say of themselves: their name and signature, how pages look and speak to them, how they are told.

Everybody changes their own account and nobody else's; rights, teams and shifts are given by the desk.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _

from deskwright.channels.telephony import numbers
from deskwright.desk import audit
from deskwright.desk.answering.telling import KINDS
from deskwright.desk.errors import Invalid
from deskwright.desk.settings.saving import saved
from deskwright.store.connection import deed
from deskwright.store.models import Agent

PROFILE: Final = ("name", "signature", "phone", "languages")
LOOKS: Final = ("interface_language", "theme", "time_zone", "shortcuts")
THEMES: Final = ("auto", "light", "dark")
ELSEWHERE: Final = re.compile(r"client:[\w.-]{1,100}|sip:[\w.+-]{1,60}@[\w.-]{1,60}")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
WAYS: Final = dict.fromkeys(KINDS, ("mail", "browser")) | {"mine": ("browser",)}
"""How each kind of notice can be told beside the page, which keeps them all."""


def profile(actor: Agent, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change the name, the signature and the languages one speaks; routing knows them at once. Raises Invalid."""
    if not all(LANGUAGE.fullmatch(one) for one in values["languages"]):
        says = _("Languages are written as en, de, fr.")
        raise Invalid(says, {"languages": says})
    values = {**values, "phone": phone_of(str(values.get("phone", "")).strip())}
    signature = values["signature"].replace("\r\n", "\n").strip()
    keep(actor, {**{name: values[name] for name in PROFILE}, "signature": signature}, now=now, people=True)


def phone_of(written: str) -> str:
    """As it is dialled. Raises Invalid."""
    if not written or ELSEWHERE.fullmatch(written):
        return written
    try:
        return numbers.e164(written)
    except ValueError:
        says = _("Write a number with its country, client:name, or sip:name@host.")
        raise Invalid(says, {"phone": says}) from None


def looks(actor: Agent, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change what is given of language, theme, time zone and keys. Raises Invalid."""
    known: dict[str, Collection[Any]] = {
        "interface_language": {"", *dict(settings.LANGUAGES)},
        "theme": THEMES,
        "time_zone": {"", *available_timezones()},
        "shortcuts": (True, False),
    }
    wrong = {name: _("Please choose one of these.") for name, value in values.items() if value not in known[name]}
    if wrong:
        raise Invalid(_("Please choose one of these."), wrong)
    keep(actor, values, now=now)


def told_by(actor: Agent, chosen: Mapping[str, Collection[str]], *, now: datetime) -> None:
    """Choose by which further ways each kind of notice is told; the page keeps them all. Raises Invalid."""
    if any(set(ways) - set(WAYS.get(kind, ())) for kind, ways in chosen.items()):
        raise Invalid(_("Please choose one of these."))
    keep(actor, {"told_by": {kind: sorted(ways) for kind, ways in chosen.items() if ways}}, now=now)


def keep(actor: Agent, values: Mapping[str, Any], *, now: datetime, people: bool = False) -> None:
    """Write what differs, and note it. Nothing is written when nothing differs."""
    changed = {name: value for name, value in values.items() if getattr(actor, name) != value}
    if not changed:
        return
    before = {name: getattr(actor, name) for name in changed}
    with deed() as sql:
        for name, value in changed.items():
            setattr(actor, name, value)
        actor.save(update_fields=list(changed))
        if people:
            saved(sql, actor, "account.changed", actor.email, now=now, before=before, after=changed, people=True)
        else:
            audit.note(actor, "account.changed", actor.email, now=now, before=before, after=changed)
