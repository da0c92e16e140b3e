"""Cases 34 to 46: what is in a mail, and what must not get in."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deskwright.channels.email import naming
from deskwright.config.env import Address
from deskwright.desk.arriving.screening import EICAR
from deskwright.store.models import Agent, RawInput
from tests.mail_cases.conftest import Post, environment

MIXED = "multipart/mixed; boundary=b"


def of(*pieces: str, boundary: str = "b") -> str:
    return "".join(f"--{boundary}\r\n{piece}\r\n" for piece in pieces) + f"--{boundary}--\r\n"


def names(post: Post, taken: RawInput) -> list[str]:
    return [one.name for one in post.message(taken).attachments.order_by("id")]


def test_case_34_every_stretch_of_text_is_kept_in_order(post: Post) -> None:
    related = "Content-Type: multipart/related; boundary=r\r\n\r\n" + of(
        "Content-Type: multipart/alternative; boundary=a\r\n\r\n"
        + of("Content-Type: text/plain\r\n\r\nBefore", "Content-Type: text/html\r\n\r\n<b>Before</b>", boundary="a"),
        boundary="r",
    )
    picture = "Content-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nPNG"

    taken = post(Content_Type=MIXED, body=of(related, picture, "Content-Type: text/plain\r\n\r\nAfter"))

    assert post.message(taken).text == "Before\n\nAfter"
    assert "<b>Before</b>" in post.message(taken).html
    assert names(post, taken) == ["a.png"]


def test_case_35_html_alone_becomes_text_and_a_lone_picture_is_kept(post: Post) -> None:
    page = post(Content_Type="text/html", body="<p>It <b>broke</b></p><ul><li>one<li>two</ul>")
    picture = post(Content_Type="text/html", body='<img src="cid:x" alt="the error">')

    assert post.message(page).text == "It broke\n\n- one\n- two"
    assert picture.disposition == "ticket"
    assert post.told(post(Content_Type="text/html", body='<img src="cid:x">'))["notes"] == [
        "The mail is made of pictures, without words."
    ]


HOSTILE = [
    "<script>alert(1)</script>",
    '<svg onload="alert(1)"></svg>',
    '<base href="https://evil.example">',
    '<form action="https://evil.example"><input name=p></form>',
    '<img src="https://evil.example/pixel.gif">',
    '<div style="position:fixed;background:url(https://evil.example)">x</div>',
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_case_36_nothing_in_a_page_runs_or_loads(post: Post, hostile: str) -> None:
    html = post.message(post(Content_Type="text/html", body=f"<p>kept</p>{hostile}")).html

    assert "kept" in html
    assert not [word for word in ("script", "alert", "evil.example", "<form", "<svg", "<base", "fixed") if word in html]


def test_case_37_inline_pictures_stay_with_their_message(post: Post) -> None:
    picture = "Content-Type: image/gif\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline\r\n\r\nGIF89a"
    page = 'Content-Type: text/html\r\n\r\n<img src="cid:logo@x"><img src="data:image/png;base64,AAAA">'

    taken = post(Content_Type="multipart/related; boundary=b", body=of(page, picture, picture))

    kept = post.message(taken).attachments.all()
    assert {(one.content_id, one.inline) for one in kept} == {("logo@x", True)}
    assert 'src="cid:logo@x"' in post.message(taken).html


def test_case_37_pictures_named_without_cid_or_by_their_place_are_found_too(post: Post) -> None:
    kind = "Content-Type: image/gif\r\nContent-Disposition: inline\r\n"
    bare = f"{kind}Content-ID: <logo@x>\r\n\r\nGIF89a"
    placed = f"{kind}Content-Location: http://x.example/a.gif\r\n\r\nGIF89a"
    sources = ("logo@x", "http://x.example/a.gif", "http://y.example/b.gif")
    page = "Content-Type: text/html\r\n\r\n" + "".join(f'<img src="{one}">' for one in sources)

    html = post.message(post(Content_Type="multipart/related; boundary=b", body=of(page, bare, placed))).html

    assert 'src="cid:logo@x"' in html
    assert 'src="cid:http://x.example/a.gif"' in html
    assert "y.example" not in html


def test_case_37_a_picture_that_no_page_names_by_its_place_is_a_file(post: Post) -> None:
    placed = "Content-Type: image/gif\r\nContent-Location: http://x.example/a.gif\r\n\r\nGIF89a"

    taken = post(Content_Type="multipart/mixed; boundary=b", body=of("Content-Type: text/html\r\n\r\nSee", placed))

    assert [one.inline for one in post.message(taken).attachments.all()] == [False]


def attribute(level: int, name: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def winmail() -> bytes:
    title = "long name.pdf".encode("utf-16-le") + b"\0\0"
    properties = struct.pack("<IHHII", 1, 0x1F, 0x3707, 1, len(title)) + title + b"\0" * (-len(title) % 4)
    return (
        b"\x78\x9f\x3e\x22\x01\x00"
        + attribute(1, 0x2800C, b"Words of Outlook\0")
        + attribute(2, 0x69002, b"\0" * 14)
        + attribute(2, 0x18010, b"LONGNA~1.PDF\0")
        + attribute(2, 0x6800F, b"%PDF-1.7")
        + attribute(2, 0x69005, properties)
    )


def test_case_39_winmail_dat_is_unpacked_and_kept(post: Post) -> None:
    packed = base64.b64encode(winmail()).decode()
    part = f"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}"

    taken = post(Content_Type=MIXED, body=of(part))

    assert post.message(taken).text == "Words of Outlook"
    assert names(post, taken) == ["long name.pdf", "winmail.dat"]


def calendar(method: str) -> str:
    return (
        f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nSUMMARY:Review\r\nLOCATION:Room 4\r\n"
        "DTSTART;TZID=Europe/Berlin:20261124T100000\r\nORGANIZER:mailto:mina@harbor.example\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def test_case_40_an_invitation_is_a_card_and_an_acceptance_a_note(post: Post, ada: object) -> None:
    first = post(Content_Type="text/calendar; method=REQUEST", body=calendar("REQUEST"))
    accepted = post(
        Content_Type="text/calendar; method=REPLY", body=calendar("REPLY"), In_Reply_To="<m1@harbor.example>"
    )

    assert post.message(first).text.startswith("Invitation: Review\nWhen: 2026-11-24 10:00 (Europe/Berlin)")
    assert names(post, first) == ["invitation.ics"]
    assert accepted.disposition == "note"
    assert post.ticket(first).status == "new", "and opens nothing"
    cancelled = post(Content_Type="text/calendar; method=CANCEL", body=calendar("CANCEL"))
    assert post.message(cancelled).text.startswith("Cancelled: Review\nWhen: 2026-11-24 10:00 (Europe/Berlin)")
    assert "Organiser: mina@harbor.example" in post.message(cancelled).text


def test_case_41_an_attached_mail_is_a_file_and_its_author_no_requester(post: Post) -> None:
    inner = "Content-Type: message/rfc822\r\n\r\nFrom: kim@elsewhere.example\r\nSubject: inner\r\n\r\nInner words"
    outlook = "Content-Type: application/vnd.ms-outlook; name=note.msg\r\n\r\nx"

    taken = post(Content_Type=MIXED, body=of("Content-Type: text/plain\r\n\r\nSee there.", inner, outlook))

    assert post.message(taken).text == "See there."
    assert names(post, taken) == ["inner.eml", "note.msg"]
    assert post.ticket(taken).customer.email == "mina@harbor.example"


def test_case_41_a_mail_that_an_agent_passes_on_as_a_file_is_its_author_s(post: Post, ada: Agent) -> None:
    head = "From: Kim <kim@elsewhere.example>\r\nSubject: No export"
    inner = f"Content-Type: message/rfc822\r\n\r\n{head}\r\n\r\nIt is empty."
    passed = "mx.desk.example; dmarc=pass header.from=desk.example"
    body = of("Content-Type: text/plain\r\n\r\nPlease look.", inner)
    mail = {"From": "ada@desk.example", "Subject": "Fwd: No export", "Authentication_Results": passed}

    with environment(mail_auth_server="mx.desk.example"):
        taken = post(Content_Type=MIXED, body=body, **mail)
    doubtful = post(Content_Type=MIXED, body=body, **mail)

    assert (post.ticket(taken).customer.email, post.ticket(taken).subject) == ("kim@elsewhere.example", "No export")
    assert post.message(taken).text == "It is empty."
    assert post.told(taken)["notes"] == ["Ada Quill passed this on. They wrote: Please look."]
    assert post.ticket(doubtful).customer.email == "ada@desk.example"


@pytest.mark.parametrize("size", ["parts", "depth", "line", "file"])
def test_case_43_what_is_huge_is_cut_and_blocks_nobody(post: Post, monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.setattr(naming, "LARGEST_FILE", 1000)
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(100))
    huge = {
        "parts": post.raw(Content_Type=MIXED, body=of(*["Content-Type: text/plain\r\n\r\nx"] * 5000)),
        "depth": post.raw(body=b"").removesuffix(b"\r\n") + nested + b"\r\nlost",
        "line": post.raw(body="x" * 3_000_000),
        "file": post.raw(Content_Type="application/pdf; name=big.pdf", body="y" * 2000),
    }

    taken = post.take(huge[size])
    after = post(From="tom@harbor.example")

    assert (taken.disposition, after.disposition) == ("ticket", "ticket")
    assert post.told(taken)["notes"]
    if size == "file":
        assert post.message(taken).attachments.get().size == 0, "a stub; the original mail has it"


@contextmanager
def scanner(answer: bytes) -> Iterator[list[bytes]]:
    """ClamAV's daemon, as far as INSTREAM goes."""
    scanned: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            connection, _ = door.accept()
            with connection, connection.makefile("rb") as said:
                assert said.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack(">I", said.read(4))[0]:
                    content += said.read(length)
                scanned.append(content)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with environment(clamd=Address(*door.getsockname()[:2])):
            yield scanned
        thread.join()


