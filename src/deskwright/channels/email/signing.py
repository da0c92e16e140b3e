"""DKIM (RFC 6376): makes keys, writes the record that publishes one, signs the bytes of a mail. Keeps no keys."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Final

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from deskwright.engine.saying import _

BITS: Final = 2048
PIECE: Final = 255
"""Characters of one string of a TXT record."""
ONE_CLICK: Final = b"list-unsubscribe-post"
"""RFC 8058 wants it signed; dkimpy leaves it out by itself."""
SELECTOR: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Signer:
    """`private` is an RSA key in PEM."""

    domain: str
    selector: str
    private: str = field(repr=False)


def new_key() -> tuple[str, str]:
    """(the private key as PEM, the public key as the record's `p` has it)"""
    key = rsa.generate_private_key(65537, BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), base64.b64encode(public).decode()


def sign(raw: bytes, signer: Signer) -> bytes:
    """The mail with its signature before it. Raises ValueError when the key cannot be used."""
    try:
        mail = dkim.DKIM(raw)
        mail.should_sign = mail.should_sign | {ONE_CLICK}
        header = mail.sign(
            signer.selector.encode(),
            signer.domain.encode(),
            signer.private.encode(),
            canonicalize=(b"relaxed", b"relaxed"),
        )
    except dkim.DKIMException as error:
        raise ValueError(
            _("The mail cannot be signed for %(domain)s: %(error)s", domain=signer.domain, error=str(error))
        ) from error
    return bytes(header) + raw


def record_name(domain: str, selector: str) -> str:
    return f"{selector}._domainkey.{domain}"


def record(public: str) -> str:
    """The value of the TXT record."""
    return f"v=DKIM1; k=rsa; p={public}"


def pieces(value: str) -> list[str]:
    """A long value as the strings of one TXT record."""
    return [value[begin : begin + PIECE] for begin in range(0, len(value), PIECE)]
