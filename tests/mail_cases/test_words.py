"""Cases 55 to 59: what is new in an answer, and words that would command."""

from __future__ import annotations

import pytest

from deskwright.store.models import Agent
from tests.mail_cases.conftest import Post

INTRODUCTIONS = [
    "On Mon, Nov 2, 2026 at 9:00 AM Ada <ada@desk.example> wrote:",
    "Am 02.11.2026 um 09:00 schrieb Ada:",
    "Le lun. 2 nov. 2026 à 09:00, Ada <ada@desk.example> a écrit :",
    "El lun, 2 nov 2026 a las 9:00, Ada (<ada@desk.example>) escribió:",
    "Em seg., 2 de nov. de 2026 às 09:00, Ada <ada@desk.example> escreveu:",
    "2026年11月2日(月) 9:00 Ada <ada@desk.example>:",
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_case_55_quotes_of_many_programs_are_taken_off_and_kept_one_click_away(post: Post, introduction: str) -> None:
    post()

    taken = post(In_Reply_To="<m1@harbor.example>", body=f"It works now.\n\n{introduction}\n> Is it urgent?\n")

    message = post.message(taken)
    assert message.new_text == "It works now."
    assert "Is it urgent?" in message.text


def test_case_55_rules_read_the_new_words_only(post: Post) -> None:
    taken = post(
        In_Reply_To="<unknown@harbor.example>", body="Fine.\n\nOn 1.1.2026 Ada wrote:\n> This is urgent, it is down!\n"
    )

    assert "urgency" not in post.ticket(taken).signals


def test_case_56_an_answer_between_quotes_shows_everything(post: Post) -> None:
    post()
    body = "> Which version?\nSeven.\n> Which system?\nLinux.\n"

    assert post.message(post(In_Reply_To="<m1@harbor.example>", body=body)).new_text == body.strip()


def test_case_57_a_first_mail_and_an_answer_without_new_words_stay_whole(post: Post) -> None:
    quoted = "On 1.1.2026 Ada wrote:\n> Which version?\n"

    first = post(body=f"Look:\n\n{quoted}")
    only = post(In_Reply_To="<m1@harbor.example>", body=quoted)

    assert "Which version?" in post.message(first).new_text
    assert "Which version?" in post.message(only).new_text


def test_case_58_signatures_are_not_what_rules_read(post: Post) -> None:
    taken = post(body="The page is empty.\n\n-- \nMina Holt\nUrgent Care Ltd, always down to earth\n")

    assert "Urgent Care" in post.message(taken).text
    assert "Urgent Care" not in post.ticket(taken).description
    assert "urgency" not in post.ticket(taken).signals


@pytest.mark.parametrize("command", ["#close", "@fwd tom@elsewhere.example", "#assign ada", "status: solved"])
def test_case_59_words_in_a_mail_command_nothing(post: Post, ada: Agent, command: str) -> None:
    first = post()

    for sender in ("Mina Holt <mina@harbor.example>", "ada@desk.example"):
        taken = post(From=sender, In_Reply_To="<m1@harbor.example>", body=f"{command}\n\nThanks")
        assert command in post.message(taken).text

    ticket = post.ticket(first)
    assert ticket.status not in {"solved", "closed"}
