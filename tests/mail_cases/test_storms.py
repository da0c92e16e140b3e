"""Cases 24 and 25: desks that answer each other, and storms."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskwright.desk.answering import replies
from deskwright.desk.arriving import brakes, intake, reopenings, storms
from deskwright.desk.errors import NotFound
from deskwright.desk.said import in_english
from deskwright.store.models import Agent, Delivery, Notice, RawInput, Ticket, TicketEvent
from tests.mail_cases.conftest import MINA, Post, mailbox
from tests.mail_cases.test_machines import acknowledged


def test_case_24_two_desks_that_acknowledge_each_other_stop(post: Post) -> None:
    """The other desk opens a ticket for every mail of ours and says so, in a new thread, without any header."""
    taken = [
        post("From: help@other.example", f"Subject: Request {n} received", body=f"We have it: {n}") for n in range(25)
    ]

    assert sum(acknowledged(one) for one in taken) == brakes.ANSWERS


def reopened(post: Post, ada: Agent, ticket: int, sender: str = MINA) -> RawInput:
    """What becomes of a mail of this sender's to the ticket, which Ada has just solved."""
    replies.reply(ada, ticket, "Done.", now=post.now, solve=True)
    return post(f"From: {sender}", In_Reply_To="<m1@harbor.example>", body=f"Your request {post.number} is received.")


def test_case_24_a_ticket_is_opened_again_only_so_often_by_one_address(post: Post, ada: Agent) -> None:
    first = post(Cc="kim@harbor.example")
    number = first.ticket_id or 0
    Ticket.objects.filter(pk=number).update(assignee=ada)

    taken = [reopened(post, ada, number) for _ in range(reopenings.MOST)]
    kept = [reopened(post, ada, number), post(In_Reply_To="<m1@harbor.example>", body="And again.")]

    assert [one.disposition for one in taken] == ["reply"] * reopenings.MOST
    assert [(one.disposition, in_english(one.reason)) for one in kept] == [("note", reopenings.TOO_OFTEN)] * 2
    assert (post.ticket(first).status, post.ticket(first).unanswered_since) == ("solved", None)
    assert post.told(kept[0])["notes"] == [reopenings.TOO_OFTEN]
    (notice,) = Notice.objects.filter(key__startswith="reopenings")
    assert notice.agent == ada
    assert reopened(post, ada, number, "kim@harbor.example").disposition == "reply", "somebody else may"


def test_case_24_mails_that_arrive_together_open_a_ticket_again_once(post: Post, ada: Agent) -> None:
    first = post()
    replies.reply(ada, first.ticket_id or 0, "Done.", now=post.now, solve=True)
    raws = [post.raw(In_Reply_To="<m1@harbor.example>", body=f"Picture {n}.") for n in range(reopenings.MOST + 3)]
    numbers = [intake.journal("email", {"to": ["support@desk.example"]}, raw, post.now) for raw in raws]

    intake.work_off(post.now)

    assert set(RawInput.objects.filter(pk__in=numbers).values_list("disposition", flat=True)) == {"reply"}
    assert (post.ticket(first).status, post.ticket(first).reopen_count) == ("open", 1)


def test_case_24_a_day_later_the_ticket_is_opened_again(post: Post, ada: Agent) -> None:
    first = post()
    for _ in range(reopenings.MOST):
        reopened(post, ada, first.ticket_id or 0)
    post.now += reopenings.TIME

    assert reopened(post, ada, first.ticket_id or 0).disposition == "reply"


MONITOR = "From: monitor@harbor.example"


def burst(post: Post, subjects: list[str], sender: str = MONITOR, body: str = "", **more: str) -> list[RawInput]:
    """Mails of one sender, five seconds apart."""
    taken = []
    for subject in subjects:
        post.now -= timedelta(seconds=55)
        taken.append(post(sender, f"Subject: {subject}", body=body or subject, **more))
    return taken


def counted(ticket: int | None) -> list[int]:
    events = TicketEvent.objects.filter(ticket_id=ticket or 0, kind="mail_storm").order_by("id")
    return [event.data["count"] for event in events]


def test_case_25_a_storm_of_like_mails_is_counted_on_its_first_ticket(post: Post) -> None:
    taken = burst(post, [f"Disk {number} is full" for number in range(brakes.ALIKE + 12)])

    opened, aside = taken[: brakes.ALIKE], taken[brakes.ALIKE :]
    assert [one.disposition for one in opened] == ["ticket"] * brakes.ALIKE
    assert {(one.state, in_english(one.reason), one.ticket_id) for one in aside} == {
        ("quarantined", brakes.ALIKES, opened[0].ticket_id)
    }
    assert counted(opened[0].ticket_id) == [1, 2, 5, 10]
    told = TicketEvent.objects.filter(kind="mail_storm").latest("id")
    assert told.ticket.updated_at == told.at, "it changed the ticket"
    assert post(MONITOR, "Subject: The lease ends").disposition == "ticket", "another matter is no part of it"


