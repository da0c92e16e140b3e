"""What somebody newly wrote in an answer: the text without the conversation quoted below, above or between it.

Cuts only what it recognises. An answer between quoted lines keeps them, and nothing new left means everything is new.
"""

from __future__ import annotations

import re

from deskwright.channels.email.attributions import (
    ABOVE_THIS_LINE,
    BY_DATE,
    BY_VERB,
    FORWARDED,
    HEADER_FROM,
    HEADER_OTHER,
    LINK_REST,
    MID_LINE,
    MIGHT_END,
    MIGHT_OPEN,
    ORIGINAL,
    QUOTED,
    RULE,
    SENT_FROM,
    SIGNATURE_LINE,
    VERB,
)

LONGEST_ATTRIBUTION = 4
"""Lines over which a mail program breaks "On ..., ... wrote:"."""
LONGEST_SIGNATURE = 25
LONE_END = re.compile(r"\s*>\s*:\s*\Z")
"""The end of "<ada@example.com>:", broken before its last two characters."""
MOST_LINES = 5_000
"""What comes after is taken as it is."""

LONGEST_LINE = 300
"""Characters: no mail program introduces a quote in a longer line."""
MOST_TRIED = 300
"""Lines that are looked at closely in one mail: logs are full of lines that begin like attributions."""

BLANK, TEXT, QUOTE, ATTRIBUTION, CUT, SIGNATURE = "btqacs"


def without_quotes(text: str) -> str:
    """The new words, signature included; the whole text when nothing new can be told apart."""
    lines = (MID_LINE.sub(r"\n\1", text) if "wrote:" in text else text).split("\n")
    kinds = marked(lines[:MOST_LINES]) + TEXT * (len(lines) - MOST_LINES)
    cut = kinds.find(CUT)
    if cut >= 0 and TEXT in kinds[:cut]:
        lines, kinds = lines[:cut], kinds[:cut]
    kept = chosen(lines, kinds)
    return tidied(kept) if kept.strip() else text.strip("\n")


def marked(lines: list[str]) -> str:
    """One letter for each line: what it is."""
    kinds: list[str] = []
    place, tries = 0, MOST_TRIED
    while place < len(lines):
        if FORWARDED.match(lines[place][:LONGEST_LINE]):
            return "".join(kinds) + TEXT * (len(lines) - place)
        tries -= MIGHT_OPEN.match(lines[place][:LONGEST_LINE]) is not None
        kind, length = kind_at(lines, place, closely=tries > 0)
        kinds.extend(kind * length)
        place += length
    return with_signature(with_broken_quotes("".join(kinds), lines), lines)


def kind_at(lines: list[str], place: int, *, closely: bool) -> tuple[str, int]:
    """(what begins at this line, over how many lines)"""
    line = lines[place]
    if not line.strip():
        return BLANK, 1
    if QUOTED.match(line):
        return QUOTE, 1
    if len(line) > LONGEST_LINE:
        return TEXT, 1
    if separates(line) or ABOVE_THIS_LINE.search(line) or headers_begin(lines, place):
        return CUT, 1
    length = attribution_length(lines, place) if closely else 0
    if length:
        return (ATTRIBUTION if quotes_follow(lines, place + length) else CUT), length
    return TEXT, 1


def separates(line: str) -> bool:
    """ "-----Original Message-----" in some language."""
    words = line.lstrip(" \t>*_=-")
    return len(line) - len(words) >= 2 and line.strip()[0] in "-_=*" and ORIGINAL.match(words) is not None


def headers_begin(lines: list[str], place: int) -> bool:
    """A block of From, Sent, To, Subject: in some order, in one language, perhaps under a rule."""
    if RULE.match(lines[place][:LONGEST_LINE]):
        following = [line for line in lines[place + 1 : place + 4] if line.strip()][:1]
        return bool(following) and header_block(lines, lines.index(following[0], place + 1))
    return header_block(lines, place)


