"""Raw bytes become an Incoming, whatever they are."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from deskwright.channels.contract import Address
from deskwright.channels.email.parse import parse

HEAD = b"From: Ada Example <ada@example.com>\r\nTo: support@desk.example\r\nMessage-ID: <one@example.com>\r\n"


def mail(*headers: bytes, body: bytes = b"Hello") -> bytes:
    return HEAD + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


def test_a_plain_mail_is_understood_whole():
    incoming = parse(mail(b"Subject: Printer", b"Date: Tue, 24 Nov 2026 11:00:00 +0100", body=b"It jams.\r\nAda\r\n"))
    assert incoming.from_ == Address("Ada Example", "ada@example.com")
    assert incoming.to == (Address("", "support@desk.example"),)
    assert incoming.subject == "Printer"
    assert incoming.date_header == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert incoming.message_id == "<one@example.com>" and not incoming.message_id_made
    assert incoming.text == incoming.new_text == "It jams.\nAda"
    assert (incoming.html, incoming.auto, incoming.bounce, incoming.damaged) == (None, None, None, False)
    assert not incoming.suppress_ack


@pytest.mark.parametrize(
    ("written", "name", "email"),
    [
        ("ada@EXAMPLE.com", "", "ada@example.com"),
        ('"Example, Ada" <ada@example.com>', "Example, Ada", "ada@example.com"),
        ("=?utf-8?q?Ad=C3=A4_Example?= <ada@example.com>", "Adä Example", "ada@example.com"),
        ('"=?utf-8?b?QWTDpA==?=" <ada@example.com>', "Adä", "ada@example.com"),
        ("ada@example.com (Ada Example)", "Ada Example", "ada@example.com"),
        ("<ada@example.com>, Bob <bob@example.com>", "", "ada@example.com"),
        ('"odd local"@example.com', "", '"oddlocal"@example.com'),
        ("Ada < ada@example.com >", "Ada", "ada@example.com"),
        ("Ada\u202egpj <ada@example.com>", "Adagpj", "ada@example.com"),
        ("ada@bücher.example", "", "ada@bücher.example"),
        ("Team: Ada <ada@example.com>;", "Ada", "ada@example.com"),
        ("=?utf-8?q?ada=40example.com?=", "", "ada@example.com"),
        ('"never closed <ada@example.com>', "never closed", "ada@example.com"),
    ],
)
def test_senders_are_read_as_mail_programs_write_them(written, name, email):
    incoming = parse(f"From: {written}\r\n\r\nHi".encode())
    assert incoming.from_ is not None
    assert (incoming.from_.name, incoming.from_.email) == (name, email)


@pytest.mark.parametrize("written", ["", "undisclosed-recipients:;", "root", "<>", "MAILER-DAEMON"])
def test_a_mail_that_names_nobody_has_no_sender(written):
    assert parse(f"From: {written}\r\nSubject: x\r\n\r\nHi".encode()).from_ is None
    assert parse(b"Subject: x\r\n\r\nHi").from_ is None


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        (b"=?utf-8?Q?Gr=C3=BC=C3?= =?utf-8?Q?=9Fe?=", "Grüße"),
        (b"=?iso-2022-jp?B?GyRCJCIbKEI=?= ok", "あ ok"),
        ("Grüße aus Köln".encode(), "Grüße aus Köln"),
        ("Grüße aus Köln".encode("latin-1"), "Grüße aus Köln"),
        (b"=?unknown-8bit?Q?caf=C3=A9?=", "café"),
        (b"=?gb2312?B?" + base64.b64encode("镕".encode("gb18030")) + b"?=", "镕"),
        (b"a\x00b \xe2\x80\xae cde", "ab cde"),
        (b"folded\r\n  over lines", "folded over lines"),
        (b"=?utf-8?B?not base64!?= end", None),
    ],
)
def test_subjects_are_decoded_whatever_their_encoding(written, subject):
    incoming = parse(mail(b"Subject: " + written))
    assert incoming.subject == subject if subject is not None else incoming.subject.endswith("end")


def test_a_subject_of_5000_characters_is_cut():
    assert len(parse(mail(b"Subject: " + b"long " * 1000)).subject) <= 1000


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        (b"", "naïve".encode("latin-1"), "naïve"),
        (b"us-ascii", "naïve".encode(), "naïve"),
        (b"iso-8859-1", b"\x93quoted\x94 \x80", "“quoted” €"),
        (b"gb2312", "朱镕基您好".encode("gb18030"), "朱镕基您好"),
        (b"ks_c_5601-1987", "똠방각하".encode("cp949"), "똠방각하"),
        (b"iso-2022-jp-ms", "①です".encode("iso2022_jp_ext", "ignore") or b"", "です"),
        (b"shift_jis", "①注文".encode("cp932"), "①注文"),
        (b"", "注文がまだ届きません".encode("cp932"), "注文がまだ届きません"),
        (b"", "Здравствуйте, мой заказ не пришёл".encode("koi8-r"), "Здравствуйте, мой заказ не пришёл"),
        (b"", "Здравствуйте, мой заказ не пришёл".encode("cp1251"), "Здравствуйте, мой заказ не пришёл"),
        (b"windows-1258", "điện".encode("cp1258", "ignore"), None),
        (b"no-such-charset", "Größe".encode(), "Größe"),
        (b"unicode_escape", b"\\x41", "\\x41"),
        (b"iso-2022-jp", "メール".encode(), "メール"),
    ],
)
def test_bodies_are_decoded_by_what_they_are_when_the_charset_lies(charset, raw, text):
    incoming = parse(mail(b"Content-Type: text/plain" + (b"; charset=" + charset if charset else b""), body=raw))
    assert incoming.text == text if text is not None else incoming.text


@pytest.mark.parametrize(
    "written",
    [
        "<a@x> <b@x>",
        "<a@x>,<b@x>",
        "<a@x>\r\n\t<b@x>",
        "a@x b@x",
        "a@x, b@x",
        "(note) <a@x> junk <b@x>",
        "<a@ x>\r\n <b@x>",
    ],
)
def test_references_are_read_however_they_are_separated(written):
    assert parse(mail(b"References: " + written.encode())).references == ("<a@x>", "<b@x>")


def test_ten_kilobytes_of_references_are_accepted():
    chain = " ".join(f"<{number:04}@thread.example>" for number in range(500))
    references = parse(mail(b"References: " + chain.encode())).references
    assert references[0] == "<0000@thread.example>"
    assert references[-1] == "<0499@thread.example>"


def test_a_missing_message_id_is_made_from_the_content():
    raw = b"From: ada@example.com\r\n\r\nHi"
    first, again, other = parse(raw), parse(raw), parse(raw + b"!")
    assert first.message_id_made
    assert first.message_id == again.message_id != other.message_id


def test_text_after_an_attachment_stays_in_order():
    raw = mail(
        b"Content-Type: multipart/mixed; boundary=b",
        body=b"--b\r\nContent-Type: text/plain\r\n\r\nBefore\r\n--b\r\nContent-Type: image/png\r\n"
        b"Content-Disposition: attachment; filename=a.png\r\n\r\nPNG\r\n--b\r\n"
        b"Content-Type: text/plain\r\n\r\nAfter\r\n--b--",
    )
    incoming = parse(raw)
    assert incoming.text == "Before\n\nAfter"
    assert [(item.name, item.content) for item in incoming.attachments] == [("a.png", b"PNG")]


def test_of_alternatives_the_plain_text_is_read_and_the_html_shown():
    raw = mail(
        b"Content-Type: multipart/alternative; boundary=b",
        body=b"--b\r\nContent-Type: text/plain\r\n\r\nPlain\r\n"
        b"--b\r\nContent-Type: multipart/related; boundary=r\r\n\r\n"
        b"--r\r\nContent-Type: text/html\r\n\r\n<p>Rich <img src='cid:logo'></p>\r\n--r\r\nContent-Type: image/gif\r\n"
        b"Content-ID: <logo>\r\n\r\nGIF\r\n--r--\r\n--b--",
    )
    incoming = parse(raw)
    assert incoming.text == "Plain"
    assert incoming.html is not None and 'src="cid:logo"' in incoming.html
    assert [(item.content_id, item.inline) for item in incoming.attachments] == [("logo", True)]


def test_html_alone_is_read_as_text():
    page = b"<style>p{}</style><p>Hello&nbsp;you</p><ul><li>one<li>two</ul><table><tr><td>a<td>b</table>"
    assert parse(mail(b"Content-Type: text/html", body=page)).text == "Hello you\n\n- one\n- two\n\na b"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src="https://tracker.example/pixel.gif">',
        '<a href="javascript:alert(1)">x</a>',
        '<form action="https://evil.example"><input name="password"></form>',
        '<base href="https://evil.example">',
        '<div style="position:fixed;top:0;background:url(https://evil.example/x)">x</div>',
        '<iframe src="https://evil.example"></iframe><svg onload="alert(1)"></svg>',
        '<link rel=stylesheet href="https://evil.example/x.css"><style>@import "https://evil.example"</style>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<img src=x onerror="alert(1)">',
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    ],
)
def test_nothing_in_shown_html_runs_or_loads(hostile):
    shown = parse(mail(b"Content-Type: text/html", body=b"<p>kept</p>" + hostile.encode())).html
    assert shown is not None and "kept" in shown
    forbidden = "script alert evil.example tracker position onerror <form <input <style http-equiv"
    assert not [word for word in forbidden.split() if word in shown]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"attachment; filename*=us-ascii''Gr%F6%DFe.pdf", "Größe.pdf"),
        (b"attachment; filename*0*=utf-8''Gr%C3%B6; filename*1=sse.pdf", "Grösse.pdf"),
        (b'attachment; filename="=?utf-8?q?Gr=C3=B6=C3=9Fe=2Epdf?="', "Größe.pdf"),
        (b'attachment; filename="../../etc/passwd"', "passwd"),
        (b'attachment; filename="C:\\\\temp\\\\a.pdf"', "a.pdf"),
        (b"attachment; filename=photo\xe2\x80\xaegnp.exe", "photognp.exe"),
        (b"attachment", "file.pdf"),
    ],
)
def test_file_names_are_decoded_and_safe(header, name):
    raw = mail(b"Content-Type: application/octet-stream", b"Content-Disposition: " + header, body=b"%PDF-1.7")
    assert parse(raw).attachments[0].name == name


def test_a_file_named_only_in_its_type_keeps_the_name():
    raw = mail(b'Content-Type: application/pdf; name="bill.pdf"', b"Content-Transfer-Encoding: base64;", body=b"QUJD")
    item = parse(raw).attachments[0]
    assert (item.name, item.content) == ("bill.pdf", b"ABC")


def test_flowed_text_is_joined_and_its_quotes_kept():
    flowed = b"This is one \r\nparagraph.\r\n> quoted \r\n> too\r\n-- \r\nAda"
    assert parse(mail(b"Content-Type: text/plain; format=flowed", body=flowed)).text == (
        "This is one paragraph.\n> quoted too\n-- \nAda"
    )


def test_delsp_joins_without_the_space():
    raw = mail(b"Content-Type: text/plain; format=flowed; delsp=yes", body="注 \r\n文".encode())
    assert parse(raw).text == "注文"


def test_uuencoded_files_leave_the_text():
    incoming = parse(mail(body=b"See file:\r\nbegin 644 note.txt\r\n#0V%T\r\n`\r\nend\r\nBye"))
    assert [(item.name, item.content) for item in incoming.attachments] == [("note.txt", b"Cat")]
    assert incoming.text == "See file:\n\nBye"


def test_a_lost_boundary_is_damage_and_keeps_the_text():
    body = b"--other\r\nContent-Type: text/plain\r\n\r\nStill here"
    raw = mail(b"Content-Type: multipart/mixed; boundary=gone", body=body)
    incoming = parse(raw)
    assert incoming.damaged
    assert "Still here" in incoming.text


def test_a_truncated_mail_is_damage_and_keeps_what_came():
    incoming = parse(mail(b"Content-Type: multipart/mixed; boundary=b", body=b"--b\r\n\r\nHalf a sent"))
    assert incoming.damaged
    assert incoming.text == "Half a sent"


@pytest.mark.parametrize("raw", [b"", b"\x00\xff\xfe" * 50, b"just words", b"\r\n\r\n\r\n", b": :\r\n\r\n"])
def test_what_is_no_mail_is_damaged_not_an_error(raw):
    incoming = parse(raw)
    assert incoming.damaged and incoming.from_ is None


def test_ten_thousand_headers_are_read():
    incoming = parse(b"".join(b"X-%d: y\r\n" % number for number in range(10_000)) + HEAD + b"\r\nHello")
    assert (incoming.text, incoming.message_id) == ("Hello", "<one@example.com>")


@pytest.mark.parametrize("depth", [100, 2000])
def test_parts_nested_too_deep_are_cut_off(depth):
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    incoming = parse(HEAD + nested + b"\r\nlost")
    assert incoming.damaged and incoming.notes and incoming.from_ is not None


def test_five_thousand_parts_are_cut_off():
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    incoming = parse(mail(b"Content-Type: multipart/mixed; boundary=b", body=part * 5000 + b"--b--"))
    assert len(incoming.text.split()) < 1000
    assert incoming.notes


def test_an_attached_mail_is_a_file():
    inner = b"From: bob@example.com\r\nSubject: inner\r\n\r\nInner words"
    raw = mail(
        b"Content-Type: multipart/mixed; boundary=b",
        body=b"--b\r\n\r\nOuter\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--",
    )
    incoming = parse(raw)
    assert incoming.text == "Outer"
    assert incoming.attachments[0].name == "inner.eml"
    assert b"Inner words" in incoming.attachments[0].content


def test_a_group_address_hides_nobody():
    raw = (
        b'From: "Ada via Support" <support@desk.example>\r\nList-Id: <support.desk.example>\r\n'
        b"Reply-To: Ada <ada@x.example>\r\n\r\nHi"
    )
    assert parse(raw).original_from == Address("Ada", "ada@x.example")


def test_the_mailbox_it_was_delivered_to_is_told():
    incoming = parse(mail(b"Delivered-To: help@desk.example", b"X-Original-To: support@desk.example"))
    assert incoming.envelope_to == ("help@desk.example", "support@desk.example")
