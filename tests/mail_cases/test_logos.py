"""Case 38: pictures of a signature, and pixels that track."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from deskwright.desk.arriving import logos
from deskwright.desk.arriving.arrivals import Arrival, File, Person
from deskwright.store.connection import cursor
from deskwright.store.models import Attachment
from tests.mail_cases.conftest import MINA, Post
from tests.mail_cases.test_content import MIXED, of

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(30)


def test_case_38_pictures_of_a_signature_are_no_attachments_and_pixels_load_nothing(post: Post) -> None:
    logo = "Content-Type: image/png\r\nContent-ID: <sign>\r\n\r\n\x89PNG"
    page = (
        'Content-Type: text/html\r\n\r\nHello<img src="cid:sign"><img src="https://t.example/p.gif" width=1 height=1>'
    )

    taken = post(Content_Type="multipart/related; boundary=b", body=of(page, logo))

    assert [one.inline for one in post.message(taken).attachments.all()] == [True], "shown in place, not listed"
    assert "t.example" not in post.message(taken).html


def pictured(post: Post, picture: bytes, sender: str = MINA, kind: str = "image/png") -> Attachment:
    """The picture of one more mail, whose words do not show it."""
    head = f"Content-Type: {kind}; name=image001\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    words = f"Content-Type: text/plain\r\n\r\nLetter {post.number}"
    part = head + base64.b64encode(picture).decode()
    taken = post(f"From: {sender}", Content_Type=MIXED, body=of(words, part))
    return post.message(taken).attachments.get()


def test_case_38_a_picture_that_a_domain_sends_again_and_again_is_its_logo(post: Post) -> None:
    kim = "Kim <kim@harbor.example>"
    came = [pictured(post, PICTURE, sender).logo for sender in (MINA, kim, MINA)]

    assert came == [False] * logos.TIMES, "three times may be chance"
    assert pictured(post, PICTURE, kim).logo, "of whomever of the domain"
    assert not pictured(post, PICTURE, "eve@elsewhere.example").logo, "another domain has sent it once"
    assert not pictured(post, PICTURE + b"x").logo, "another picture"


def test_case_38_a_picture_that_no_page_shows_stays_listed(post: Post) -> None:
    assert not any(pictured(post, b"II*\0" + bytes(30), kind="image/tiff").logo for _ in range(logos.TIMES + 1))


def test_case_38_what_comes_by_another_channel_beside_mail_carries_no_logos(post: Post) -> None:
    for _ in range(logos.TIMES):
        pictured(post, PICTURE)
    mail = Arrival("email", Person("mina@harbor.example"), "Hi", "Look.", files=(File("a.png", "image/png", PICTURE),))

    taken = logos.marked(cursor(), [mail, replace(mail, channel="portal")])

    assert [one.files[0].logo for one in taken] == [True, False]


def test_case_38_a_large_picture_is_never_a_logo(post: Post) -> None:
    large = PICTURE + bytes(logos.LARGEST)

    assert not any(pictured(post, large).logo for _ in range(logos.TIMES + 1))


def test_case_38_where_anybody_has_an_address_each_sender_counts_alone(post: Post) -> None:
    strangers = [f"s{number}@gmail.com" for number in range(logos.TIMES)]

    assert not any(pictured(post, PICTURE, one).logo for one in [*strangers, "mina@gmail.com"])
    assert [pictured(post, PICTURE, "mina@gmail.com").logo for _ in range(3)] == [False, False, True]


def test_case_38_what_came_with_very_many_mails_is_a_logo_whoever_sends_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logos, "LOOKED_AT", 4)

    came = [pictured(post, PICTURE, f"someone@d{number}.example").logo for number in range(5)]

    assert came == [False] * 4 + [True]
