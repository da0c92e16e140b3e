"""Deeds on what the installation says of itself: branding, addresses, the mail server, the words of letters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.audit_actions import Action
from deskwright.desk.errors import Invalid
from deskwright.desk.settings import house
from deskwright.desk.settings.mail import known_server
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import seal
from deskwright.store.connection import deed, to_json
from deskwright.store.models import Agent, DeskSettings, LetterTemplate, MailServer, Sender, Team

MOST_LOGO: Final = 200 * 1024
"""Bytes of a logo."""
PICTURES: Final[Mapping[bytes, str]] = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"RIFF": "image/webp",
}
"""How files of these kinds begin."""
BRANDING: Final = ("name", "accent", "portal_title", "portal_about")
MAIL: Final = ("mail_from", "signature", "signatures", "quoting")


def brand(actor: Agent | None, values: Mapping[str, Any], *, now: datetime, logo: bytes | None = None) -> None:
    """Change name, accent (`#rrggbb`), portal texts; a new logo when there is one, none at all with b"".

    Raises Forbidden, and Invalid for a logo that is no small picture.
    """
    require(actor, "branding:manage")
    changed = {name: values[name] for name in BRANDING if name in values}
    if logo is not None:
        changed |= {"logo": logo or None, "logo_type": kind_of(logo) if logo else ""}
    put(actor, "branding.changed", changed, now)


def kind_of(logo: bytes) -> str:
    """Its content type, by its first bytes: what a name says proves nothing. Raises Invalid."""
    if len(logo) > MOST_LOGO:
        raise Invalid(
            _("The logo is too large."), {"logo": _("At most %(most)s kB, please.") % {"most": MOST_LOGO // 1024}}
        )
    for beginning, kind in PICTURES.items():
        if logo.startswith(beginning) and (kind != "image/webp" or logo[8:12] == b"WEBP"):
            return kind
    raise Invalid(_("The logo is no picture."), {"logo": _("A PNG, JPEG or WebP picture, please.")})


def address(actor: Agent | None, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change the address mails come from, and the signature under them. Raises Forbidden."""
    require(actor, "mail:manage")
    put(actor, "mail.changed", {name: values[name] for name in MAIL if name in values}, now)


def mail_server(actor: Agent | None, values: Mapping[str, Any] | None, *, now: datetime) -> None:
    """How mail leaves: host, port, tls (starttls | tls | off), user, password; sealed. None: as the environment says.

    Raises Forbidden.
    """
    require(actor, "mail:manage")
    with deed() as sql:
        before = without_password(known_server())
        secret = seal(to_json(dict(values))) if values else ""
        MailServer.objects.update_or_create(pk=1, defaults={"secret": secret})
        saved(sql, actor, "mail.server", "", now=now, before=before, after=without_password(values or {}))
    house.forget()


def without_password(entered: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entered.items() if name != "password"}


def mail_limits(actor: Agent | None, values: Mapping[str, int], *, now: datetime) -> None:
    """How fast mail leaves: per_minute, at_once, to_domain (see `MailServer`); what is not named stays.

    Raises Forbidden.
    """
    require(actor, "mail:manage")
    with deed() as sql:
        row = MailServer.objects.select_for_update().filter(pk=1).first() or MailServer(pk=1)
        before = {name: getattr(row, name) for name in values}
        MailServer.objects.update_or_create(pk=1, defaults=dict(values))
        saved(sql, actor, "mail.limits", "", now=now, before=before, after=dict(values))
    house.forget()


def put(
    actor: Agent | None,
    action: Action,
    changed: Mapping[str, Any],
    now: datetime,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Write columns of the one row. Pictures are not told to the audit."""
    with deed() as sql:
        row = DeskSettings.objects.select_for_update().filter(pk=1).first() or DeskSettings(pk=1)
        before = {name: getattr(row, name) for name in changed if name != "logo"}
        for name, value in changed.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        after = {**{name: changed[name] for name in before}, **(told or {})}
        saved(sql, actor, action, "", now=now, before=before, after=after)
    house.forget()


def sender(actor: Agent | None, team: Team, values: Mapping[str, Any], *, now: datetime) -> None:
    """The address, name, signature and `signatures` of a team's mails; all empty: as the desk's. Raises Forbidden."""
    require(actor, "mail:manage")
    with deed() as sql:
        if any(values.values()):
            Sender.objects.update_or_create(team=team, defaults=dict(values))
        else:
            Sender.objects.filter(team=team).delete()
        saved(sql, actor, "mail.sender", team.key, now=now, after=dict(values))
    house.forget()


def word(actor: Agent | None, kind: str, language: str, words: house.Words | None, *, now: datetime) -> None:
    """The desk's own words for a letter in a language; None: the programme's again. Raises Forbidden."""
    require(actor, "templates:manage")
    with deed() as sql:
        if words is None:
            LetterTemplate.objects.filter(kind=kind, language=language).delete()
        else:
            LetterTemplate.objects.update_or_create(kind=kind, language=language, defaults=words._asdict())
        saved(sql, actor, "letter.worded", f"{kind} {language}", now=now, after=words._asdict() if words else {})
    house.forget()