def test_case_25_a_storm_lasts_until_its_sender_is_quiet_and_each_mail_can_be_taken_in(post: Post) -> None:
    taken = burst(post, [f"Disk {number} is full" for number in range(brakes.ALIKE + 1)])
    for _ in range(4):
        post.now += timedelta(minutes=7)
        assert in_english(post(MONITOR, "Subject: Disk 7 is full", body="Disk 7 is full").reason) == brakes.ALIKES

    intake.recover(taken[-1].pk, post.now)
    intake.work_off(post.now)
    assert RawInput.objects.get(pk=taken[-1].pk).disposition == "ticket"
    post.now += timedelta(minutes=11)
    assert post(MONITOR, "Subject: Disk 9 is full", body="Disk 9 is full").disposition == "ticket", "the storm is over"


def test_case_25_all_of_a_storm_is_taken_in_at_once_in_batches(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storms, "BATCH", 4)
    taken = burst(post, [f"Disk {number} is full" for number in range(brakes.ALIKE + 6)])
    other = burst(post, ["Disk is full"] * (brakes.ALIKE + 1), "From: backup@harbor.example")[-1]
    sent = Delivery.objects.count()

    count = storms.take_in(None, taken[-1].pk, now=post.now)

    assert (count, len(states(taken, "done")), len(states(taken, "pending"))) == (6, brakes.ALIKE + 4, 2)
    intake.work_off(post.now + storms.APART)
    assert states(taken, "done") == taken
    assert Delivery.objects.count() == sent, "nothing is acknowledged"
    assert states([other], "quarantined") == [other], "another sender's storm"
    with pytest.raises(NotFound):
        storms.take_in(None, taken[-1].pk, now=post.now)


def test_case_25_what_was_taken_in_of_a_storm_begins_no_other(post: Post) -> None:
    taken = burst(post, [f"Disk {number} is full" for number in range(brakes.ALIKE)])
    post.now += timedelta(minutes=8)
    aside = burst(post, ["Disk 4 is full"] * brakes.ALIKE, body="Disk 4 is full")
    storms.take_in(None, aside[0].pk, now=post.now)
    post.now += timedelta(minutes=4)

    assert states(taken + aside, "done") == taken + aside
    assert post(MONITOR, "Subject: Disk 7 is full", body="Disk 7 is full").disposition == "ticket"


def states(mails: list[RawInput], state: str) -> list[RawInput]:
    """Those that stand so by now."""
    return list(RawInput.objects.filter(pk__in=[one.pk for one in mails], state=state).order_by("id"))


def test_case_25_different_words_below_one_subject_are_no_storm(post: Post) -> None:
    burst(post, ["Contact form"] * brakes.ALIKE, body="Hello 1")

    assert post(MONITOR, "Subject: Contact form", body="Hello 2").state == "quarantined"
    assert post(MONITOR, "Subject: Contact form", body="My invoice is wrong").disposition == "ticket"


def test_case_25_a_storm_that_goes_on_is_shown_anew_after_an_hour(post: Post) -> None:
    burst(post, ["Disk 1 is full"] * brakes.ALIKE, body="Full")

    later = []
    for _ in range(9):
        post.now += timedelta(minutes=8)
        later.append(post(MONITOR, "Subject: Disk 2 is full", body="Full").state)

    assert later == ["quarantined"] * 7 + ["done"] * 2


FORGED = "mx.desk.example; dmarc=fail header.from=harbor.example"


def test_case_25_mails_that_may_be_somebody_else_s_hold_up_nobody_s_own(post: Post) -> None:
    forged = burst(post, ["Disk 1 is full"] * (brakes.ALIKE + 1), body="Full", Authentication_Results=FORGED)

    assert forged[-1].state == "quarantined", "they are a storm by themselves"
    assert post(MONITOR, "Subject: Disk 1 is full", body="Full").disposition == "ticket"


def test_case_25_what_is_set_aside_of_a_form_counts_for_who_is_named_in_it(post: Post) -> None:
    mailbox("forms@desk.example", post.now, reply_to=True)
    taken = []
    for _ in range(brakes.ALIKE + 2):
        post.now -= timedelta(seconds=55)
        raw = post.raw("From: form@shop.example", Reply_To="kim@elsewhere.example", body="Full")
        taken.append(post.take(raw, {"to": ["forms@desk.example"]}))

    assert taken[-1].sender == "kim@elsewhere.example"
    assert counted(taken[0].ticket_id) == [1, 2]


def test_case_25_a_storm_of_any_mails_is_set_aside_and_one_in_a_single_batch_too(post: Post) -> None:
    letters = [f"{one}{two}" for one in "abcdefgh" for two in "abcdefgh"]
    for word in letters[: brakes.STORM + 5]:
        intake.journal("email", {"to": []}, post.raw(MONITOR, f"Subject: Alarm {word}", body=word), post.now)
    intake.work_off(post.now)

    taken = list(RawInput.objects.order_by("id"))
    assert [one.disposition for one in taken[: brakes.STORM]] == ["ticket"] * brakes.STORM
    assert {(one.state, in_english(one.reason)) for one in taken[brakes.STORM :]} == {("quarantined", brakes.STORMS)}
    assert counted(taken[0].ticket_id) == [5]
    assert post("From: calm@harbor.example").disposition == "ticket", "others are not held up"
