"""An entry of the audit log in words: its sentence in pieces, so that a page can lead to what it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskwright.desk import audit
from deskwright.web.console.audit_sentences import SENTENCES
from deskwright.web.look import Look

KINDS: Final[dict[str, tuple[str, Promise]]] = {
    audit.CHANGE: ("pencil", _("Changes")),
    audit.ACCESS: ("eye", _("Access to data")),
    audit.SIGN_IN: ("lock", _("Sign-ins")),
}
"""kind -> icon, name"""
DOORS: Final[dict[str, Promise]] = {
    "web": _("Web"),
    "portal": _("Help centre"),
    "api": _("API"),
    "cli": _("Command line"),
}
THINGS: Final[dict[str, Promise]] = {
    "ticket": _("ticket #%(number)s"),
    "customer": _("customer %(number)s"),
    "organisation": _("organisation %(number)s"),
    "mail": _("mail %(number)s of the mail log"),
    "what-if": _("simulation %(number)s"),
}
PAGES: Final = {
    "ticket": ("ticket", "tickets:see"),
    "customer": ("customer", "customers:see"),
    "organisation": ("organisation", "customers:see"),
    "mail": ("mail_one", "mail:manage"),
}
"""kind of thing -> its page, and the right to open it"""
NUMBERED: Final = re.compile(r"([a-z-]+)[: ]([1-9][0-9]{0,17})")
OURS: Final[dict[str, Promise]] = {
    audit.OPERATOR: _("The operator"),
    audit.SOMEBODY: _("Somebody"),
    audit.UNVERIFIED: _("no address that the provider has verified"),
}
"""What the desk itself writes where a name or a subject stands."""
UNKNOWN: Final = "%(who)s: %(what)s"
PLACE: Final = re.compile(r"(%\((?:who|what)\)s)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence. `of`: "who" | "what" | "" for the words between; `url` where there is a page of it."""

    text: str
    of: str = ""
    url: str = ""
    hint: str = ""


def told(entry: Mapping[str, Any], name: str, look: Look) -> tuple[list[Piece], list[Piece]]:
    """The sentence of an entry, and what it is about beside it. `name`: that of the agent, "" for none."""
    template = str(SENTENCES.get(entry["action"], UNKNOWN))
    known = {"", entry["actor_name"], entry["token"]}
    about = [about_of(text, look) for text in (entry["subject"], entry["thing"]) if text not in known]
    if template == UNKNOWN:
        about.insert(0, Piece(entry["action"], "what"))
    who = Piece(name or ours(entry["actor_name"]), "who", hint=entry["actor_name"])
    places = {"%(who)s": who, "%(what)s": about[0] if about else Piece("–", "what")}
    pieces = [places.get(part) or Piece(part.replace("%%", "%")) for part in PLACE.split(template) if part]
    return pieces, about[1:] if "%(what)s" in template else about


def about_of(text: str, look: Look) -> Piece:
    """A thing by its number, with its page where the reader may open it; other words as they are."""
    match = NUMBERED.fullmatch(text)
    if match is None or match[1] not in THINGS:
        return Piece(ours(text), "what")
    page, right = PAGES.get(match[1], ("", ""))
    url = reverse(page, args=[int(match[2])]) if page and look.may(right) else ""
    return Piece(str(THINGS[match[1]]) % {"number": match[2]}, "what", url)


def ours(text: str) -> str:
    return str(OURS.get(text, text))


def line_of(entry: Mapping[str, Any], name: str, look: Look) -> str:
    """The same in one line, as a file has it."""
    sentence, beside = told(entry, name, look)
    said = "".join(piece.text for piece in sentence)
    about = ", ".join(piece.text for piece in beside)
    return gettext("%(said)s: %(about)s") % {"said": said, "about": about} if about else said
