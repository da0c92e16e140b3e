"""Deeds on how the help centre shows itself: brands for other host names, and the sites that may embed its form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from deskwright.desk.domains.ours import may_send
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings import house
from deskwright.desk.settings.furnishing import kind_of, put
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Brand, DeskSettings

RIGHT: Final = "branding:manage"
HOST: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
PLAIN: Final = (
    "host",
    "name",
    "accent",
    "portal_title",
    "portal_about",
    "tag",
    "address",
    "sender_name",
    "signature",
)
KEPT: Final = (*PLAIN, "signatures")
MOST_ORIGINS: Final = 50


def keep(
    actor: Agent | None, number: int | None, given: Mapping[str, Any], *, now: datetime, logo: bytes | None = None
) -> int:
    """A brand, new without a number; its logo as in `furnishing.brand`. Raises Forbidden, NotFound, Invalid.

    Its signatures are `signature` and, of single languages, `signatures`; the caller has checked them.
    """
    require(actor, RIGHT)
    values: dict[str, Any] = {name: str(given.get(name) or "").strip() for name in PLAIN}
    values["host"] = host(values["host"])
    values["signatures"] = dict(given.get("signatures") or {})
    if values["address"] and not may_send(values["address"], values["host"]):
        says = _("The desk does not send mail from this domain: give it a mailbox there, or a team's sender, first.")
        raise Invalid(says, {"address": says})
    if Brand.objects.filter(host=values["host"]).exclude(pk=number or 0).exists():
        says = _("Another brand has this host name.")
        raise Invalid(says, {"host": says})
    with deed() as sql:
        brand = locked(number) if number else Brand()
        before = {name: getattr(brand, name) for name in KEPT} if number else {}
        for name, value in values.items():
            setattr(brand, name, value)
        if logo is not None:
            brand.logo, brand.logo_type = (logo, kind_of(logo)) if logo else (None, "")
        brand.save()
        moved()
        saved(sql, actor, "brand.kept", brand.host, now=now, before=before, after=values)
    house.forget()
    return int(brand.pk)


def remove(actor: Agent | None, number: int, *, now: datetime) -> None:
    """The host shows the desk's own looks again. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        brand = locked(number)
        before = {name: getattr(brand, name) for name in KEPT}
        brand.delete()
        moved()
        saved(sql, actor, "brand.removed", before["host"], now=now, before=before)
    house.forget()


def embed(actor: Agent | None, origins: Iterable[str], *, now: datetime) -> None:
    """Which sites may show the form in a frame; none: nobody. Raises Forbidden, and Invalid for what is no origin."""
    require(actor, RIGHT)
    known = list(dict.fromkeys(origin(one) for one in origins if one.strip()))
    if len(known) > MOST_ORIGINS:
        says = _("At most %(number)s sites.") % {"number": MOST_ORIGINS}
        raise Invalid(says, {"origins": says})
    put(actor, "embedding.changed", {"embed_origins": known}, now)


def host(text: str) -> str:
    """A host name in lower case, without a port. Raises Invalid."""
    word = text.lower().removeprefix("https://").removeprefix("http://").split("/")[0].split(":")[0]
    try:
        word = word.encode("idna").decode() if word else ""
    except UnicodeError:
        word = ""
    if not HOST.fullmatch(word):
        says = _("A host name is written as help.example.com.")
        raise Invalid(says, {"host": says})
    return word


def origin(text: str) -> str:
    """`https://example.com`, with a port where one was given; nothing that says more in a header. Raises Invalid."""
    parts = urlsplit(text.strip().lower())
    try:
        port = f":{parts.port}" if parts.port else ""
        name = host(parts.hostname or "")
    except (ValueError, Invalid):
        parts, port, name = urlsplit(""), "", ""
    if parts.scheme not in {"http", "https"} or parts.path not in {"", "/"} or parts.query or not name:
        says = _("A site is written as https://www.example.com.")
        raise Invalid(says, {"origins": says})
    return f"{parts.scheme}://{name}{port}"


def locked(number: int) -> Brand:
    brand = Brand.objects.select_for_update().filter(pk=number).first()
    if brand is None:
        raise NotFound(_("There is no such brand."))
    return brand


def moved() -> None:
    """Addresses of styles and logos name the version, so that browsers fetch them anew."""
    row = DeskSettings.objects.get_or_create(pk=1)[0]
    DeskSettings.objects.filter(pk=1).update(version=row.version + 1)
