"""Deeds on alert sources: set up, change, rotate the secret, switch, test, remove."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from deskwright.channels.alerts.signals import FORMS, GROUPED, Signal
from deskwright.channels.webhooks.signing import fresh_secret
from deskwright.desk.alerts import taking
from deskwright.desk.alerts.door import PATH, forget, known_by
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import seal
from deskwright.store.connection import deed
from deskwright.store.models import Agent, AlertSource

RIGHT: Final = "channels:manage"
OVERLAP: Final = timedelta(hours=24)
"""How long the secret before a rotation is still good."""
PLAIN: Final = ("name", "form", "by", "grouped", "solves")


def set_up(actor: Agent | None, values: Mapping[str, Any], *, now: datetime) -> tuple[AlertSource, str]:
    """A new source and its secret, which is shown this once. Raises Forbidden, Invalid."""
    require(actor, RIGHT)
    values = checked(values)
    secret = fresh_secret()
    with deed() as sql:
        source = AlertSource.objects.create(
            **values, key=secrets.token_urlsafe(9), secret=seal(secret), active=True, created_at=now
        )
        saved(sql, actor, "alert_source.set_up", source.name, now=now, after=said(source))
    return source, secret


def change(actor: Agent | None, number: int, values: Mapping[str, Any], *, now: datetime) -> None:
    """Raises Forbidden, NotFound, Invalid."""
    require(actor, RIGHT)
    values = checked(values)
    with deed() as sql:
        source = locked(number)
        before = said(source)
        for name in PLAIN:
            setattr(source, name, values[name])
        source.save(update_fields=PLAIN)
        saved(sql, actor, "alert_source.changed", source.name, now=now, before=before, after=said(source))
    forget()


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    if values["form"] not in FORMS or values["grouped"] not in GROUPED:
        raise Invalid(_("Alerts are read as plain JSON or as Alertmanager sends them."), {"form": "unknown"})
    if not values["name"].strip():
        raise Invalid(_("It needs a name."), {"name": _("It needs a name.")})
    return {name: values[name] for name in PLAIN}


def switch(actor: Agent | None, number: int, on: bool, *, now: datetime) -> None:
    """Off: what it posts is refused. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        source = locked(number)
        source.active = on
        source.save(update_fields=["active"])
        saved(sql, actor, "alert_source.switched_on" if on else "alert_source.switched_off", source.name, now=now)
    forget()


def rotate(actor: Agent | None, number: int, *, now: datetime) -> str:
    """A fresh secret; the one before is good too for a day. Returns the new one. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    secret = fresh_secret()
    with deed() as sql:
        source = locked(number)
        source.previous_secret, source.previous_until, source.secret = source.secret, now + OVERLAP, seal(secret)
        source.save(update_fields=["previous_secret", "previous_until", "secret"])
        saved(sql, actor, "alert_source.secret_rotated", source.name, now=now)
    forget()
    return secret


def remove(actor: Agent | None, number: int, *, now: datetime) -> None:
    """Gone; its tickets stay. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        source = locked(number)
        before = said(source)
        source.delete()
        saved(sql, actor, "alert_source.removed", before["name"], now=now, before=before)
    forget()


def test(actor: Agent, number: int, *, now: datetime) -> int:
    """Let a test alert fire and end, as if the source had sent it. Returns its ticket. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    source = AlertSource.objects.filter(pk=number).first()
    if source is None:
        raise NotFound(_("There is no such source."))
    words = _("This shows how alerts of %(name)s arrive. Nothing is wrong.") % {"name": source.name}
    known, key = known_by(source), f"test/{now:%Y%m%d%H%M%S%f}"
    fires = Signal(key, True, _("A test alert"), words, "info", {"asked_by": actor.name})
    (taken,) = taking.receive([taking.Post(known, (fires,))], now)
    if isinstance(taken, Exception):
        raise taken
    taking.receive([taking.Post(known, (Signal(key, False, fires.title),))], now)
    return taken.tickets[0]


def address(source: AlertSource) -> str:
    """Where it posts."""
    return settings.PUBLIC_URL.rstrip("/") + PATH + source.key


def locked(number: int) -> AlertSource:
    source = AlertSource.objects.select_for_update().filter(pk=number).first()
    if source is None:
        raise NotFound(_("There is no such source."))
    return source


def said(source: AlertSource) -> dict[str, Any]:
    return {name: getattr(source, name) for name in PLAIN}