def header_block(lines: list[str], place: int) -> bool:
    block = [line for line in lines[place : place + 12] if line.strip()][:7]
    if not HEADER_OTHER.match(block[0]):
        return False
    named = [line for line in block if HEADER_OTHER.match(line[:LONGEST_LINE])]
    return any(HEADER_FROM.match(line) for line in named[:3]) and len(named) >= 3


def attribution_length(lines: list[str], place: int) -> int:
    """How many lines the "On ... wrote:" here takes; 0 when there is none."""
    if not MIGHT_OPEN.match(lines[place]):
        return 0
    joined = ""
    for length in range(1, LONGEST_ATTRIBUTION + 1):
        following = lines[place + length - 1] if place + length <= len(lines) else ""
        if not following.strip() or (length > 1 and QUOTED.match(following) and not LONE_END.match(following)):
            return 0
        joined = re.sub(r"\s+>", ">", f"{joined} {following.strip()}".strip().replace("< ", "<"))
        if len(joined) > LONGEST_LINE + 100:
            return 0
        if MIGHT_END.search(joined, max(0, len(joined) - 30)) is None and "GMT" not in joined:
            continue
        if introduces(joined):
            return length
    return 0


def introduces(joined: str) -> bool:
    patterns = (*BY_VERB, *BY_DATE) if VERB.search(joined) else BY_DATE
    return any(pattern.match(joined) for pattern in patterns)


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


def with_broken_quotes(kinds: str, lines: list[str]) -> str:
    """The rest of a quoted line that a mail program broke is quoted too: right between quotes, after a full line."""
    found = list(kinds)
    for match in re.finditer("(?<=q)t(?=q)", kinds):
        place = match.start()
        before = lines[place - 1].rstrip()
        if LINK_REST.fullmatch(lines[place].strip()) or (len(before) >= 65 and before[-1] not in ".!?:"):
            found[place] = QUOTE
    return "".join(found)


def chosen(lines: list[str], kinds: str) -> str:
    """Drop quotes before the first new word (when introduced), after the last, and one lone block between."""
    before = re.match(r"[bqa]*", kinds)
    start = before.end() if before and ATTRIBUTION in before[0] else 0
    after = re.search(r"[bqac]*(?P<signature>s*)b*\Z", kinds[start:])
    end = start + after.start() if after else len(kinds)
    left = set(range(start, end)) - wrapped(kinds, start, end)
    kept = [lines[place] for place in sorted(left) if kinds[place] not in (ATTRIBUTION, CUT)]
    signature = [line for line, kind in zip(lines[end:], kinds[end:], strict=True) if kind == SIGNATURE]
    return "\n".join(kept + ([""] if signature and kept else []) + signature)


def wrapped(kinds: str, start: int, end: int) -> set[int]:
    """The lines of a quote with new words above and below, where it is the only one: nobody answers inside it."""
    blocks = list(re.finditer("a+b*q[qb]*", kinds[start:end]))
    if len(blocks) != 1 or len(re.findall("q[qb]*", kinds[start:])) != 1:
        return set()
    return set(range(start + blocks[0].start(), start + blocks[0].end()))


def tidied(text: str) -> str:
    """Without rules and blank lines left over at the ends."""
    lines = text.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and (not lines[-1].strip() or RULE.match(lines[-1][:LONGEST_LINE])):
        lines.pop()
    return "\n".join(lines)


def without_signature(text: str) -> str:
    """The words without what follows a signature line or "Sent from my ..."; all of them when nothing else is there."""
    lines = text.split("\n")
    first = max(0, len(lines) - LONGEST_SIGNATURE)
    for place in range(first, len(lines)):
        if SIGNATURE_LINE.match(lines[place][:LONGEST_LINE]) or SENT_FROM.match(lines[place][:LONGEST_LINE]):
            kept = tidied("\n".join(lines[:place]))
            return kept or text
    return tidied(text)
