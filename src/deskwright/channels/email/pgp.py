"""OpenPGP (RFC 9580) in mails, as parts of their own (RFC 3156) or in the text: what a ring of keys opens and proves.

Hostile bytes are read by `pgp_reading`, in a process of its own that may take so much memory and time and no more.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from datetime import datetime
from typing import Any, Final, NamedTuple

from deskwright.channels.email.pgp_reading import BLOCK
from deskwright.channels.email.signatures import Signature

PATIENCE: Final = 10
"""Seconds for everything that is opened and checked in one mail: well below those for which a worker holds it."""
ADDRESS: Final = re.compile(r"[^<>]*<([^\s<>@]+@[^\s<>@]+)>\s*|([^\s<>@]+@[^\s<>@]+)")
"""A whole user id: a name with the address in brackets, or the address alone."""


class Unreadable(Exception):
    """It could not be read this time: no process, no memory or no time for it, or it unpacks to too much."""


class Ring(NamedTuple):
    """The keys one mail is read with, and the time there is for it."""

    keys: str = ""
    """Armoured, one after the other; "" for none."""
    at: float | None = None
    """When the mail came, in seconds since 1970: a key that had expired by then is no longer valid."""
    until: float = 0
    """The moment, by the monotonic clock, after which nothing more is opened or checked."""


class Opened(NamedTuple):
    content: bytes
    signature: Signature | None
    """None where nobody has signed."""


def ring_of(keys: str, at: datetime | None = None) -> Ring:
    """For a mail that is read now and came `at` (an aware instant)."""
    return Ring(keys, at.timestamp() if at else None, time.monotonic() + PATIENCE)


def refused(keys: str) -> str:
    """What is wrong with a text of armoured keys; "" when it can be used."""
    if not BLOCK.search(keys):
        return "there is no key in it"
    try:
        return str(asked(ring_of(keys), "ring")["refused"])
    except Unreadable:
        return "they cannot be read"


def opened(ring: Ring, message: bytes) -> Opened | None:
    """What is encrypted for a key in the ring; None where none opens it. Raises Unreadable."""
    answer = asked(ring, "decrypt", message) if ring.keys else None
    if answer is None or answer["content"] is None:
        return None
    return Opened(answer["content"], proof(answer) if answer["signed"] else None)


def checked(ring: Ring, content: bytes, signature: bytes) -> Signature | None:
    """Whether a detached signature holds for the content; None where it cannot be told."""
    try:
        return proof(asked(ring, "detached", content, signature)) if ring.keys else None
    except Unreadable:
        return None


def cleared(ring: Ring, message: bytes) -> Opened | None:
    """The words of a text signed in the open, as they were signed; None where that cannot be told."""
    try:
        answer = asked(ring, "clear", message)
    except Unreadable:
        return None
    return Opened(answer["content"] or b"", proof(answer))


def proof(answer: dict[str, Any]) -> Signature:
    named = filter(None, map(ADDRESS.fullmatch, answer["users"]))
    emails = tuple(dict.fromkeys((one[1] or one[2]).lower() for one in named))
    name, key = next(iter(answer["users"]), ""), answer["key"][-16:] or None
    return Signature(emails, name, "", answer["sound"], key, lapsed=answer["lapsed"])


def asked(ring: Ring, deed: str, *pieces: bytes) -> dict[str, Any]:
    """What the reading process says of the pieces. Raises Unreadable."""
    left = ring.until - time.monotonic()
    if left <= 0:
        raise Unreadable
    head = {"deed": deed, "ring": ring.keys, "at": ring.at, "sizes": [len(one) for one in pieces]}
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "deskwright.channels.email.pgp_reading"],
            input=json.dumps(head).encode() + b"\n" + b"".join(pieces),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=left,
            check=True,
            env={},
        )
        line, _, content = done.stdout.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
    except (OSError, subprocess.SubprocessError, ValueError, MemoryError) as trouble:
        raise Unreadable from trouble
    return {**answer, "content": content if answer["content"] else None}
