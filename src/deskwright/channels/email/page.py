"""Reads an HTML mail as plain text, and knows which of it the mail program marks as the message answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from deskwright.channels.email.html import DROPPED, TAGS, bounded

DEEPEST_QUOTE = 20
READ_ATTRIBUTES = {"*": {"class", "id", "style"}, "img": {"alt"}, "a": {"href"}, "blockquote": {"type", "cite"}}
CLEANER = nh3.Cleaner(
    tags=TAGS, clean_content_tags=DROPPED, attributes=READ_ATTRIBUTES, link_rel=None, url_schemes=set()
)

BLOCKS = {"div", "p", "table", "tr", "ul", "ol", "li", "pre", "blockquote", "center", "dl", "dt", "dd", "hr"} | {
    f"h{level}" for level in range(1, 7)
}
SPACED = {"p", "ul", "ol", "table", "pre", "blockquote"} | {f"h{level}" for level in range(1, 7)}
QUOTE_CLASS = re.compile(
    r"(?:^|\s)(?:gmail_quote(?:_container)?|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|ntes-mailmaster-quote"
    r"|gmail_extra_quote|ms-outlook-mobile-reference-message|front-blockquote|moz-forward-container)(?:$|\s)"
)
REST_IS_QUOTE_ID = re.compile(
    r"^(?:x_)*(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container)$"
)
REST_IS_QUOTE_STYLE = re.compile(r"border:none;\s*border-top:\s*solid #(?:E1E1E1|B5C4DF) 1\.0pt", re.IGNORECASE)
SPACE = re.compile(r"[ \t\n\r\f\u00a0]+")
MANY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Page:
    text: str
    """All of it; quotes start with "> "."""
    reply: str
    """Without what the mail program marks as the message answered."""


def read_page(page: str) -> Page:
    """An HTML mail as text."""
    reader = Reader()
    reader.feed(CLEANER.clean(bounded(page)))
    reader.close()
    text = tidied(reader.lines)
    return Page(text, tidied(reader.reply_lines()))


def tidied(lines: list[str]) -> str:
    return MANY_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def tight(known: dict[str, str | None]) -> bool:
    """Word's paragraphs have no space between them; an empty one of their own makes it."""
    return "MsoNormal" in (known.get("class") or "")


class Reader(HTMLParser):
    """Writes lines, with the depth of quoting; remembers where marked quotes begin and end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self._depth = 0
        self._preformatted = 0
        self._open: list[str] = []
        self._quote_level: int | None = None
        self._quotes: list[tuple[int, int | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "br":
            self.lines.append(self._prefix())
        elif tag in BLOCKS:
            self._new_line(blank=tag in SPACED and not tight(known))
        if tag in ("br", "img", "hr", "col"):
            return
        self._open.append("p-tight" if tag == "p" and tight(known) else tag)
        self._begin_quote(known)
        if tag == "blockquote":
            self._depth += 1
            self._restart()
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "li":
            self._write("- ")
        elif tag in ("td", "th") and self._current().strip():
            self._write(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p" and "p-tight" in self._open:
            tag = "p-tight"
        if tag not in self._open:
            return
        while self._open and self._open[-1] != tag:
            self._open.pop()
        self._open.pop()
        self._end_quote()
        if tag == "pre":
            self._preformatted -= 1
        if tag == "blockquote":
            self._depth -= 1
        if tag == "p-tight":
            self.lines.append(self._prefix())
        elif tag in BLOCKS:
            self._new_line(blank=tag in SPACED)

    def handle_data(self, data: str) -> None:
        if self._preformatted:
            first, *rest = data.split("\n")
            self._write(first)
            self.lines.extend(self._prefix() + line for line in rest)
            return
        words = SPACE.sub(" ", data)
        self._write(words if self._current() else words.lstrip())

    def reply_lines(self) -> list[str]:
        """The lines outside marked quotes."""
        kept, start = [], 0
        for begin, end in self._quotes:
            kept.extend(self.lines[start:begin])
            start = len(self.lines) if end is None else end
        return kept + self.lines[start:]

    def _begin_quote(self, known: dict[str, str | None]) -> None:
        if self._quote_level is not None:
            return
        contained = QUOTE_CLASS.search(known.get("class") or "")
        style, name = known.get("style") or "", known.get("id") or ""
        to_the_end = REST_IS_QUOTE_ID.match(name) or REST_IS_QUOTE_STYLE.search(style)
        if contained or to_the_end:
            self._new_line(blank=False)
            self._quotes.append((len(self.lines) - 1, None))
            self._quote_level = len(self._open) if contained and not to_the_end else -1

    def _end_quote(self) -> None:
        if self._quote_level is not None and len(self._open) < self._quote_level:
            self._new_line(blank=False)
            self._quotes[-1] = (self._quotes[-1][0], len(self.lines) - 1)
            self._quote_level = None

    def _prefix(self) -> str:
        return ">" * min(self._depth, DEEPEST_QUOTE) + (" " if self._depth else "")

    def _current(self) -> str:
        return self.lines[-1][len(self._prefix()) :]

    def _write(self, words: str) -> None:
        self.lines[-1] += words

    def _new_line(self, blank: bool) -> None:
        if self._current().strip():
            self.lines.append(self._prefix())
        else:
            self._restart()
        if blank and len(self.lines) > 1 and self.lines[-2].strip("> "):
            self.lines.append(self._prefix())

    def _restart(self) -> None:
        if not self.lines[-1].strip("> "):
            self.lines[-1] = self._prefix()
