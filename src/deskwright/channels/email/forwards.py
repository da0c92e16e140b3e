"""A mail passed on: who wrote it first and what, from the header block above it, in many languages.

Guesses nothing from other words; whose forwards are believed is the desk's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from deskwright.channels.contract import Address
from deskwright.channels.email.addresses import address
from deskwright.channels.email.attributions import FORWARDED, FROM, HEADER_FROM, HEADER_OTHER, ORIGINAL
from deskwright.channels.email.cleaning import clean_line
from deskwright.channels.email.parse import parse

MARK: Final = re.compile(
    r"\A\s*(?:fwd?|wg|tr|rv|i|enc|doorst|vs|vb|fs|pd|转发|轉寄|転送|пересл)\s*[:：]\s*", re.IGNORECASE
)
"""How a subject says so."""
SUBJECT: Final = re.compile(
    r"\s*\*?(?:subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|předmět|тема|konu|aihe|tárgy|主题|主旨|件名|제목)"
    r"\s?\*?\s?[:：]\*?\s*(.{1,500})",
    re.IGNORECASE,
)
LONGEST_BLOCK: Final = 14
"""Lines."""


class Forwarded(NamedTuple):
    author: Address
    subject: str
    text: str
    above: str
    """What whoever passed it on wrote themselves."""


def forwarded(subject: str, text: str) -> Forwarded | None:
    """The first mail in this one, where its subject says that it is passed on; None when nobody is named."""
    if MARK.match(subject) is None:
        return None
    lines = text.split("\n")
    start = next((place for place in range(len(lines)) if HEADER_FROM.match(lines[place][:300])), None)
    if start is None:
        return None
    end = start
    while end < len(lines) and end - start < LONGEST_BLOCK and (lines[end].strip() == "" or of_block(lines, end)):
        if lines[end].strip() == "" and end > start and not of_block(lines, end + 1):
            break
        end += 1
    block = lines[start:end]
    author = (
        address(re.sub(rf"\A\s*\*?(?:{FROM})\s?\*?\s?[:：]\*?", "", block[0], flags=re.IGNORECASE)) if block else None
    )
    if author is None or sum(HEADER_OTHER.match(line[:300]) is not None for line in block) < 2:
        return None
    named = next((match[1] for line in block if (match := SUBJECT.match(line))), "")
    above = "\n".join(line for line in lines[:start] if not introduces(line)).strip()
    return Forwarded(author, clean_line(named) or MARK.sub("", subject), "\n".join(lines[end:]).strip(), above)


def enclosed(subject: str, above: str, mails: Sequence[bytes]) -> Forwarded | None:
    """As `forwarded`, for a mail that is passed on as the one file of its kind; `above` are the words around it."""
    if len(mails) != 1 or MARK.match(subject) is None:
        return None
    inner = parse(mails[0])
    if inner.from_ is None:
        return None
    return Forwarded(inner.from_, inner.subject or MARK.sub("", subject), inner.text.strip(), above.strip())


def of_block(lines: list[str], place: int) -> bool:
    return place < len(lines) and HEADER_OTHER.match(lines[place][:300]) is not None


def introduces(line: str) -> bool:
    return FORWARDED.match(line[:300]) is not None or ORIGINAL.match(line[:300].strip(" \t>*_=-")) is not None
