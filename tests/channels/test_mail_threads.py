"""Only who holds a signed name of a thread can speak for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskwright.channels.email.threads import (
    message_id,
    read_message_id,
    read_reply_address,
    reply_address,
    thread_token,
    verify_thread_token,
)

SECRET = "a secret of the desk"


@given(ticket=st.integers(1, 10**12), nonce=st.text(max_size=40))
def test_a_message_id_names_its_ticket(ticket, nonce):
    name = message_id("desk.example", ticket, nonce, SECRET)
    assert name == message_id("desk.example", ticket, nonce, SECRET)
    assert name.isascii() and name.startswith("<") and name.endswith("@desk.example>")
    assert read_message_id(name, SECRET) == read_message_id(name.strip("<>"), SECRET) == ticket


def test_mails_of_one_ticket_have_different_ids():
    assert message_id("d.example", 7, "m1", SECRET) != message_id("d.example", 7, "m2", SECRET)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "<7@desk.example>",
        "<dw.7.m1@desk.example>",
        "<dw.7.m1.aaaaaaaaaaaaaaaaaaaa@desk.example>",
        "dw.7",
        "<dw.x.y.z@a>",
    ],
)
def test_a_forged_message_id_names_nothing(forged):
    assert read_message_id(forged, SECRET) is None


def test_a_signature_holds_for_its_ticket_and_secret_only():
    name = message_id("desk.example", 7, "m1", SECRET)
    assert read_message_id(name.replace("dw.7.", "dw.8."), SECRET) is None
    assert read_message_id(name.replace(".m1.", ".m2."), SECRET) is None
    assert read_message_id(name, "another secret") is None
    assert verify_thread_token(SECRET, name.split(".")[3].split("@")[0]) is None


@given(ticket=st.integers(1, 10**12))
def test_a_token_survives_a_change_of_case(ticket):
    token = thread_token(SECRET, ticket)
    assert verify_thread_token(SECRET, token) == verify_thread_token(SECRET, token.upper()) == ticket
    assert read_reply_address(reply_address("support@desk.example", ticket, SECRET), SECRET) == ticket


@given(st.text(max_size=60))
def test_nothing_else_is_a_token(text):
    assert verify_thread_token(SECRET, text) is None
    assert read_reply_address(text, SECRET) is None
    assert read_message_id(text, SECRET) is None
