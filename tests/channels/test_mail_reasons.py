"""What servers say when they do not take a mail, read as one of a few reasons."""

from __future__ import annotations

import pytest

from deskwright.channels.email import reasons


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("550 5.1.1 <mina@harbor.example>: Recipient address rejected: User unknown", reasons.NO_MAILBOX),
        ("550-5.1.1 The email account that you tried to reach does not exist.", reasons.NO_MAILBOX),
        ("550 5.4.1 Recipient address rejected: Access denied. [AM6EUR05.example]", reasons.NO_MAILBOX),
        ("550 5.5.0 Requested action not taken: mailbox unavailable", reasons.NO_MAILBOX),
        ("550 no such user", reasons.NO_MAILBOX),
        ("554 5.1.2 Host unknown (Name server: harbor.example: host not found)", reasons.NO_DOMAIN),
        ("556 5.1.10 Domain harbor.example has a null MX", reasons.NO_DOMAIN),
        ("552 5.2.2 The email account that you tried to reach is over quota", reasons.FULL),
        ("452 4.2.2 Mailbox full", reasons.FULL),
        ("552 5.3.4 Message size exceeds fixed limit", reasons.TOO_LARGE),
        ("550 5.7.1 Message rejected as spam by Content Filtering.", reasons.UNWANTED),
        ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a block list", reasons.UNWANTED),
        ("550 5.7.26 This mail is unauthenticated", reasons.NOT_PROVED),
        ("550 5.7.1 Unauthenticated email from desk.example is not accepted due to domain's DMARC policy.",
         reasons.NOT_PROVED),
        ("421 4.7.0 Try again later, closing connection.", reasons.TOO_MANY),
        ("450 4.2.0 <mina@harbor.example>: Recipient address rejected: Greylisted", reasons.TOO_MANY),
        ("No connection to mail.example: [Errno 111] Connection refused", reasons.UNREACHABLE),
        ("535 5.7.8 Authentication credentials invalid", reasons.SIGN_IN),
        ("550 Administrative prohibition", reasons.UNKNOWN),
        ("", reasons.UNKNOWN),
    ],
)  # fmt: skip
def test_a_server_s_words_are_one_reason(said: str, why: str) -> None:
    assert reasons.reason(said) == why


def test_a_status_known_apart_outranks_the_words() -> None:
    assert reasons.reason("the message was not delivered", "5.1.1") == reasons.NO_MAILBOX
    assert reasons.reason("550 5.2.2 user unknown or mailbox full") == reasons.FULL


def test_only_what_lies_in_the_address_makes_it_dead() -> None:
    assert reasons.dead("550 no such user") and reasons.dead("", "5.1.2")
    assert not reasons.dead("552 5.2.2 over quota")
    assert not reasons.dead("550 5.7.1 blocked, user unknown to our block list")


def test_an_address_in_the_words_is_not_taken_for_a_status() -> None:
    assert reasons.reason("550 rejected by 5.1.1.1") == reasons.UNKNOWN
