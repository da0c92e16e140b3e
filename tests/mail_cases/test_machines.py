"""Cases 16 to 26: loops, automatic answers, bounces and storms."""

from __future__ import annotations

from datetime import date

import pytest

from deskwright.desk.answering import replies
from deskwright.store.models import Agent, Delivery, Notice, RawInput, Suppression, Ticket, TicketEvent
from deskwright.web.workspace.cautions import of_mail
from deskwright.web.workspace.sentences import WORDS
from tests.mail_cases.conftest import Post


def acknowledged(taken: RawInput) -> bool:
    return Delivery.objects.filter(ticket_id=taken.ticket_id, content__auto_submitted="auto-replied").exists()


@pytest.mark.parametrize("value", ["auto-replied", "auto-generated; type=x"])
def test_case_16_auto_submitted_is_a_quiet_note_on_its_thread(post: Post, ada: Agent, value: str) -> None:
    first = post()
    replies.reply(ada, first.ticket_id or 0, "Done.", now=post.now, solve=True)

    note = post(In_Reply_To="<m1@harbor.example>", Auto_Submitted=value)
    lone = post(Auto_Submitted=value, body="Backup report")

    assert (note.disposition, note.ticket_id) == ("note", first.ticket_id)
    assert post.ticket(first).status == "solved", "no machine reopens"
    assert post.ticket(first).unanswered_since is None, "nor starts a clock"
    expected = "quarantined" if value == "auto-replied" else "ticket"
    assert lone.disposition == expected
    assert lone.ticket_id is None or not acknowledged(lone)


@pytest.mark.parametrize(
    "header",
    ["X-Auto-Response-Suppress: All", "Precedence: bulk", "Precedence: list", "List-Id: <news.harbor.example>"],
)
def test_case_17_lists_and_suppressors_open_tickets_and_get_no_acknowledgement(post: Post, header: str) -> None:
    taken = post(header)

    assert taken.disposition == "ticket"
    assert not acknowledged(taken)


def test_case_17_who_only_asks_for_no_automatic_answer_is_a_human(post: Post) -> None:
    first = post()

    answer = post("X-Auto-Response-Suppress: All", In_Reply_To="<m1@harbor.example>", body="It works.")

    assert (answer.disposition, post.message(answer).kind) == ("reply", "customer")
    assert post.ticket(first).unanswered_since is not None


@pytest.mark.parametrize("header", ["Precedence: auto_reply", "X-Autoreply: yes", "X-Autorespond: away"])
def test_case_17_old_headers_of_automatic_answers_make_notes(post: Post, header: str) -> None:
    first = post()

    assert post(header, In_Reply_To="<m1@harbor.example>").disposition == "note"
    assert post.ticket(first).status == "new"


@pytest.mark.parametrize(
    "subject",
    ["Automatic reply: The export", "Abwesenheitsnotiz: Export", "Réponse automatique : export", "自动回复：导出"],
)
def test_case_18_an_out_of_office_note_without_headers_is_a_note(post: Post, subject: str) -> None:
    first = post()

    taken = post(f"Subject: {subject}", In_Reply_To="<m1@harbor.example>", body="I am away until Monday.")

    assert (taken.disposition, taken.ticket_id) == ("note", first.ticket_id)


NOTE = "Hello,\n\nI am out of the office until 4 December 2026. For urgent matters write to Tom.\n\nMina"


def test_case_18_words_alone_stay_an_answer_and_mark_until_when(post: Post) -> None:
    first = post()
    plain = {"In_Reply_To": "<m1@harbor.example>", "Date": "Mon, 23 Nov 2026 10:00:00 +0100"}

    taken = post("Subject: Re: The export is empty", body=NOTE, **plain)

    assert (taken.disposition, taken.ticket_id) == ("reply", first.ticket_id), "people write such words too"
    assert post.told(taken)["away_until"] == "2026-12-04"
    assert post.ticket(first).customer.away_until == date(2026, 12, 4)


def test_case_18_a_note_s_words_mark_until_when(post: Post) -> None:
    first = post()

    taken = post(
        "Subject: Automatic reply: The export is empty",
        In_Reply_To="<m1@harbor.example>",
        Date="Mon, 23 Nov 2026 10:00:00 +0100",
        body=NOTE,
    )

    assert (taken.disposition, post.ticket(first).customer.away_until) == ("note", date(2026, 12, 4))


def test_case_18_a_stranger_s_note_says_nothing_of_the_requester(post: Post) -> None:
    first = post()

    post(
        From="Eve <eve@elsewhere.example>",
        In_Reply_To="<m1@harbor.example>",
        Date="Mon, 23 Nov 2026 10:00:00 +0000",
        body=NOTE,
    )

    assert post.ticket(first).customer.away_until is None


