"""Signatures of S/MIME (CMS, RFC 5652): who signed, and whether the words are still as they were signed.

Whether the issuer of a certificate is to be believed is not asked: mail programs carry lists for that, the desk none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from deskwright.channels.email.der import SEQUENCE, SET, WRAPPED, Element, NoDer, elements, inside, octets

SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
MESSAGE_DIGEST: Final = bytes.fromhex("2a864886f70d010904")
PSS: Final = bytes.fromhex("2a864886f70d01010a")
HASHES: Final[Mapping[bytes, type[hashes.HashAlgorithm]]] = {
    bytes.fromhex("608648016503040201"): hashes.SHA256,
    bytes.fromhex("608648016503040202"): hashes.SHA384,
    bytes.fromhex("608648016503040203"): hashes.SHA512,
}
"""Those nobody forges; what is signed by an older one counts as not to be checked."""
BY_KEY: Final = 0x80
"""The signer is named by the key's identifier, not by issuer and serial number."""
FAULTS: Final = (LookupError, ValueError, TypeError, RecursionError, UnsupportedAlgorithm, x509.ExtensionNotFound)
"""What comes of bytes that are no signature, or one of a kind that is not read. NoDer is a ValueError."""


class Signature(NamedTuple):
    emails: tuple[str, ...]
    """That the certificate names, lower case."""
    name: str
    issuer: str
    sound: bool | None
    """None where it cannot be checked."""
    pgp_key: str | None = None
    """The key that signed, as hexadecimal digits; None for S/MIME."""
    lapsed: bool = False
    """Its key has expired or was revoked."""


class Signed(NamedTuple):
    """The parts of a CMS SignedData that tell."""

    content: bytes | None
    """Of an opaque signature."""
    signer: list[Element]
    certificates: Sequence[x509.Certificate]


def signed_content(raw: bytes) -> bytes | None:
    """The mail part inside an opaque signature; None when there is none to be had."""
    try:
        return encapsulated(signed_parts(raw))
    except FAULTS:
        return None


def signature(raw: bytes, content: bytes | None = None) -> Signature | None:
    """Who signed, and whether it holds for `content`, or for what is inside; None where nobody can be told."""
    try:
        opened = opened_up(raw)
        certificate = next(one for one in opened.certificates if signs(one, opened.signer[1]))
    except (*FAULTS, StopIteration):
        return None
    try:
        said = content if content is not None else opened.content
        sound = said is not None and holds(opened.signer, certificate, said)
    except FAULTS:
        return described(certificate, None)
    return described(certificate, sound)


def signed_parts(raw: bytes) -> list[Element]:
    kind, content = inside(raw, SEQUENCE)[:2]
    if kind.body != SIGNED_DATA:
        raise NoDer
    return inside(content.body, SEQUENCE)


def encapsulated(parts: Sequence[Element]) -> bytes | None:
    wrapped = elements(parts[2].body)[1:]
    return octets(elements(wrapped[0].body)[0]) if wrapped else None


def opened_up(raw: bytes) -> Signed:
    parts = signed_parts(raw)
    signer = elements(elements(parts[-1].body)[0].body)
    return Signed(encapsulated(parts), signer, pkcs7.load_der_pkcs7_certificates(raw))


def signs(certificate: x509.Certificate, named: Element) -> bool:
    """Whether this is the certificate that a signer's identifier names."""
    if named.tag == BY_KEY:
        known = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        return known.value.digest == named.body
    issuer, serial = elements(named.body)[:2]
    return certificate.serial_number == int.from_bytes(serial.body, "big", signed=True) and (
        certificate.issuer.public_bytes() == issuer.raw
    )


def holds(signer: Sequence[Element], certificate: x509.Certificate, content: bytes) -> bool:
    """Raises what `FAULTS` names where it cannot be checked."""
    hashed = HASHES.get(elements(signer[2].body)[0].body)
    if hashed is None:
        raise UnsupportedAlgorithm("an old hash")
    named = signer[3] if signer[3].tag == WRAPPED else None
    method, written = signer[4:6] if named else signer[3:5]
    if named is None:
        return verified(certificate, method, octets(written), content, hashed())
    digest = hashes.Hash(hashed())
    digest.update(content)
    attributes = {one[0].body: one[1] for one in (elements(pair.body) for pair in elements(named.body))}
    if octets(elements(attributes[MESSAGE_DIGEST].body)[0]) != digest.finalize():
        return False
    return verified(certificate, method, octets(written), bytes([SET]) + named.raw[1:], hashed())


def verified(
    certificate: x509.Certificate, method: Element, written: bytes, content: bytes, hashed: hashes.HashAlgorithm
) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            pss = elements(method.body)[0].body == PSS
            how = padding.PSS(padding.MGF1(hashed), padding.PSS.AUTO) if pss else padding.PKCS1v15()
            key.verify(written, content, how, hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(written, content, ec.ECDSA(hashed))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(written, content)
        else:
            raise UnsupportedAlgorithm("a key of another kind")
    except InvalidSignature:
        return False
    return True


def described(certificate: x509.Certificate, sound: bool | None) -> Signature:
    subject, issuer = certificate.subject, certificate.issuer
    emails = [str(one.value) for one in subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)]
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        emails += names.value.get_values_for_type(x509.RFC822Name)
    except (x509.ExtensionNotFound, ValueError):
        pass
    return Signature(tuple(dict.fromkeys(one.lower() for one in emails)), called(subject), called(issuer), sound)


def called(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME) or name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(common[0].value)[:120] if common else name.rfc4514_string()[:120]
