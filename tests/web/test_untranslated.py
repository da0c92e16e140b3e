"""No English word reaches a page without passing through a catalogue: every page, in a language of other letters.

The catalogue of that language is made by the letter, so what is still written in ours was either never marked, or is
the desk's own: what people wrote, the names in the workflow, addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any, Final
from zoneinfo import available_timezones

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from deskwright.desk import clock, workflows
from deskwright.engine.loading.rules import AUTOMATION_KEYS
from deskwright.store.models import Agent
from deskwright.web import words as spoken
from deskwright.web.lists import lines
from deskwright.web.templatetags import desk
from deskwright.web.workspace import countdown
from tests.browser import furnished, pages

LETTERS: Final = str.maketrans({chr(at): chr(at - 0x21 + 0xFF01) for at in range(0x41, 0x7B) if chr(at).isalpha()})
"""Every letter in its full width."""
KEPT: Final = re.compile(r"%\(\w+\)[\d.]*[a-z]|%[sd]|\{\w*\}|<[^>]*>|&#?\w+;|https?://\S+")
"""What is no word of a message: places of values, elements, entities, addresses."""
UNREAD: Final = frozenset({"script", "style", "svg", "code", "pre", "textarea", "template", "kbd", "time"})
SPOKEN: Final = frozenset({"title", "aria-label", "placeholder", "alt", "aria-description", "aria-roledescription"})
WORD: Final = re.compile(r"[^\W\d_\uff00-\uffef]{2,}")
RUN: Final = re.compile(r"[^\W\d_\uff00-\uffef](?:[^\W\uff00-\uffef]|['’.# -])*")
DOTTED: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+|[\w.-]+/[\w./-]+")
"""Addresses, and names of the interface for programs."""
SAID: Final = {
    "store_ticketevent": {"data", "trace"},
    "store_notice": {"subject"},
    "store_auditentry": {"action"},
    "store_rawinput": {"reason"},
    "store_delivery": {"last_error"},
    "store_mailbox": {"error"},
}
"""Columns that hold what the desk said, in its own words."""
NAMES: Final = frozenset(
    {
        "deskwright", "lanternfish", "english", "deutsch", "español", "français", "kb", "mb", "gb", "ms", "utc", "id",
        "url", "api", "csv", "json", "jsonl", "svg", "png", "gif", "jpeg", "smtp", "imap", "lmtp", "http", "https",
        "oauth", "saml", "oidc", "openid", "totp", "dkim", "spf", "dmarc", "dns", "mx", "txt", "sla", "vip", "yaml",
        "markdown", "html", "css", "postgresql", "esc", "ctrl", "enter", "tab", "shift", "alt", "whatsapp", "twilio",
        "google", "microsoft", "mailgun", "mailjet", "postmark",
        "sparkpost", "alertmanager", "lines", "vega", "日本語",
    }
)  # fmt: skip
"""Spelled alike in every language."""
OTHERS: Final = frozenset({pages.GUARDED, pages.HALF})
"""They set up second steps, which takes a real browser."""


def widened(message: str) -> str:
    """The message in the language of wide letters."""
    parts = KEPT.split(message)
    kept = [*KEPT.findall(message), ""]
    return "".join(part.translate(LETTERS) + place for part, place in zip(parts, kept, strict=True))


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue that has every message."""
    trans: Any = translation._trans  # type: ignore[attr-defined]
    with translation.override("en"):
        several = lambda one, many, count: widened(one if count == 1 else many)  # noqa: E731
        monkeypatch.setattr(trans, "gettext", widened)
        monkeypatch.setattr(trans, "pgettext", lambda context, message: widened(message))
        monkeypatch.setattr(trans, "ngettext", several)
        monkeypatch.setattr(trans, "npgettext", lambda context, *known: several(*known))
        forget()
        yield
    forget()


def forget() -> None:
    """What was drawn once for a language, in the words it had then."""
    desk.stood.clear()
    for kept in (desk.drawn_sign, lines.line_of, lines.stencil_of, lines.state_of, countdown.title_in, spoken.written):
        kept.cache_clear()


class Reader(HTMLParser):
    """What somebody reads on a page, and what is read to them."""

    def __init__(self) -> None:
        super().__init__()
        self.unread: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNREAD or ("translate", "no") in attrs:
            self.unread.append(tag)
        if not self.unread:
            self.said += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self.unread and tag == self.unread[-1]:
            self.unread.pop()

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.said.append(data)


@pytest.fixture
def known(db: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> furnished.Known:
    monkeypatch.setattr(clock, "now", lambda: now)
    return furnished.furnish(now)


def test_every_word_of_every_page_is_the_desks_own_or_translated(known: furnished.Known, wide: None) -> None:
    own = written()
    faults: dict[str, set[str]] = {}
    for name, answer in opened(known):
        for words in foreign(answer.content.decode(), own):
            faults.setdefault(words, set()).add(name)
    assert not faults, "\n".join(f"{words!r} on {', '.join(sorted(on)[:3])}" for words, on in sorted(faults.items()))


def opened(known: furnished.Known) -> Iterator[tuple[str, HttpResponse]]:
    clients = {pages.ADMIN: Client(), pages.STRANGER: Client(), pages.CUSTOMER: Client()}
    clients[pages.ADMIN].force_login(Agent.objects.get(email__startswith="odile@"))
    clients[pages.CUSTOMER].post(f"/help/enter/{known['way_in']}/")
    for name, (who, path) in pages.PAGES.items():
        if who not in OTHERS:
            yield name, clients[who].get(path.format(**known), follow=True)


def foreign(page: str, own: str) -> Iterator[str]:
    """Runs of words in our letters that nobody at the desk has written."""
    reader = Reader()
    reader.feed(page)
    for text in reader.said:
        for run in RUN.findall(DOTTED.sub(" | ", text)):
            words = [word for word in WORD.findall(run) if word.lower() not in NAMES]
            if words and plain(run.rstrip(" 0123456789.-#'’")) not in own:
                yield run


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower().replace("_", " ")))


def written() -> str:
    """Everything people wrote, in one text: names, messages, settings, the workflow."""
    found = [workflows.live().text, STARTER.read_text(), *available_timezones(), *AUTOMATION_KEYS]
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, columns in cursor.fetchall():
            kept = [column for column in columns if column not in SAID.get(table, ())]
            cursor.execute("SELECT {} FROM {}".format(", ".join(f'"{column}"::text' for column in kept), table))
            found += [value for row in cursor.fetchall() for value in row if value]
    return f" {plain(' | '.join(found))} "


STARTER: Final = files("deskwright.engine") / "starter.yaml"
COLUMNS: Final = """
SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
WHERE table_schema = 'public' AND table_name LIKE 'store_%'
  AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY')
GROUP BY table_name
"""
