"""Case 42: what PGP has signed or encrypted, as parts of their own and within the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from pysequoia import SignatureMode, Tsk, encrypt, sign

from deskwright.channels.email import pgp
from deskwright.desk.answering import replies
from deskwright.desk.settings import furnishing
from deskwright.store.connection import from_json
from deskwright.store.models import Agent, Delivery
from tests.factories import an_agent
from tests.mail_cases.conftest import Post, environment
from tests.mail_cases.test_content import names

MINA = "mina@harbor.example"
WORDS = b"Content-Type: text/plain; charset=utf-8\r\n\r\nPlease cancel the order.\r\n"
KNOWN = f"Signed by {MINA} (PGP), whose key the desk has: the words are as they were signed."
DECRYPTED = "The mail came encrypted; the desk has read it with its key."


class Keys(NamedTuple):
    ours: Tsk
    mina: Tsk
    ring: str
    """Our secret key, and Mina's public one."""


@pytest.fixture(scope="module")
def keys() -> Keys:
    ours, mina = Tsk.generate("Desk <support@desk.example>"), Tsk.generate(f"Mina Holt <{MINA}>")
    return Keys(ours, mina, f"{ours}\n{mina.extract_certificate()}")


@pytest.fixture
def ringed(post: Post, keys: Keys) -> Callable[..., Any]:
    """A mail to a desk that has the keys, and what its ticket tells."""

    def take(*headers: str, body: bytes, **more: str) -> tuple[Any, list[str]]:
        with environment(pgp_keys=keys.ring):
            taken = post(*headers, body=body, **more)
        return taken, post.told(taken).get("notes", [])

    return take


def encrypted(keys: Keys, content: bytes, signer: Tsk | None = None) -> bytes:
    sealed = encrypt(content, [keys.ours.extract_certificate()], signer and signer.signer())
    control = b"--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\n"
    return control + b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n' + sealed + b"\r\n--b--"


def signed(signer: Tsk, content: bytes = WORDS) -> bytes:
    proof = sign(signer.signer(), content, mode=SignatureMode.DETACHED)
    return b"--b\r\n" + content + b"\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\n" + proof + b"\r\n--b--"


ENCRYPTED = "multipart/encrypted; protocol=application/pgp-encrypted; boundary=b"
SIGNED = "multipart/signed; protocol=application/pgp-signature; boundary=b"


def test_case_42_what_pgp_encrypted_for_the_desk_is_read_with_its_key(
    post: Post, keys: Keys, ringed: Callable[..., Any]
) -> None:
    hidden = WORDS.replace(b"\r\n\r\n", b'; protected-headers="v1"\r\nSubject: My order 4711\r\n\r\n')
    body = encrypted(keys, hidden, keys.mina)

    opened, notes = ringed(Content_Type=ENCRYPTED, Subject="...", body=body)
    closed = post(Content_Type=ENCRYPTED, Subject="Other", body=body)

    assert post.message(opened).text.strip() == "Please cancel the order."
    assert post.ticket(opened).subject == "My order 4711", "mail programs hide the subject inside"
    assert (notes, names(post, opened)) == ([DECRYPTED, KNOWN], [])
    assert "has no key for it" in post.told(closed)["notes"][0]
    assert names(post, closed) == ["encrypted.asc"], "kept, for who has the key"


def test_case_42_a_pgp_signature_says_who_signed_and_whether_the_desk_can_know(
    post: Post, keys: Keys, ringed: Callable[..., Any]
) -> None:
    stranger = Tsk.generate(f"Mina Holt <{MINA}>")
    mails = {
        KNOWN: (signed(keys.mina), {}),
        "who is not the sender": (signed(keys.mina), {"From": "Eve <eve@elsewhere.example>"}),
        "was changed on the way, or is forged": (signed(keys.mina).replace(b"cancel", b"double"), {}),
        "a PGP key the desk does not have": (signed(stranger), {}),
        "could not be checked": (signed(keys.mina).replace(b"wr0E", b"!!!!").replace(b"wnU", b"!!!"), {}),
    }
    for number, (said, (body, more)) in enumerate(mails.items()):
        taken, (note,) = ringed(Content_Type=SIGNED, Subject=f"Number {number}", body=body, **more)
        assert said in note
        assert post.message(taken).text.strip().endswith("the order.")
        assert names(post, taken) == []


def test_case_42_words_signed_in_the_open_are_told_without_their_armour(
    post: Post, keys: Keys, ringed: Callable[..., Any]
) -> None:
    block = sign(keys.mina.signer(), b"- Please cancel it.\nMina\n", mode=SignatureMode.CLEAR)

    taken, notes = ringed(body=block)
    framed, doubts = ringed(body=b"Pay Eve instead.\n\n" + block, Subject="Framed")
    forged, refused = ringed(body=block.replace(b"cancel", b"double"), Subject="Forged")
    unknown = post(body=block, Subject="Without keys")

    assert (post.message(taken).text, notes) == ("- Please cancel it.\nMina", [KNOWN])
    assert post.message(framed).text.split("\n")[0] == "Pay Eve instead."
    assert "could not be checked" in doubts[0], "nobody has signed the words beside it"
    assert "is forged" in refused[0]
    assert post.message(forged).text == "- Please double it.\nMina"
    assert post.message(unknown).text == "- Please cancel it.\nMina"
    assert "no keys to check it with" in post.told(unknown)["notes"][0]


def test_case_42_encrypted_words_within_the_text_are_read_where_they_stand(
    post: Post, keys: Keys, ringed: Callable[..., Any]
) -> None:
    block = encrypt("Größe 42, bitte.".encode(), [keys.ours.extract_certificate()], keys.mina.signer())

    whole, told = ringed(body=block)
    among, doubts = ringed(body=b"Hello,\n\n" + block + b"\nMina", Subject="Among others")

    assert (post.message(whole).text, told) == ("Größe 42, bitte.", [DECRYPTED, KNOWN])
    assert post.message(among).text.split() == ["Hello,", "Größe", "42,", "bitte.", "Mina"]
    assert "could not be checked" in doubts[1]


def test_case_42_what_came_encrypted_is_not_quoted_in_an_answer_that_is_not(
    post: Post, ada: Agent, keys: Keys, ringed: Callable[..., Any]
) -> None:
    furnishing.address(an_agent("Mira Lead", role="admin"), {"quoting": "whole"}, now=post.now)
    taken, _notes = ringed(Content_Type=ENCRYPTED, body=encrypted(keys, WORDS))
    post(In_Reply_To=post.message(taken).mail_id or "", body="And soon, please.")

    replies.reply(ada, taken.ticket_id, "It is done.", now=post.now)

    content = from_json(Delivery.objects.latest("id").content)
    assert "> And soon, please." in content["text"]
    assert "cancel the order" not in content["text"] + content["html"]


def test_case_42_what_would_take_too_much_memory_is_not_opened(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = encrypt(b"\0" * (65 * 1024 * 1024), [keys.ours.extract_certificate()])
    assert pgp.opened(keys.ring, sealed) is None


@pytest.mark.parametrize(
    ("ring", "why"),
    [
        ("nonsense", "there is no key in it"),
        ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----", "malformed"),
    ],
)
def test_keys_that_cannot_be_used_are_refused_in_a_sentence(ring: str, why: str) -> None:
    assert why.lower() in pgp.refused(ring).lower()


def test_keys_that_can_be_used_are_not_refused(keys: Keys) -> None:
    assert pgp.refused(keys.ring) == ""
