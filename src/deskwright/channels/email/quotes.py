"""What somebody newly wrote in an answer: the text without the conversation quoted below, above or between it.

Cuts only what it recognises. An answer between quoted lines keeps them, and nothing new left means everything is new.
"""

from __future__ import annotations

import re

from deskwright.channels.email.attributions import (
    ABOVE_THIS_LINE,
    ATTRIBUTIONS,
    HEADER_FROM,
    HEADER_OTHER,
    MIGHT_OPEN,
    ORIGINAL,
    QUOTED,
    RULE,
    SENT_FROM,
    SIGNATURE_LINE,
)

LONGEST_ATTRIBUTION = 4
"""Lines over which a mail program breaks "On ..., ... wrote:"."""
LONGEST_SIGNATURE = 25
MOST_LINES = 20_000

BLANK, TEXT, QUOTE, ATTRIBUTION, CUT, SIGNATURE = "btqacs"


def without_quotes(text: str) -> str:
    """The new words, signature included; the whole text when nothing new can be told apart."""
    lines = text.split("\n")[:MOST_LINES]
    kinds = marked(lines)
    cut = kinds.find(CUT)
    if cut >= 0 and TEXT in kinds[:cut]:
        lines, kinds = lines[:cut], kinds[:cut]
    kept = chosen(lines, kinds)
    return tidied(kept) if kept.strip() else text.strip("\n")


def marked(lines: list[str]) -> str:
    """One letter for each line: what it is."""
    kinds: list[str] = []
    place = 0
    while place < len(lines):
        kind, length = kind_at(lines, place)
        kinds.extend(kind * length)
        place += length
    return with_signature("".join(kinds), lines)


def kind_at(lines: list[str], place: int) -> tuple[str, int]:
    """(what begins at this line, over how many lines)"""
    line = lines[place]
    if not line.strip():
        return BLANK, 1
    if ORIGINAL.match(line) or ABOVE_THIS_LINE.search(line) or headers_begin(lines, place):
        return CUT, 1
    length = attribution_length(lines, place)
    if length:
        return (ATTRIBUTION if quotes_follow(lines, place + length) else CUT), length
    return (QUOTE if QUOTED.match(line) else TEXT), 1


def headers_begin(lines: list[str], place: int) -> bool:
    """A block of From, Sent, To, Subject: in some order, in one language, perhaps under a rule."""
    if RULE.match(lines[place]):
        following = [line for line in lines[place + 1 : place + 4] if line.strip()][:1]
        return bool(following) and header_block(lines, lines.index(following[0], place + 1))
    return header_block(lines, place)


def header_block(lines: list[str], place: int) -> bool:
    block = [line for line in lines[place : place + 12] if line.strip()][:7]
    if not HEADER_OTHER.match(block[0]):
        return False
    named = [line for line in block if HEADER_OTHER.match(line)]
    return any(HEADER_FROM.match(line) for line in named[:3]) and len(named) >= 3


def attribution_length(lines: list[str], place: int) -> int:
    """How many lines the "On ... wrote:" here takes; 0 when there is none."""
    if not MIGHT_OPEN.match(lines[place]):
        return 0
    joined = ""
    for length in range(1, LONGEST_ATTRIBUTION + 1):
        following = lines[place + length - 1] if place + length <= len(lines) else ""
        if not following.strip() or (length > 1 and QUOTED.match(following) and not following.lstrip().startswith(">:")):
            return 0
        joined = f"{joined} {following.strip()}".strip()
        if len(joined) > 400:
            return 0
        if any(pattern.match(joined) for pattern in ATTRIBUTIONS):
            return length
    return 0


def quotes_follow(lines: list[str], place: int) -> bool:
    following = next((line for line in lines[place : place + 4] if line.strip()), "")
    return QUOTED.match(following) is not None


def with_signature(kinds: str, lines: list[str]) -> str:
    """The kinds with a signature at the very end marked, so that quotes above it are still at the end of the words."""
    end = len(kinds.rstrip(BLANK))
    for place in range(max(0, end - LONGEST_SIGNATURE), end):
        if kinds[place] == TEXT and SIGNATURE_LINE.match(lines[place]) and set(kinds[place:end]) <= {TEXT, BLANK}:
            return kinds[:place] + SIGNATURE * (end - place) + kinds[end:]
    return kinds


def chosen(lines: list[str], kinds: str) -> str:
    """Drop quotes before the first new word (when introduced) and after the last; attributions anywhere."""
    before = re.match(r"[bqa]*", kinds)
    start = before.end() if before and ATTRIBUTION in before[0] else 0
    after = re.search(r"[bqac]*(?P<signature>s*)b*\Z", kinds[start:])
    end = start + after.start() if after else len(kinds)
    kept = [line for line, kind in zip(lines[start:end], kinds[start:end], strict=True) if kind not in (ATTRIBUTION, CUT)]
    signature = [line for line, kind in zip(lines[end:], kinds[end:], strict=True) if kind == SIGNATURE]
    return "\n".join(kept + ([""] if signature and kept else []) + signature)


def tidied(text: str) -> str:
    """Without rules and blank lines left over at the ends."""
    lines = text.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and (not lines[-1].strip() or RULE.match(lines[-1])):
        lines.pop()
    return "\n".join(lines)


def without_signature(text: str) -> str:
    """The words without what follows a signature line or "Sent from my ..."; all of them when nothing else is there."""
    lines = text.split("\n")
    first = max(0, len(lines) - LONGEST_SIGNATURE)
    for place in range(first, len(lines)):
        if SIGNATURE_LINE.match(lines[place]) or SENT_FROM.match(lines[place]):
            kept = tidied("\n".join(lines[:place]))
            return kept if kept.strip(" \u1427\n-_*=~#") else text
    return tidied(text)