def test_case_44_a_dangerous_file_is_held_back_and_the_ticket_arrives(post: Post) -> None:
    virus = f"Content-Type: application/octet-stream; name=bill.pdf\r\n\r\n{EICAR.decode()}"
    program = "Content-Type: application/octet-stream; name=setup.exe\r\n\r\nMZ"
    fine = "Content-Type: application/pdf; name=plan.pdf\r\n\r\n%PDF"

    taken = post(Content_Type=MIXED, body=of("\r\nSee the files.", virus, program, fine))
    with scanner(b"stream: Win.Test-1 FOUND\0") as scanned:
        found = post(Content_Type="application/pdf; name=trap.pdf", body=b"%PDF-trap")
    with environment(clamd=Address("127.0.0.1", 1)):
        unscanned = post(Content_Type="application/pdf; name=plan.pdf", body=b"%PDF-1")

    assert names(post, taken) == ["bill.pdf.held-back.txt", "setup.exe.held-back.txt", "plan.pdf"]
    assert EICAR in bytes(taken.body), "the original keeps it"
    assert (scanned, names(post, found)) == ([b"%PDF-trap"], ["trap.pdf.held-back.txt"])
    assert "Win.Test-1" in post.told(found)["notes"][0]
    assert names(post, unscanned) == ["plan.pdf"]
    assert post.told(unscanned)["notes"] == ["The virus scanner did not answer: the attachments were not scanned."]


