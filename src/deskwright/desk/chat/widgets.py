"""Chat widgets: what each process knows of them, when they are open, and the deeds that set them up."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings.house import house
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import seal, unseal
from deskwright.store.connection import cursor, deed
from deskwright.store.models import Agent, Widget

RIGHT: Final = "settings:manage"
REMEMBERED: Final = 5.0
"""Seconds; a change is seen everywhere within them."""
ANYWHERE: Final = "*"
ASKS: Final = ("name", "email")


@dataclass(frozen=True, slots=True)
class Window:
    """A widget as the doors need it. `secret` is open here and leaves the process never."""

    id: int
    key: str
    name: str
    colour: str
    origins: frozenset[str]
    greetings: Mapping[str, str]
    hours: str
    asks: Sequence[str]
    brand: int | None
    """Of its conversations; None: that of the host its script comes from."""
    secret: str

    def admits(self, origin: str) -> bool:
        """Whether a page of this origin may show it; the desk's own pages always may."""
        return ANYWHERE in self.origins or origin in self.origins or origin == own_origin()


@dataclass(frozen=True, slots=True)
class Opening:
    """`opens` is when the hours begin again (UTC), where they are over."""

    open: bool
    opens: datetime | None = None


_known: dict[str, tuple[float, Window]] = {}


def remembered(key: str) -> Window | None:
    """The widget as this process knows it, without asking anybody; None when it would have to ask."""
    held = _known.get(key)
    return held[1] if held is not None and held[0] > time.monotonic() else None


def window(key: str) -> Window:
    """The widget of that public key. Raises NotFound, also for one that is switched off."""
    if (held := remembered(key)) is not None:
        return held
    row = Widget.objects.filter(key=key, active=True).first()
    if row is None:
        _known.pop(key, None)
        raise NotFound(_("There is no such chat."))
    found = opened(row)
    _known[key] = (time.monotonic() + REMEMBERED, found)
    return found


def opened(row: Widget) -> Window:
    origins = frozenset(row.origins)
    secret = unseal(row.secret)
    return Window(
        row.pk, row.key, row.name, row.colour, origins, row.greetings, row.hours, row.asks, row.brand_id, secret
    )


def own_origin() -> str:
    return "{0.scheme}://{0.netloc}".format(urlsplit(settings.PUBLIC_URL))


def opening(window: Window, now: datetime) -> Opening:
    """Whether somebody can answer now: the hours are open, and an agent who takes chats is there."""
    calendar = workflows.live().calendars.get(window.hours)
    if calendar is not None and not calendar.is_open(now):
        return Opening(False, calendar.next_open(now))
    row = cursor().execute(SOMEBODY).fetchone()
    return Opening(bool(row and row["there"]))


def set_up(actor: Agent | None, *, now: datetime, **said: Any) -> Widget:
    """A new widget, with a secret of its own. Raises Forbidden, Invalid."""
    require(actor, RIGHT)
    values = checked(said)
    with deed() as sql:
        made = Widget.objects.create(key=fresh_key(), secret=seal(fresh_secret()), created_at=now, **values)
        saved(sql, actor, "widget.set_up", made.name, now=now, after=values)
    return made


def change(actor: Agent | None, number: int, *, now: datetime, **said: Any) -> None:
    """Change how it looks and where it may stand. Raises Forbidden, NotFound, Invalid."""
    require(actor, RIGHT)
    values = checked(said)
    with deed() as sql:
        row = locked(number)
        before = {name: getattr(row, name) for name in values}
        Widget.objects.filter(pk=number).update(**values)
        _known.pop(row.key, None)
        saved(sql, actor, "widget.changed", row.name, now=now, before=before, after=values)


def switch(actor: Agent | None, number: int, on: bool, *, now: datetime) -> None:
    """Switched off, it shows nowhere, and nobody can write by it. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        row = locked(number)
        Widget.objects.filter(pk=number).update(active=on)
        _known.pop(row.key, None)
        saved(sql, actor, "widget.switched_on" if on else "widget.switched_off", row.name, now=now)


def rotate(actor: Agent | None, number: int, *, now: datetime) -> str:
    """A fresh signing secret. The old one lets nobody in any more after `REMEMBERED`; who is in stays in.

    Raises Forbidden, NotFound.
    """
    require(actor, RIGHT)
    secret = fresh_secret()
    with deed() as sql:
        row = locked(number)
        Widget.objects.filter(pk=number).update(secret=seal(secret))
        _known.pop(row.key, None)
        saved(sql, actor, "widget.secret_rotated", row.name, now=now)
    return secret


def remove(actor: Agent | None, number: int, *, now: datetime) -> None:
    """Gone; its conversations stay tickets. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        row = locked(number)
        _known.pop(row.key, None)
        saved(sql, actor, "widget.removed", row.name, now=now)
        row.delete()


def locked(number: int) -> Widget:
    row = Widget.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise NotFound(_("There is no such widget."))
    return row


def checked(said: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Invalid naming the wrong ones."""
    values = dict(said)
    wrong = {}
    if not str(values.get("name", "")).strip():
        wrong["name"] = _("A widget needs a name.")
    hours = values.get("hours") or ""
    if hours and hours not in workflows.live().calendars:
        wrong["hours"] = _("The workflow has no such calendar.")
    values["hours"] = hours
    try:
        values["origins"] = [origin_of(one) for one in values.get("origins") or ()]
    except ValueError as trouble:
        wrong["origins"] = str(trouble)
    if values.get("brand_id") and house().brand(values["brand_id"]) is None:
        wrong["brand_id"] = _("There is no such brand.")
    values["asks"] = [one for one in ASKS if one in (values.get("asks") or ())]
    values["greetings"] = {code: text.strip() for code, text in (values.get("greetings") or {}).items() if text.strip()}
    if wrong:
        raise Invalid(_("The widget cannot be like this."), wrong)
    return values


def origin_of(text: str) -> str:
    """`https://shop.example` as browsers write it. Raises ValueError."""
    if text.strip() == ANYWHERE:
        return ANYWHERE
    parts = urlsplit(text.strip().rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query or "@" in parts.netloc:
        raise ValueError(_("“%(text)s” is no site: write it as https://shop.example.") % {"text": text.strip()[:80]})
    return f"{parts.scheme}://{parts.netloc.lower()}"


def fresh_key() -> str:
    return secrets.token_hex(8)


def fresh_secret() -> str:
    return secrets.token_urlsafe(32)


def forget() -> None:
    """Drop what this process keeps."""
    _known.clear()


SOMEBODY: Final = """
SELECT EXISTS (SELECT FROM store_agent WHERE is_active AND available AND takes_chats AND role <> 'light') AS there
"""
