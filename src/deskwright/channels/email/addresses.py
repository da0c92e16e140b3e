"""Reads address lists as mail programs write them: groups, comments, encoded names, quotes nobody closed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from deskwright.channels.contract import Address
from deskwright.channels.email.charset import decode
from deskwright.channels.email.cleaning import clean_line
from deskwright.channels.email.headers import decode_words, split_outside_quotes, to_bytes, unquoted

ANGLE = re.compile(r"<([^<>]*)>")
COMMENT = re.compile(r"\(((?:[^()\\]|\\.){0,300})\)")
BARE = re.compile(r'(?:"(?:[^"\\]|\\.){0,100}"|[^\s"(),:;<>@\[\]]{1,200})@[^\s"(),:;<>@]+')
GROUP = re.compile(r'\A\s*(?:"[^"]*"|[^"<>@:;,()]*):(?!//)')
MOST = 500
LONGEST_EMAIL = 320


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    """Every address of the header values, each mailbox once. What has no @ is left out."""
    found: dict[str, Address] = {}
    for value in values:
        for piece in split_outside_quotes(value, ",;")[:MOST]:
            one = address(GROUP.sub("", piece, count=1))
            if one is not None:
                found.setdefault(one.email.lower(), one)
    return tuple(found.values())[:MOST]


def address(written: str) -> Address | None:
    """The mailbox written, None when there is none in it."""
    angles = ANGLE.findall(written)
    if angles and "@" in angles[-1]:
        return made(angles[-1], written[: written.rfind("<")])
    bare = BARE.search(written)
    if bare is None and "=?" in written:
        words = decode_words(written)
        return address(words) if "=?" not in words else None
    if bare is None:
        return None
    comment = COMMENT.search(written)
    return made(bare[0], comment[1] if comment else written[: bare.start()])


def made(email: str, name: str) -> Address | None:
    email = clean_line(re.sub(r"\s+", "", decode(to_bytes(decode_words(email)))), LONGEST_EMAIL)
    local, at, domain = email.rpartition("@")
    if not at or not local or not domain:
        return None
    return Address(shown_name(name), f"{local}@{domain.lower().rstrip('.')}")


def shown_name(written: str) -> str:
    """The display name: quotes taken off, encoded words read (also inside quotes, where they do not belong)."""
    name = clean_line(decode_words(unquoted(written.strip())), 200)
    return name.strip(" '\"") if name.strip(" '\"") else ""