def report(original: str, action: str = "failed", status: str = "5.1.1") -> str:
    return (
        "--r\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; mina@harbor.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 No such user\r\n\r\n"
        f"--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\n\r\n--r--\r\n"
    )


REPORT = "multipart/report; report-type=delivery-status; boundary=r"


def sent(post: Post, ada: Agent) -> Delivery:
    first = post()
    message = replies.reply(ada, first.ticket_id or 0, "Does it work?", now=post.now)
    return Delivery.objects.get(message_id=message)


def test_case_19_a_delivery_report_marks_the_mail_it_is_about(post: Post, ada: Agent) -> None:
    ours = sent(post, ada)

    taken = post("From: MAILER-DAEMON@mx.example", Content_Type=REPORT, body=report(ours.mail_id))

    ours.refresh_from_db()
    assert (taken.disposition, taken.ticket_id) == ("note", ours.ticket_id)
    assert ours.state == "bounced"
    assert "No such user" in ours.last_error
    assert Ticket.objects.count() == 1
    assert Suppression.objects.get().address == "mina@harbor.example", "a mailbox that is not there"
    assert Notice.objects.filter(agent=ada, ticket_id=ours.ticket_id).exists(), "who wrote is told"
    unread = TicketEvent.objects.filter(data__has_key="unread")
    assert not unread.exists(), "nobody would answer a report, so that nobody is warned of it"


def test_case_19_a_full_mailbox_stops_nothing(post: Post, ada: Agent) -> None:
    ours = sent(post, ada)

    post("From: MAILER-DAEMON@mx.example", Content_Type=REPORT, body=report(ours.mail_id, status="5.2.2"))

    assert not Suppression.objects.exists()


def test_case_20_a_report_in_free_words_is_matched_too(post: Post, ada: Agent) -> None:
    ours = sent(post, ada)
    words = (
        "Sorry:\r\n<mina@harbor.example>:\r\n550 5.1.1 unknown\r\n\r\n"
        f"--- Below this line is a copy\r\n\r\nMessage-ID: {ours.mail_id}\r\n"
    )

    taken = post("From: postmaster@mx.example", "Subject: failure notice", Return_Path="<>", body=words)

    ours.refresh_from_db()
    assert (taken.disposition, ours.state) == ("note", "bounced")


def test_case_21_a_delay_is_a_note_and_no_failure(post: Post, ada: Agent) -> None:
    ours = sent(post, ada)
    before = ours.state

    taken = post("From: MAILER-DAEMON@mx.example", Content_Type=REPORT, body=report(ours.mail_id, "delayed", "4.4.1"))

    ours.refresh_from_db()
    assert (taken.disposition, ours.state) == ("note", before)


def test_case_22_a_complaint_is_a_note_on_what_was_complained_about(post: Post, ada: Agent) -> None:
    ours = sent(post, ada)
    body = (
        "--r\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n"
        "--r\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
        "Original-Rcpt-To: mina@harbor.example\r\n\r\n"
        f"--r\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {ours.mail_id}\r\nSubject: x\r\n\r\nx\r\n--r--\r\n"
    )

    taken = post(
        "From: fbl@mx.example", Content_Type="multipart/report; report-type=feedback-report; boundary=r", body=body
    )

    assert (taken.disposition, taken.ticket_id) == ("note", ours.ticket_id)
    assert "complaint" in post.told(taken)["automatic"]
    assert Suppression.objects.get().address == "mina@harbor.example"


@pytest.mark.parametrize("sender", ["support@desk.example", "Support <support+7@DESK.example>"])
def test_case_23_mail_from_ourselves_is_set_aside_as_a_loop(post: Post, sender: str) -> None:
    taken = post(f"From: {sender}")

    assert (taken.state, "loop" in taken.reason) == ("quarantined", True)


def test_case_23_a_mail_of_ours_that_comes_back_is_a_loop_whoever_it_claims_to_be_from(post: Post, ada: Agent) -> None:
    ours = sent(post, ada)

    taken = post(f"Message-ID: {ours.mail_id}")

    assert (taken.state, "loop" in taken.reason) == ("quarantined", True)


def test_case_26_a_no_reply_sender_gets_a_ticket_no_acknowledgement_and_a_warning(post: Post) -> None:
    taken = post("From: Shop <no-reply@shop.example>")
    reachable = post("From: Shop <no-reply@shop.example>", Reply_To="help@shop.example", body="Another matter.")

    assert taken.disposition == "ticket"
    assert not acknowledged(taken)
    assert post.told(taken)["unread"] is True
    said = [one.text for one in of_mail({}, post.told(taken), {})]
    assert said == ["Nobody reads what is sent to this address: answers will not arrive"]
    wrote = WORDS["customer_wrote"]({}, post.told(taken) | {"other_subject": "Another"}, {})
    assert [one.weight for one in wrote] == [8, 7], "of answers as of what opened a ticket"
    assert "unread" not in post.told(reachable)
