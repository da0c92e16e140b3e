"""Cases 27 to 33: charsets and headers as they really come."""

from __future__ import annotations

import pytest

from deskwright.desk.said import in_english
from deskwright.store.models import Customer, Delivery, Identity, Participant
from tests.mail_cases.conftest import Post, environment, mailbox


@pytest.mark.parametrize(
    ("charset", "written", "text"),
    [
        ("", "Grüße aus Köln".encode("latin-1"), "Grüße aus Köln"),
        ("us-ascii", "Grüße aus Köln".encode(), "Grüße aus Köln"),
        ("utf-8", "Grüße aus Köln".encode("cp1252"), "Grüße aus Köln"),
        ("unknown-8bit", "Grüße aus Köln".encode("cp1252"), "Grüße aus Köln"),
        ("gb2312", "朱镕基的名字".encode("gb18030"), "朱镕基的名字"),
        ("iso-2022-jp", "①番の問題です".encode("iso2022_jp_ext", "ignore") or b"", "番の問題です"),
        ("ks_c_5601-1987", "똠방각하".encode("cp949"), "똠방각하"),
        ("windows-1258", "Tiếng Việt".encode("cp1258", "ignore"), None),
    ],
)
def test_case_27_bodies_are_read_by_what_they_are(post: Post, charset: str, written: bytes, text: str | None) -> None:
    kind = f"text/plain; charset={charset}" if charset else "text/plain"

    taken = post(Content_Type=kind, body=written)

    assert taken.disposition == "ticket"
    said = post.message(taken).text
    assert said == text if text else "\ufffd" not in said
    assert bytes(taken.body).endswith(written), "the bytes are kept"


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("=?utf-8?b?R3LDvMOf?= =?utf-8?b?ZSB2b24gw4M=?=", "Grüße von Ã"),
        ("=?utf-8?q?=E4=BD?= =?utf-8?q?=A0=E5=A5=BD?=", "你好"),
        ('"=?utf-8?q?quoted_=C3=A4?="', '"quoted ä"'),
        ("Gr\udcfc\udcdfe", "Grüße"),
    ],
)
def test_case_28_subjects_are_decoded_however_they_are_cut(post: Post, written: str, subject: str) -> None:
    assert post.ticket(post(Subject=written)).subject == subject


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename*=us-ascii''Gr%F6%DFe.pdf", "Größe.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment", "file.pdf"),
        ("inline", "by type.pdf"),
    ],
)
def test_case_29_files_get_the_best_safe_name(post: Post, disposition: str, name: str) -> None:
    kind = 'application/octet-stream; name="by type.pdf"' if disposition == "inline" else "application/octet-stream"
    taken = post(Content_Type=kind, Content_Disposition=disposition, body=b"%PDF-1.7")

    assert [one.name for one in post.message(taken).attachments.all()] == [name]


def test_case_30_strange_characters_are_cleaned_and_long_subjects_cut(post: Post) -> None:
    strange = post(Subject="Bill \u202egnp.exe\u202c \u200b\U0001f600 \0 end", From="Mi\u202ena <mina@harbor.example>")
    long = post(Subject="x" * 5000)

    assert post.ticket(strange).subject == "Bill gnp.exe \U0001f600 end"
    assert Customer.objects.get(email="mina@harbor.example").name == "Mina"
    assert len(post.ticket(long).subject) == 1000
    assert b"x" * 5000 in bytes(long.body)


def test_case_31_addresses_of_every_kind_find_their_people(post: Post) -> None:
    for sender in ("MINA@Harbor.example", "Mina <Mina@HARBOR.EXAMPLE>"):
        post(From=sender)
    assert Customer.objects.filter(email="mina@harbor.example").count() == 1

    assert post(From='"odd local"@harbor.example').disposition == "ticket"
    post(From="Jörg <jörg@bücher.example>")
    post(From="jörg@xn--bcher-kva.example")
    assert Identity.objects.filter(value="jörg@xn--bcher-kva.example").count() == 1

    grouped = post(To="undisclosed-recipients:;", Cc="Team: tom@harbor.example, kim@harbor.example;")
    names = Participant.objects.filter(ticket_id=grouped.ticket_id).values_list("email", flat=True)
    assert sorted(names) == ["kim@harbor.example", "tom@harbor.example"]


