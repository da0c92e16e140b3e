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
}
"""What the desk itself writes where a name stands."""
SUBJECTS: Final[Mapping[tuple[str, str], Promise]] = {
    ("provider.refused", audit.UNVERIFIED): _("no address that the provider has verified"),
}
"""(deed, what the desk itself writes where its subject stands) -> words"""
BY_NUMBER: Final[frozenset[str]] = frozenset(
    {
        "mail.seen", "mail.source", "mail.taken_in", "trial.exported",
        "customer.proved", "customer.told", "customer.signed_in",
    }
)  # fmt: skip
"""Deeds whose subject is a thing with its number; that of any other is what people have written."""
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
    named = "%(what)s" in template
    known = {""} if named else {"", entry["actor_name"], entry["token"]}
    about = [subject_of(entry, look)] if entry["subject"] not in known else []
    about += [thing_of(entry["thing"], look)] if entry["thing"] else []
    if template == UNKNOWN:
        about.insert(0, Piece(entry["action"], "what"))
    who = Piece(name or str(OURS.get(entry["actor_name"], entry["actor_name"])), "who", hint=entry["actor_name"])
    places = {"%(who)s": who, "%(what)s": about[0] if about else Piece("–", "what")}
    pieces = [places.get(part) or Piece(part.replace("%%", "%")) for part in PLACE.split(template) if part]
    return pieces, about[1:] if named else about


def subject_of(entry: Mapping[str, Any], look: Look) -> Piece:
    """What the desk itself writes there in words, anything else as it was written."""
    if entry["action"] in BY_NUMBER:
        return thing_of(entry["subject"], look)
    return Piece(str(SUBJECTS.get((entry["action"], entry["subject"]), entry["subject"])), "what")


def thing_of(text: str, look: Look) -> Piece:
    """A thing by its number, with its page where the reader may open it."""
    match = NUMBERED.fullmatch(text)
    if match is None or match[1] not in THINGS:
        return Piece(text, "what")
    page, right = PAGES.get(match[1], ("", ""))
    url = reverse(page, args=[int(match[2])]) if page and look.may(right) else ""
    return Piece(str(THINGS[match[1]]) % {"number": match[2]}, "what", url)


def line_of(entry: Mapping[str, Any], name: str, look: Look) -> str:
    """The same in one line, as a file has it."""
    sentence, beside = told(entry, name, look)
    said = "".join(piece.text for piece in sentence)
    about = ", ".join(piece.text for piece in beside)
    return gettext("%(said)s: %(about)s") % {"said": said, "about": about} if about else said
