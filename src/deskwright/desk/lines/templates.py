"""Deeds on a line's message templates: keep one that its provider has approved, change it, remove it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.channels.telephony.templates import LONGEST, names_in
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.lines.settings import RIGHT, locked
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.store.connection import deed
from deskwright.store.models import Agent, MessageTemplate

FIELDS: Final = ("name", "language", "text", "variables", "reference")


def keep(
    actor: Agent | None, line: int, number: int | None, values: Mapping[str, Any], *, now: datetime
) -> MessageTemplate:
    """A new one (`number` None), or one changed. Raises Forbidden, NotFound, Invalid, and Conflict without WhatsApp."""
    require(actor, RIGHT)
    with deed() as sql:
        home = locked(line)
        if not home.whatsapp:
            raise Conflict(_("Templates are for WhatsApp, and this number does not take it."))
        checked = checked_values(values, home.provider)
        others = MessageTemplate.objects.filter(line=home, name=checked["name"], language=checked["language"])
        if others.exclude(pk=number or 0).exists():
            said = _("There is a template of this name in this language.")
            raise Invalid(said, {"name": said})
        found = MessageTemplate(line=home) if number is None else one(line, number)
        before = None if number is None else said_of(found)
        for name, value in checked.items():
            setattr(found, name, value)
        found.save()
        name = f"{home}: {found.name}"
        saved(sql, actor, "line.template_kept", name, now=now, before=before, after=said_of(found))
    return found


def checked_values(values: Mapping[str, Any], provider: str) -> dict[str, Any]:
    """Raises Invalid with the field that is wrong."""
    kept = {name: values[name] for name in FIELDS}
    text = kept["text"] = str(kept["text"]).replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST:
        said = _("A template has 1 to %(longest)s characters.") % {"longest": f"{LONGEST:,}"}
        raise Invalid(said, {"text": said})
    if provider == "twilio" and not kept["reference"]:
        said = _("Twilio knows it by its Content SID.")
        raise Invalid(said, {"reference": said})
    unknown = [name for name in kept["variables"] if name not in names_in(text)]
    if unknown:
        said = _("The text has no %(names)s.") % {"names": ", ".join(f"{{{{{name}}}}}" for name in unknown)}
        raise Invalid(said, {"variables": said})
    return kept


def remove(actor: Agent | None, line: int, number: int, *, now: datetime) -> None:
    """Gone; what was sent by it stays. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        home, found = locked(line), one(line, number)
        before = said_of(found)
        found.delete()
        saved(sql, actor, "line.template_removed", f"{home}: {before['name']}", now=now, before=before)


def one(line: int, number: int) -> MessageTemplate:
    found = MessageTemplate.objects.filter(pk=number, line=line).first()
    if found is None:
        raise NotFound(_("There is no such template."))
    return found


def said_of(found: MessageTemplate) -> dict[str, Any]:
    return {name: getattr(found, name) for name in FIELDS}
