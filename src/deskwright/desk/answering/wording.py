"""The words of the desk's own letters: the installation's for a language, else the programme's, else English.

Texts are `string.Template`s; every value is escaped in the HTML. Which variables a letter knows stands here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Final, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.errors import Invalid
from deskwright.desk.settings.house import House, Words

MAILS: Final = Path(__file__).resolve().parent / "mails"
ENGLISH: Final = "en"
LANGUAGES: Final[Mapping[str, str]] = dict(sorted(settings.LANGUAGES, key=lambda one: one[0] != ENGLISH))
"""Those the programme has words in; the desk may add others."""
EMPTY_LINES: Final = re.compile(r"\n{3,}")
EMPTY_PARAGRAPH: Final = re.compile(r"<p>\s*</p>\n?")
"""Where a variable had nothing to say."""
CODE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")


class Block(NamedTuple):
    """A value that is written differently in the two halves of a mail; its HTML is escaped already."""

    text: str = ""
    html: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Letter:
    """One kind of letter. `variables`: name -> an example, for the preview."""

    title: str | Promise
    about: str | Promise
    variables: Mapping[str, str]


LETTERS: Final[Mapping[str, Letter]] = {
    "acknowledge": Letter(
        gettext_lazy("Acknowledgement"),
        gettext_lazy("Sent to the customer when a ticket was opened by mail or in the portal."),
        {
            "greeting": "Hello Mina Holt",
            "number": "1042",
            "subject": "Exports are down",
            "promise": "You can expect a first answer by Tuesday 24 November, 11:00 (Europe/Berlin).",
            "articles": "Perhaps this helps already: Exports and their formats",
            "desk": "Our desk",
        },
    ),
    "notice": Letter(
        gettext_lazy("Notice"),
        gettext_lazy("Sent to an agent whom a rule notifies by mail."),
        {
            "subject": "A target is at risk",
            "number": "1042",
            "title": "Exports are down",
            "url": "https://desk.example",
        },
    ),
    "survey": Letter(
        gettext_lazy("Survey"),
        gettext_lazy("Sent to the customer some time after a ticket was solved, where the workflow asks for it."),
        {
            "name": "Mina Holt",
            "number": "1042",
            "subject": "Exports are down",
            "desk": "Our desk",
            **{f"link_{rating}": f"https://desk.example/survey/{rating}" for rating in range(5, 0, -1)},
        },
    ),
}


def worded(kind: str, language: str | None, values: Mapping[str, object], known: House) -> tuple[str, str, str]:
    """(subject or "", plain text, HTML) of a letter in the language nearest to the one asked for."""
    words = words_for(kind, language, known)
    safe = {name: value.html if isinstance(value, Block) else escape(str(value)) for name, value in values.items()}
    subject = " ".join(Template(words.subject).safe_substitute(values).split())
    text = Template(words.text).safe_substitute(values).strip() + "\n"
    html = words.html or "".join(f"<p>{escape(part)}</p>" for part in words.text.strip().split("\n\n"))
    return subject, EMPTY_LINES.sub("\n\n", text), EMPTY_PARAGRAPH.sub("", Template(html).safe_substitute(safe))


def words_for(kind: str, language: str | None, known: House) -> Words:
    """The desk's own words in the language, the programme's in it, then both in English."""
    asked = (language or ENGLISH).lower()
    for one in dict.fromkeys((asked, asked.split("-")[0], ENGLISH)):
        found = known.words.get((kind, one)) or programme(kind, one)
        if found is not None:
            return found
    raise KeyError(kind)


@cache
def programme(kind: str, language: str) -> Words | None:
    """The words that come with the programme, if it has some in this language."""
    name = kind if language == ENGLISH else f"{kind}.{language}"
    if not CODE.fullmatch(language) or not (MAILS / f"{name}.txt").is_file():
        return None
    subject = MAILS / f"{name}.subject"
    parts = [subject.read_text(encoding="utf-8").strip() if subject.is_file() else ""]
    return Words(*parts, *((MAILS / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("txt", "html")))


def check(kind: str, words: Words) -> None:
    """Raises Invalid with a sentence beside each part that names a variable the letter does not know."""
    faults = {name: fault for name, part in words._asdict().items() if (fault := fault_of(kind, part))}
    if not words.text.strip():
        faults["text"] = _("A letter needs words.")
    if faults:
        raise Invalid(_("The letter cannot be used like this."), faults)


def fault_of(kind: str, part: str) -> str:
    known = LETTERS[kind].variables
    if not Template(part).is_valid():
        return _("A $ must be followed by a variable's name; write $$ for a dollar sign.")
    unknown = [name for name in Template(part).get_identifiers() if name not in known]
    if unknown:
        names = {"name": f"${unknown[0]}", "known": ", ".join(f"${name}" for name in known)}
        return _("Nothing is named %(name)s. Known: %(known)s.") % names
    return ""
