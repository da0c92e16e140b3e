"""The conversation and what happened between its messages, in one order; runs of events are folded into one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deskwright.channels.telephony.values import TEXTS
from deskwright.text.files import SHOWN_TYPES, SOUND_TYPES, harmful
from deskwright.web.workspace.files import pictures_of
from deskwright.web.workspace.markdown import page_html, with_mentions
from deskwright.web.workspace.sentence import Names, Sentence
from deskwright.web.workspace.sentences import told

LOGO: Final = 6 * 1024
"""Bytes below which a picture inside a customer's mail is no more than decoration."""
LARGEST_SHOWN: Final = 10 * 1024 * 1024
SHOWN = 2
"""Sentences of a folded run that are read without opening it."""

SORTS_SHOWN = 3
SORTS: Final[Mapping[str, Callable[[int], str]]] = {
    "timer": lambda n: ngettext("%(number)s warning", "%(number)s warnings", n),
    "triangle-alert": lambda n: ngettext("%(number)s missed target", "%(number)s missed targets", n),
    "bell": lambda n: ngettext("%(number)s notice", "%(number)s notices", n),
    "user": lambda n: ngettext("%(number)s reassignment", "%(number)s reassignments", n),
    "clock": lambda n: ngettext("%(number)s change of a clock", "%(number)s changes of clocks", n),
    "square-pen": lambda n: ngettext("%(number)s change", "%(number)s changes", n),
    "tag": lambda n: ngettext("%(number)s tagging", "%(number)s taggings", n),
    "trending-up": lambda n: ngettext("%(number)s escalation", "%(number)s escalations", n),
    "refresh-cw": lambda n: ngettext("%(number)s new try to route it", "%(number)s new tries to route it", n),
}
"""What a sentence is about, by its sign, in words for several."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message. `quoted` is what the customer's mail carried along; shown on request."""

    row: Mapping[str, Any]

    is_message = True

    @property
    def at(self) -> datetime:
        return self.row["created_at"]

    @property
    def words(self) -> str:
        return self.row["new_text"] or self.row["text"]

    @property
    def html(self) -> SafeString:
        """An agent's Markdown with the pictures it shows."""
        html = page_html(self.words, pictures_of(self.row["attachments"] or (), "picture"))
        return with_mentions(html, self.row["mentions"] or ())

    @property
    def files(self) -> list[Mapping[str, Any]]:
        """What is listed under the message: not the pictures its text shows, nor those of a mail's signature."""
        return [
            file | {"harmful": harmful(file["name"])} for file in self.row["attachments"] or () if not self.tucked(file)
        ]

    @property
    def pictures(self) -> list[Mapping[str, Any]]:
        """Listed files a page may show."""
        return [file for file in self.files if shows(file)]

    @property
    def signature(self) -> list[Mapping[str, Any]]:
        """The pictures of a mail's signature that a page may show; on request."""
        return [file for file in self.row["attachments"] or () if self.decorates(file) and shows(file)]

    @property
    def plain(self) -> bool:
        """Whether it is read as it was typed: customers' words, and what left as a text message."""
        return self.row["kind"] == "customer" or (self.row["kind"] == "agent" and self.row["channel"] in TEXTS)

    @property
    def sounds(self) -> list[Mapping[str, Any]]:
        """Listed files a page may play."""
        return [file for file in self.files if file["type"] in SOUND_TYPES]

    @property
    def quoted(self) -> str:
        """All of the text where it says more than the new words, else ""."""
        whole, new = self.row["text"].strip(), self.row["new_text"].strip()
        return whole if new and whole != new else ""

    @property
    def who(self) -> str:
        """Who said it; a note of nobody is the desk's own."""
        by = self.row["agent"] or self.row["customer"] or self.row["customer_email"]
        return by or (_("The desk") if self.row["kind"] == "note" else "")

    def tucked(self, file: Mapping[str, Any]) -> bool:
        """Shown by the desk's own text, or part of a signature."""
        return self.decorates(file) or (self.row["kind"] != "customer" and bool(file["inline"]))

    def decorates(self, file: Mapping[str, Any]) -> bool:
        """A logo or tracking pixel of a customer's mail."""
        small = self.row["kind"] == "customer" and bool(file["inline"]) and file["size"] < LOGO
        return small or bool(file["logo"])


def shows(file: Mapping[str, Any]) -> bool:
    """Whether it is a picture that a page may show."""
    return file["type"] in SHOWN_TYPES and file["size"] <= LARGEST_SHOWN


@dataclass(slots=True)
class Happened:
    """A run of events between two messages."""

    at: datetime
    sentences: list[tuple[datetime, Sentence]] = field(default_factory=list)

    is_message = False

    @property
    def shown(self) -> list[Sentence]:
        """The most telling sentences, in the order they came."""
        weighty = sorted(self.sentences, key=lambda pair: -pair[1].weight)[:SHOWN]
        return [pair[1] for pair in self.sentences if pair in weighty][:SHOWN]

    @property
    def hidden(self) -> int:
        return len(self.sentences) - len(self.shown)

    @property
    def rest(self) -> str:
        """What is hidden, repeats counted by sort: "5 warnings, 2 notices, 3 more"."""
        hidden = Counter(pair[1].icon for pair in self.sentences) - Counter(sentence.icon for sentence in self.shown)
        repeats = [(sign, number) for sign, number in hidden.most_common() if sign in SORTS and number > 1][
            :SORTS_SHOWN
        ]
        told = [SORTS[sign](number) % {"number": number} for sign, number in repeats]
        left = self.hidden - sum(number for _sign, number in repeats)
        if left:
            told.append(ngettext("%(number)s more", "%(number)s more", left) % {"number": left})
        return ", ".join(told)


def timeline(
    messages: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]], names: Names
) -> list[Said | Happened]:
    """Everything in order of time; a message comes before what it caused."""
    said = [(row["created_at"], 0, row["id"], row) for row in messages]
    happened = [(row["at"], 1, row["id"], row) for row in events]
    entries = sorted(said + happened, key=lambda entry: entry[:3])
    items: list[Said | Happened] = []
    for at, is_event, _number, row in entries:
        if not is_event:
            items.append(Said(row))
        else:
            fold(items, at, told(row, names))
    return items


def fold(items: list[Said | Happened], at: datetime, sentences: Iterator[Sentence]) -> None:
    for sentence in sentences:
        if not items or not isinstance(items[-1], Happened):
            items.append(Happened(at))
        last = items[-1]
        assert isinstance(last, Happened)
        last.sentences.append((at, sentence))


def newest(messages: Sequence[Mapping[str, Any]]) -> int:
    """The id of the newest message, 0 without any: what the agent has on screen."""
    return max((row["id"] for row in messages), default=0)
