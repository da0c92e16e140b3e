"""Mails that are signed or encrypted as a whole: the keys they are read with, and what to say of each.

Words inside a signature are `signatures`; what PGP has sealed is opened by `pgp`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7

from deskwright.channels.email.signatures import Signature
from deskwright.engine.saying import _

OPAQUE: Final = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
DETACHED: Final = {"application/pkcs7-signature", "application/x-pkcs7-signature"}
PGP: Final = "application/pgp-signature"
PGP_CONTROL: Final = "application/pgp-encrypted"
ENCRYPTED: Final = _("The mail is encrypted, and the desk has no key for it. The original mail can be downloaded.")
BESIDE: Final = _(
    "A part of the mail is encrypted. The desk opens only mail that is encrypted as a whole. "
    "The original mail can be downloaded."
)
UNREAD: Final = _(
    "The mail is encrypted, and could not be read just now, or is too large. The original mail can be downloaded."
)
NEUTRAL: Final = "Encrypted message"
"""The subject of a mail that has hidden its own."""
DECRYPTED: Final = _("The mail came encrypted; the desk has read it with its key.")
PGP_SIGNED: Final = _("The mail is signed with PGP; the desk has no keys to check it with.")
UNCHECKED: Final = _("The mail is signed; its signature could not be checked.")
BROKEN: Final = _("The signature does not fit the words: the mail was changed on the way, or is forged.")
PEM: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)


class Key(NamedTuple):
    """What mail to an address of ours is decrypted with."""

    certificate: x509.Certificate
    private: rsa.RSAPrivateKey


@lru_cache(4)
def keys_in(pem: str) -> tuple[Key, ...]:
    """The keys in a PEM text, each with its certificate. Raises ValueError for what is no such text."""
    blocks = [match[0].encode() for match in PEM.finditer(pem)]
    certificates = [x509.load_pem_x509_certificate(one) for one in blocks if b"BEGIN CERTIFICATE" in one]
    loaded = [private_in(one) for one in blocks if b"PRIVATE KEY" in one]
    found = [
        Key(certificate, private)
        for private in loaded
        if isinstance(private, rsa.RSAPrivateKey)
        for certificate in certificates
        if certificate.public_key() == private.public_key()
    ]
    if pem.strip() and len(found) != len(loaded):
        raise ValueError("each key is an RSA key with its certificate")
    return tuple(found)


def private_in(block: bytes) -> PrivateKeyTypes:
    """The key in one block. Raises ValueError."""
    try:
        return load_pem_private_key(block, None)
    except (TypeError, UnsupportedAlgorithm) as trouble:
        raise ValueError("a key is locked with a password, or of a kind that cannot be read") from trouble


def decrypted(raw: bytes, keys: Iterable[Key]) -> bytes | None:
    """The mail part inside an encrypted one; None where no key of ours opens it."""
    for one in keys:
        try:
            return pkcs7.pkcs7_decrypt_der(raw, one.certificate, one.private, [])
        except Exception:  # it raises whatever its parts raise, for a key that is not the right one
            continue
    return None


def said_of(found: Sequence[Signature | None], sender: str) -> list[str]:
    """What to tell of the signatures of a mail from this address."""
    return list(dict.fromkeys(told(one, sender.lower()) for one in found))


def told(one: Signature | None, sender: str) -> str:
    if one is None or (one.sound is None and one.pgp_key is None):
        return UNCHECKED
    if one.lapsed:
        return _("Signed by a PGP key that is no longer valid (%(key)s): it proves nothing.", key=one.pgp_key)
    if one.sound is None:
        return _("Signed with a PGP key the desk does not have (%(key)s): not checked.", key=one.pgp_key)
    if not one.sound:
        return BROKEN
    return told_pgp(one, sender) if one.pgp_key is not None else told_smime(one, sender)


def told_pgp(one: Signature, sender: str) -> str:
    who = ", ".join(one.emails) or one.name
    if sender in one.emails:
        return _("Signed by %(who)s (PGP), whose key the desk has: the words are as they were signed.", who=who)
    return _("Signed by %(who)s (PGP), who is not the sender.", who=who)


def told_smime(one: Signature, sender: str) -> str:
    """Anybody may issue a certificate for any address: it is said who did, and that this proves nothing."""
    who = ", ".join(one.emails) or one.name
    issuer = _(
        "The desk does not know the issuer of the certificate (%(issuer)s): it does not prove who wrote.",
        issuer=one.issuer,
    )
    if sender in one.emails:
        return _(
            "Signed with a certificate for %(who)s (S/MIME): the words are as they were signed. %(issuer)s",
            who=who,
            issuer=issuer,
        )
    return _(
        "Signed with a certificate for %(who)s (S/MIME), who is not the sender. %(issuer)s", who=who, issuer=issuer
    )
