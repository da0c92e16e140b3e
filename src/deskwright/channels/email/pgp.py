"""OpenPGP (RFC 9580) in mails, as parts of their own (RFC 3156) or in the text: what a ring of keys opens and proves.

Hostile bytes are read by `pgp_reading`, in a process of its own that may take so much memory and time and no more.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any, Final, NamedTuple

from deskwright.channels.email.signatures import Signature

PATIENCE: Final = 30
"""Seconds after which a mail counts as one that cannot be opened."""
BLOCK: Final = re.compile(r"-----BEGIN PGP (PUBLIC|PRIVATE) KEY BLOCK-----.*?-----END PGP \1 KEY BLOCK-----", re.DOTALL)
ADDRESS: Final = re.compile(r"[^\s<>]+@[^\s<>]+")


class Opened(NamedTuple):
    content: bytes
    signature: Signature | None
    """None where nobody has signed."""


def refused(ring: str) -> str:
    """What is wrong with a text of armoured keys; "" when it can be used."""
    if not BLOCK.search(ring):
        return "there is no key in it"
    answer = asked(ring, "ring")
    return str(answer.get("refused", "they cannot be read")) if answer is not None else "they cannot be read"


def opened(ring: str, message: bytes) -> Opened | None:
    """What is encrypted for a key in the ring; None where none opens it."""
    answer = asked(ring, "decrypt", message) if ring else None
    if answer is None or answer["content"] is None:
        return None
    return Opened(answer["content"], proof(answer) if answer["signed"] else None)


def checked(ring: str, content: bytes, signature: bytes) -> Signature | None:
    """Whether a detached signature holds for the content; None where it cannot be told."""
    answer = asked(ring, "detached", content, signature) if ring else None
    return proof(answer) if answer is not None else None


def cleared(ring: str, message: bytes) -> Opened | None:
    """The words of a text signed in the open, as they were signed; None where that cannot be told."""
    answer = asked(ring, "clear", message) if ring else None
    if answer is None:
        return None
    return Opened(answer["content"] or b"", proof(answer))


def proof(answer: dict[str, Any]) -> Signature:
    emails = tuple(dict.fromkeys(one.lower() for who in answer["users"] for one in ADDRESS.findall(who)))
    return Signature(emails, next(iter(answer["users"]), ""), "", answer["sound"], answer["key"][-16:] or None)


def asked(ring: str, deed: str, *pieces: bytes) -> dict[str, Any] | None:
    """What the reading process says of the pieces; None where it gives up."""
    head = {"deed": deed, "ring": ring, "sizes": [len(one) for one in pieces]}
    command = [sys.executable, "-I", "-m", "deskwright.channels.email.pgp_reading"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(head).encode() + b"\n" + b"".join(pieces),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=True,
        )
    except subprocess.SubprocessError:
        return None
    line, _, content = done.stdout.partition(b"\n")
    answer: dict[str, Any] = json.loads(line)
    return {**answer, "content": content if answer["content"] else None}
