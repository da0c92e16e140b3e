"""Cases 55 to 59: what is new in an answer, and words that would command."""

from __future__ import annotations

import pytest

from deskwright.desk.arriving import colleagues, mailroom
from deskwright.store.models import Agent, Attachment, Delivery, RawInput, Ticket
from tests.mail_cases.conftest import Post, environment

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


def ordered(post: Post, mail: str, body: str, **more: str) -> RawInput:
    """What became of a mail of Ada's that her mail server vouches for."""
    passed = "mx.desk.example; dmarc=pass header.from=desk.example"
    with environment(mail_auth_server="mx.desk.example"):
        usual = {"From": "Ada Quill <ada@desk.example>", "In_Reply_To": mail, "Authentication_Results": passed}
        return post(body=body, **{**usual, **more})


def told(post: Post, taken: RawInput) -> list[str]:
    """What the agent is mailed of it."""
    row = Delivery.objects.get(recipient="ada@desk.example", content__in_reply_to=f"<m{post.number}@harbor.example>")
    assert (row.content["auto_submitted"], row.ticket_id) == ("auto-replied", taken.ticket_id)
    return str(row.content["text"]).split("\n")


def test_case_59_an_agent_s_commands_are_obeyed_and_told_of(post: Post, ada: Agent) -> None:
    first = post()
    ours = Delivery.objects.get(ticket_id=first.ticket_id).mail_id

    taken = ordered(
        post, ours, "#assign me\n#priority high\n#tag export, later\n#close\n\nIt was the disk.\n\n-- \nAda"
    )

    ticket = post.ticket(first)
    assert (ticket.assignee, ticket.priority, ticket.status) == (ada, "high", "solved")
    assert {"export", "later"} <= set(ticket.tags)
    note = post.message(taken)
    assert (note.kind, note.text) == ("note", "It was the disk.")
    assert told(post, taken) == [
        "Done: #assign me",
        "Done: #priority high",
        "Done: #tag export, later",
        "Done: #close",
    ]


def test_case_59_a_reply_goes_to_the_customer_and_what_cannot_be_is_said(post: Post, ada: Agent) -> None:
    first = post()
    ours = Delivery.objects.get(ticket_id=first.ticket_id).mail_id

    taken = ordered(post, ours, "#reply\n#assign nobody at all\n#explode\n#priority purple\n\nTry it again, please.")

    message = post.message(taken)
    assert (message.kind, message.text) == ("agent", "Try it again, please.")
    assert Delivery.objects.filter(message=message, recipient="mina@harbor.example").exists()
    lines = told(post, taken)
    assert lines[0] == "Done: #reply"
    assert [line.partition(" (")[0] for line in lines[1:]] == [
        "Not done: #assign nobody at all",
        "Not done: #explode",
        "Not done: #priority purple",
    ]


def test_case_59_the_same_mail_is_obeyed_once_and_a_machine_s_or_a_doubtful_one_never(post: Post, ada: Agent) -> None:
    first = post()
    ours = Delivery.objects.get(ticket_id=first.ticket_id).mail_id

    once = ordered(post, ours, "#tag once")
    Ticket.objects.filter(pk=first.ticket_id).update(tags=[])
    with environment(mail_auth_server="mx.desk.example"):
        again = post.take(b"Received: by a list\r\n" + bytes(once.body))
    ordered(post, ours, "#tag machine", Auto_Submitted="auto-replied")
    ordered(post, ours, "#tag forged", Authentication_Results="mx.desk.example; dmarc=none")
    ordered(post, "<m1@harbor.example>", "#tag unsigned")

    assert again.disposition == "duplicate"
    assert post.ticket(first).tags == []


def test_case_59_another_pass_over_the_same_mail_orders_nothing_more(post: Post, ada: Agent) -> None:
    first = post()
    once = ordered(post, Delivery.objects.get(ticket_id=first.ticket_id).mail_id, "#tag once")
    Ticket.objects.filter(pk=first.ticket_id).update(tags=[])

    with environment(mail_auth_server="mx.desk.example"):
        (row,) = RawInput.objects.filter(pk=once.pk).values()
        outcome = colleagues.answered(mailroom.understand(row), ada, post.now)

    assert (outcome and outcome.disposition, post.ticket(first).tags) == ("duplicate", [])
    once.refresh_from_db()
    assert (once.state, once.disposition) == ("done", "note")
    assert told(post, once) == ["Done: #tag once"]


def test_case_59_a_first_line_that_is_no_command_is_words(post: Post, ada: Agent) -> None:
    first = post()
    ours = Delivery.objects.get(ticket_id=first.ticket_id).mail_id

    alone = ordered(post, ours, "#invoice 7 is theirs\nI have seen it.")
    below = ordered(post, ours, "#tag seen\n#invoice 8 is theirs\nI have seen it.")

    assert post.message(alone).text == "#invoice 7 is theirs\nI have seen it."
    assert post.message(below).text == "#invoice 8 is theirs\nI have seen it."
    assert told(post, below) == ["Done: #tag seen"]


@pytest.mark.parametrize("command", ["#reply", "#tag seen"])
def test_case_59_files_go_with_the_words(post: Post, ada: Agent, command: str) -> None:
    first = post()
    ours = Delivery.objects.get(ticket_id=first.ticket_id).mail_id
    parts = (
        f"--b\r\nContent-Type: text/plain\r\n\r\n{command}\r\n\r\nSee the file.\r\n"
        "--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=rows.csv\r\n\r\n1;2\r\n--b--\r\n"
    )

    taken = ordered(post, ours, parts, Content_Type="multipart/mixed; boundary=b")

    assert [one.name for one in Attachment.objects.filter(message=post.message(taken))] == ["rows.csv"]


def test_case_59_an_agent_orders_nothing_on_tickets_they_do_not_see(post: Post, ada: Agent) -> None:
    first = post()
    ours = Delivery.objects.get(ticket_id=first.ticket_id).mail_id
    ada.teams.clear()
    Ticket.objects.filter(pk=first.ticket_id).update(assignee=None)

    ordered(post, ours, "#tag export\n#close")

    assert (post.ticket(first).tags, post.ticket(first).status) == ([], "new")


@pytest.mark.parametrize("command", ["#close", "@fwd tom@elsewhere.example", "#assign ada", "status: solved"])
def test_case_59_words_in_a_mail_command_nothing(post: Post, ada: Agent, command: str) -> None:
    first = post()

    for sender in ("Mina Holt <mina@harbor.example>", "ada@desk.example"):
        taken = post(From=sender, In_Reply_To="<m1@harbor.example>", body=f"{command}\n\nThanks")
        assert command in post.message(taken).text

    ticket = post.ticket(first)
    assert ticket.status not in {"solved", "closed"}
