"""Signed names of threads: Message-IDs and tokens that prove which ticket a mail belongs to.

Whoever holds one has received a mail of that ticket. A number in a subject proves nothing and is not read here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final

ADDRESSED: Final = "thread"
MARKED: Final = "mark"
"""What tokens are made for."""
TOKEN = re.compile(r"\A([0-9]{1,18})-([a-z2-7]{20})\Z")
OURS = re.compile(r"\A<?dw\.([0-9]{1,18})\.([A-Za-z0-9_-]{1,64})\.([a-z2-7]{20})@[^\s<>@]+>?\Z")
PLAIN_NONCE = re.compile(r"\A[A-Za-z0-9_-]{1,64}\Z")
ADDRESS = re.compile(r"\A([^@\s]*)\+([0-9]{1,18}-[A-Za-z2-7]{20})@")


def message_id(domain: str, ticket_id: int, nonce: str, secret: str) -> str:
    """A Message-ID that names the ticket, signed; stable. `nonce` tells a ticket's mails apart."""
    name = nonce if PLAIN_NONCE.match(nonce) else "h" + _base32(hashlib.sha256(nonce.encode()).digest())
    return f"<dw.{ticket_id}.{name}.{_signature(secret, 'mail', f'{ticket_id}.{name}')}@{domain}>"


def read_message_id(value: str, secret: str) -> int | None:
    """The ticket that a Message-ID of ours names; None when it is not ours or its signature does not hold."""
    match = OURS.match(value.strip())
    if match is None:
        return None
    ticket, name, signature = match.groups()
    if not hmac.compare_digest(signature, _signature(secret, "mail", f"{ticket}.{name}")):
        return None
    return int(ticket)


def thread_token(secret: str, ticket_id: int, purpose: str = ADDRESSED) -> str:
    """A token for a reply address, or for a mark in the page: lower-case letters, digits and one hyphen. One made for
    the one proves nothing as the other.
    """
    return f"{ticket_id}-{_signature(secret, purpose, str(ticket_id))}"


def verify_thread_token(secret: str, token: str, purpose: str = ADDRESSED) -> int | None:
    """The ticket a token names, whatever the case of its letters; None when its signature does not hold."""
    match = TOKEN.match(token.strip().lower())
    if match is None:
        return None
    ticket, signature = match.groups()
    return int(ticket) if hmac.compare_digest(signature, _signature(secret, purpose, ticket)) else None


def reply_address(mailbox: str, ticket_id: int, secret: str) -> str:
    """The mailbox with the ticket's token as its plus tag: support+12-abc@example.com."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{thread_token(secret, ticket_id)}@{domain}"


def read_reply_address(address: str, secret: str) -> int | None:
    """The ticket a signed reply address names, else None."""
    match = ADDRESS.match(address)
    return verify_thread_token(secret, match.group(2)) if match else None


def _signature(secret: str, purpose: str, what: str) -> str:
    return _base32(hmac.digest(secret.encode(), f"deskwright {purpose} 1:{what}".encode(), "sha256"))


def _base32(digest: bytes) -> str:
    """100 bits as 20 letters that survive a change of case and need no quoting."""
    return base64.b32encode(digest)[:20].decode().lower()
