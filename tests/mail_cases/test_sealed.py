"""Case 42: signed and encrypted mail."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from tests.mail_cases.conftest import Post, environment
from tests.mail_cases.test_content import names, of

MINA = "mina@harbor.example"
Holder = tuple[x509.Certificate, Any]


def holder(email: str, key: Any) -> Holder:
    """A certificate for this address, made by itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Harbor CA")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + timedelta(days=1000))
    named = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email)]), critical=False)
    return named.sign(key, hashes.SHA256()), key


@pytest.fixture(scope="module")
def elliptic() -> Holder:
    return holder(MINA, ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture(scope="module")
def factoring() -> Holder:
    return holder(MINA, rsa.generate_private_key(65537, 2048))


WORDS = b"Content-Type: text/plain\r\n\r\nSigned words"
OPAQUE = "application/pkcs7-mime; smime-type={}; name=smime.p7m"


def signed(who: Holder, *options: pkcs7.PKCS7Options, words: bytes = WORDS) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(words).add_signer(*who, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def detached(who: Holder, words: bytes = WORDS) -> bytes:
    proof = base64.encodebytes(signed(who, pkcs7.PKCS7Options.DetachedSignature))
    kind = b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return b"--s\r\n" + words + b"\r\n--s\r\n" + kind + proof + b"\r\n--s--\r\n"


SIGNED = 'multipart/signed; protocol="application/pkcs7-signature"; boundary=s'


@pytest.mark.parametrize("key", ["elliptic", "factoring"])
def test_case_42_a_signature_that_holds_names_who_signed(post: Post, request: pytest.FixtureRequest, key: str) -> None:
    who = request.getfixturevalue(key)

    inside = post(Content_Type=OPAQUE.format("signed-data"), body=signed(who))
    beside = post(Content_Type=SIGNED, body=detached(who))
    unix = post.take(post.raw(Content_Type=SIGNED, body=detached(who)).replace(b"\r\n", b"\n"))

    for one in (inside, beside, unix):
        assert post.message(one).text.strip() == "Signed words"
        (note,) = post.told(one)["notes"]
        assert note.startswith(f"Signed with a certificate for {MINA} (S/MIME): the words are as they were signed.")
        assert "does not know the issuer of the certificate (Harbor CA)" in note, "who says so proves nothing"
        assert names(post, one) == [], "a signature is no file anybody wants to see"


def test_case_42_a_signature_that_does_not_hold_or_is_another_s_says_so(post: Post, elliptic: Holder) -> None:
    changed = post(Content_Type=SIGNED, body=detached(elliptic, WORDS + b" and others"))
    other = post(From="Eve <eve@elsewhere.example>", Content_Type=SIGNED, body=detached(elliptic))
    broken = post(Content_Type=SIGNED, body=detached(elliptic).replace(b"\r\n\r\nMI", b"\r\n\r\nAA"))

    assert "does not fit the words" in post.told(changed)["notes"][0]
    assert "who is not the sender" in post.told(other)["notes"][0]
    assert "could not be checked" in post.told(broken)["notes"][0]


FORGED = b"Content-Type: text/plain\r\n\r\nSend all the money to Eve"


def test_case_42_no_signature_covers_words_that_were_not_signed(post: Post, elliptic: Holder) -> None:
    genuine = detached(elliptic)
    inner = b"Content-Type: " + SIGNED.encode() + b"\r\n\r\n"
    forged = genuine.replace(WORDS, FORGED)
    mixed = b"--m\r\n%s\r\n--m--\r\n"
    bodies = {
        "an older mail in the preamble": ("multipart/mixed; boundary=m", genuine + b"\r\n" + mixed % (inner + forged)),
        "words beside": ("multipart/mixed; boundary=m", b"--m\r\n" + FORGED + b"\r\n" + mixed % (inner + genuine)),
        "a part more": (SIGNED, b"--s\r\n" + FORGED + b"\r\n" + genuine),
        "a preamble with the boundary": (SIGNED, genuine.removesuffix(b"--\r\n") + b"\r\n" + forged),
        "an opaque one beside": (
            "multipart/mixed; boundary=m",
            b"--m\r\n"
            + FORGED
            + b"\r\n"
            + mixed
            % (
                b"Content-Type: " + OPAQUE.format("signed-data").encode() + b"\r\n"
                b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(signed(elliptic))
            ),
        ),
    }

    for number, (what, (kind, body)) in enumerate(bodies.items()):
        (note,) = post.told(post(Content_Type=kind, body=body, Subject=f"Number {number}"))["notes"]
        assert "could not be checked" in note, what


def test_case_42_what_is_told_as_signed_is_read_from_the_signed_bytes(post: Post, elliptic: Holder) -> None:
    before = b"A preamble\r--s\r" + FORGED.replace(b"\r\n", b"\r") + b"\r\n"

    taken = post(Content_Type=SIGNED, body=before + detached(elliptic))

    assert post.message(taken).text.strip() == "Signed words"
    assert post.told(taken)["notes"][0].startswith(f"Signed with a certificate for {MINA}")


def test_case_42_a_mail_in_many_envelopes_is_opened_three_times_at_most(post: Post, elliptic: Holder) -> None:
    words = WORDS
    for _turn in range(4):
        words = b"Content-Type: " + OPAQUE.format("signed-data").encode() + b"\r\n\r\n" + signed(elliptic, words=words)
    head, body = words.split(b"\r\n\r\n", 1)

    taken = post(head.decode(), body=body)

    assert names(post, taken) == ["smime.p7m"]


def test_case_42_what_is_encrypted_for_the_desk_is_read_with_its_key(
    post: Post, elliptic: Holder, factoring: Holder
) -> None:
    ours, key = factoring
    inner = b"Content-Type: " + SIGNED.encode() + b"\r\n\r\n" + detached(elliptic)
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(inner).add_recipient(ours)
    body = builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = (key.private_bytes(*form) + ours.public_bytes(serialization.Encoding.PEM)).decode()

    closed = post(Content_Type=OPAQUE.format("enveloped-data"), body=body)
    with environment(smime_keys=pem):
        opened = post(Content_Type=OPAQUE.format("enveloped-data"), body=body, Subject="Again")

    assert "has no key for it" in post.told(closed)["notes"][0]
    assert names(post, closed) == ["smime.p7m"], "kept, for who has the key"
    assert post.message(opened).text.strip() == "Signed words"
    assert [note[:20] for note in post.told(opened)["notes"]] == ["The mail came encryp", "Signed with a certif"]


def test_case_42_what_nobody_here_can_open_or_check_is_kept_and_said(post: Post) -> None:
    pgp = "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n"
    sealed = [
        post(Content_Type=OPAQUE.format("enveloped-data"), body=b"\x30\x03abc"),
        post(body=pgp),
        post(
            Content_Type="multipart/encrypted; boundary=b", body=of("Content-Type: application/octet-stream\r\n\r\nx")
        ),
    ]
    parts = of("Content-Type: text/plain\r\n\r\nHello", "Content-Type: application/pgp-signature\r\n\r\nx")
    plain = post(Content_Type="multipart/signed; boundary=b", body=parts)

    for one in sealed:
        assert (one.disposition, "encrypted" in post.told(one)["notes"][0]) == ("ticket", True)
    assert "PGP" in post.told(plain)["notes"][0]
    assert (post.message(plain).text, names(post, plain)) == ("Hello", [])