def test_case_45_receipts_are_notes_and_voices_are_files(post: Post) -> None:
    first = post()
    receipt = of("\r\nRead.", "Content-Type: message/disposition-notification\r\n\r\nDisposition: x/y; displayed")
    kind = "multipart/report; report-type=disposition-notification; boundary=b"

    read = post(Content_Type=kind, body=receipt, In_Reply_To="<m1@harbor.example>")
    voice = post(Content_Type="audio/mpeg; name=message.mp3", body=b"ID3")

    assert (read.disposition, read.ticket_id) == ("note", first.ticket_id)
    assert names(post, voice) == ["message.mp3"]


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        (MIXED, b"--b\r\n\r\nHalf a sent", "Half a sent"),
        ("multipart/mixed; boundary=gone", b"--other\r\nContent-Type: text/plain\r\n\r\nStill here", "Still here"),
        ("text/plain; format=flowed", b"One \r\nparagraph.", "One paragraph."),
        ("text/plain; format=flowed; delsp=yes", "注 \r\n文".encode(), "注文"),
        ("text/plain", b"See:\r\nbegin 644 note.txt\r\n#0V%T\r\n`\r\nend\r\nBye", "See:\n\nBye"),
    ],
)
def test_case_46_what_is_damaged_or_old_is_read_as_far_as_it_goes(
    post: Post, kind: str, body: bytes, text: str
) -> None:
    taken = post(Content_Type=kind, body=body)

    assert text in post.message(taken).text
    assert ("notes" in post.told(taken)) == kind.startswith("multipart"), "what is damaged is said"
    lines = post.take(post.raw(body="Unix\nlines\n").replace(b"\r\n", b"\n"))
    assert post.message(lines).text.strip() == "Unix\nlines"


def yenc(content: bytes, checksum: str) -> bytes:
    """As a news reader would pack it: 42 added to each byte, what would break lines escaped."""
    packed = b"".join(
        b"=" + bytes([(one + 106) % 256]) if (one + 42) % 256 in b"\0\r\n=" else bytes([(one + 42) % 256])
        for one in content
    )
    end = b"=yend size=%d crc32=%s" % (len(content), checksum.encode())
    return b"See:\r\n=ybegin line=128 size=%d name=all.bin\r\n%s\r\n%s\r\nBye" % (len(content), packed, end)


@pytest.mark.parametrize("sound", [True, False])
def test_case_46_files_in_the_text_are_taken_out_whole_or_said_to_be_damaged(post: Post, sound: bool) -> None:
    content = bytes(range(256)) * 2
    checksum = f"{zlib.crc32(content) if sound else 1:08x}"

    packed = post("Content-Type: text/plain; charset=us-ascii", body=yenc(content, checksum))
    old = post(body=b"See:\r\nbegin 644 note.txt\r\n#0V%T\r\n`\r\nend\r\nBye")

    file = post.message(packed).attachments.get()
    assert (file.name, file.sha256) == ("all.bin", hashlib.sha256(content).hexdigest())
    assert post.message(packed).text == "See:\n\nBye"
    assert ("notes" in post.told(packed)) is not sound
    assert post.message(old).attachments.get().sha256 == hashlib.sha256(b"Cat").hexdigest()
