"""Mails the desk writes: what leaves is what was meant, and nothing can be smuggled into it."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskwright.channels.contract import Address, Attachment, Outgoing
from deskwright.channels.email.compose import compose, markdown_html, recipients
from deskwright.channels.email.parse import parse

LETTER = Outgoing(
    from_=Address("Support, Example", "support@desk.example"),
    to=(Address("Ada", "ada@example.com"),),
    subject="Re: Printer",
    message_id="<dw.7.m1.abc@desk.example>",
    text="It is repaired.\n",
    date=datetime(2026, 11, 24, 10, tzinfo=UTC),
)


def read(letter: Outgoing) -> email.message.EmailMessage:
    message = email.message_from_bytes(compose(letter), policy=policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


def test_a_letter_says_what_it_was_given():
    message = read(replace(LETTER, html="<p>It is <b>repaired</b>.</p>", reply_to=(Address("", "reply@desk.example"),)))
    assert message["From"] == '"Support, Example" <support@desk.example>'
    assert message["To"] == "Ada <ada@example.com>"
    assert message["Reply-To"] == "reply@desk.example"
    assert message["Date"] == "Tue, 24 Nov 2026 10:00:00 +0000"
    assert message["Message-ID"] == "<dw.7.m1.abc@desk.example>"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "<b>repaired</b>" in message.get_body(("html",)).get_content()


def test_the_same_letter_is_the_same_bytes():
    letter = replace(LETTER, html="<p>x</p>", attachments=(Attachment("a.txt", "text/plain", 1, b"a"),))
    assert compose(letter) == compose(letter)


def test_a_long_thread_keeps_its_first_and_latest_twenty_references():
    chain = tuple(f"<{number}@x>" for number in range(50))
    message = read(replace(LETTER, references=chain, in_reply_to="<49@x>"))
    assert message["References"].split() == ["<0@x>", *chain[-20:]]
    assert message["In-Reply-To"] == "<49@x>"


def test_a_long_message_id_is_never_encoded_or_broken():
    long = f"<{'x' * 400}@{'y' * 100}.example>"
    assert parse(compose(replace(LETTER, references=(long,), in_reply_to=long))).references == (long,)


def test_automatic_mail_says_so():
    message = read(replace(LETTER, auto_submitted="auto-replied"))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"]
    assert read(LETTER)["Auto-Submitted"] is None


def test_hidden_recipients_get_the_mail_and_are_not_named():
    letter = replace(LETTER, cc=(Address("", "bob@example.com"),), bcc=(Address("", "eve@example.com"),))
    assert recipients(letter) == ("ada@example.com", "bob@example.com", "eve@example.com")
    assert b"eve" not in compose(letter)


@pytest.mark.parametrize(
    "evil",
    ["x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com\n\nbody", "x\rBcc: e", "x\u2028Bcc: e", "x\x85Bcc: e"],
)
def test_no_value_can_add_a_header(evil):
    letter = replace(
        LETTER,
        subject=evil,
        from_=Address(evil, "support@desk.example"),
        to=(Address(evil, "ada@example.com"),),
        headers={"X-Note": evil, "Bcc": "eve@example.com", "Subject": "other"},
        auto_submitted=evil,
        attachments=(Attachment(evil, f"text/{evil}", 1, b"a", evil, inline=False),),
    )
    message = read(letter)
    assert message["Bcc"] is None
    assert len(message.get_all("Subject")) == 1
    assert message["Subject"].startswith("x Bcc: ")


@pytest.mark.parametrize(
    "broken",
    [
        {"to": (Address("", "ada@example.com, eve@example.com"),)},
        {"to": (Address("", "ada"),)},
        {"to": (Address("", "ada@example.com\r\nBcc: eve@example.com"),)},
        {"message_id": "<a b>"},
        {"references": ("<a>\r\nBcc: e@x",)},
        {"headers": {"X-A: b\r\nBcc": "e"}},
    ],
)
def test_what_cannot_be_written_is_refused(broken):
    with pytest.raises(ValueError, match="is"):
        compose(replace(LETTER, **broken))


def test_other_scripts_and_domains_survive():
    letter = replace(LETTER, to=(Address("Ünal Çelik", "ü.celik@bücher.example"),), subject="Grüße, 注文 " * 20)
    raw = compose(letter)
    assert "ü.celik@xn--bcher-kva.example".encode() in raw
    assert parse(raw).subject == ("Grüße, 注文 " * 20).strip()
    assert parse(raw).to[0].name == "Ünal Çelik"


def test_lines_stay_within_what_smtp_allows():
    letter = replace(LETTER, text="x" * 5000, subject="y " * 400, references=tuple(f"<{n}@x>" for n in range(50)))
    assert max(map(len, compose(letter).split(b"\r\n"))) <= 998
    assert b"\n" not in compose(letter).replace(b"\r\n", b"")


def test_files_and_inline_pictures_arrive():
    picture = Attachment("logo.png", "image/png", 3, b"PNG", "logo", inline=True)
    paper = Attachment("Größe.pdf", "application/pdf", 3, b"PDF")
    incoming = parse(compose(replace(LETTER, html='<img src="cid:logo">', attachments=(picture, paper))))
    assert {(item.name, item.content, item.inline) for item in incoming.attachments} == {
        ("logo.png", b"PNG", True),
        ("Größe.pdf", b"PDF", False),
    }
    assert incoming.html is not None and "cid:logo" in incoming.html


def test_an_inline_picture_without_html_is_a_file():
    picture = Attachment("logo.png", "image/png", 3, b"PNG", "logo", inline=True)
    assert parse(compose(replace(LETTER, attachments=(picture,)))).attachments[0].name == "logo.png"


def test_markdown_becomes_safe_html():
    html = markdown_html(
        "**Hello**\nyou, see [here](https://desk.example) <script>alert(1)</script>\n\n| a |\n|---|\n| b |"
    )
    assert "<strong>Hello</strong><br>" in html
    assert 'href="https://desk.example"' in html
    assert "<script" not in html and "&lt;script" in html
    assert "<table style=" in html


@pytest.mark.parametrize(
    "evil", ["[x](javascript:alert(1))", "![x](https://tracker.example/p.gif)", "<img src=x onerror=alert(1)>"]
)
def test_markdown_carries_no_script_and_loads_nothing(evil):
    html = markdown_html(evil)
    assert "<img" not in html and 'href="javascript' not in html


TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@settings(max_examples=150, deadline=None)
@given(subject=TEXT, name=TEXT, text=TEXT, html=st.none() | TEXT)
def test_any_words_can_be_sent_and_come_back(subject, name, text, html):
    letter = replace(LETTER, subject=subject, to=(Address(name, "ada@example.com"),), text=text, html=html)
    incoming = parse(compose(letter))
    assert incoming.message_id == LETTER.message_id
    assert incoming.to[0].email == "ada@example.com"
    assert not incoming.damaged