def test_case_32_what_is_missing_is_named_and_nothing_is_dropped(post: Post) -> None:
    nobody = post("From: ")
    several = post(From="Mina <mina@harbor.example>, Tom <tom@harbor.example>", Sender="tom@harbor.example")
    empty = post("Subject: ", body="")

    assert (nobody.state, in_english(nobody.reason)) == ("quarantined", "the mail names no sender")
    assert post.ticket(several).customer.email == "mina@harbor.example"
    assert (empty.disposition, post.ticket(empty).subject) == ("ticket", "(no subject)")
    assert post.message(empty).text == "(no text)"


def test_case_33_the_requester_is_from_and_reply_to_takes_part(post: Post) -> None:
    taken = post(Reply_To="Orders <orders@harbor.example>")

    assert post.ticket(taken).customer.email == "mina@harbor.example"
    other = Participant.objects.get(ticket_id=taken.ticket_id)
    assert (other.email, other.because, other.removed) == ("orders@harbor.example", "reply_to", False)


FORM = {"From": "Form <form@shop.example>", "Reply_To": "Kim Vale <kim@elsewhere.example>"}


def test_case_33_at_a_mailbox_for_forms_who_is_named_in_reply_to_asks_and_nothing_proves_it(post: Post) -> None:
    mailbox("forms@desk.example", post.now, reply_to=True)
    reached = {"to": ["forms@desk.example"]}

    asked = post.take(post.raw(To="forms@desk.example", **FORM), reached)
    intruder = post.take(post.raw(In_Reply_To=f"<m{post.number}@harbor.example>", **FORM), reached)

    assert post.ticket(asked).customer.email == "kim@elsewhere.example"
    assert not post.message(asked).verified
    assert "forged" not in post.told(asked)
    assert not Delivery.objects.filter(ticket_id=asked.ticket_id).exists(), "they may not have asked"
    assert not post.message(intruder).verified, "an answer is of who sent it"


@pytest.mark.parametrize(
    ("sender", "verdict", "answered"),
    [
        ("form@desk.example", "mx.desk.example; dmarc=pass", True),
        ("form@desk.example", "mx.desk.example; dmarc=none", False),
        ("form@desk.example", "mx.elsewhere.example; dmarc=pass", False),
        ("form@shop.example", "mx.desk.example; dmarc=pass", False),
        ("somebody@gmail.com", "mx.desk.example; dmarc=pass", False),
    ],
)
def test_case_33_who_asked_by_the_form_of_our_own_site_is_acknowledged(
    post: Post, sender: str, verdict: str, answered: bool
) -> None:
    mailbox("forms@desk.example", post.now, reply_to=True)
    mailbox("desk.forms@gmail.com", post.now)

    with environment(mail_auth_server="mx.desk.example"):
        form = FORM | {"From": f"Form <{sender}>", "Authentication_Results": verdict}
        asked = post.take(post.raw(To="forms@desk.example", **form), {"to": ["forms@desk.example"]})

    told = Delivery.objects.filter(ticket_id=asked.ticket_id).values_list("recipient", flat=True)
    assert list(told) == (["kim@elsewhere.example"] if answered else [])
    assert not post.message(asked).verified, "what is typed into a form proves nobody"


def test_case_33_only_the_envelope_makes_a_mail_one_for_a_mailbox_for_forms(post: Post) -> None:
    mailbox("forms@desk.example", post.now, reply_to=True)

    elsewhere = post(To="forms@desk.example", Cc="forms@desk.example", Delivered_To="forms@desk.example", **FORM)

    assert post.ticket(elsewhere).customer.email == "form@shop.example"


def test_case_33_addresses_of_ours_in_reply_to_are_nobody_who_asks(post: Post) -> None:
    mailbox("forms@desk.example", post.now, reply_to=True)
    reached = {"to": ["forms@desk.example"]}

    second = post.take(post.raw(**FORM | {"Reply_To": "support@desk.example, kim@elsewhere.example"}), reached)
    none = post.take(post.raw(**FORM | {"Reply_To": "support@desk.example"}), reached)

    assert post.ticket(second).customer.email == "kim@elsewhere.example"
    assert post.ticket(none).customer.email == "form@shop.example"
