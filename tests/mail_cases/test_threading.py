"""Cases 1 to 15: which conversation a mail belongs to."""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings

from deskwright.channels.email.compose import compose
from deskwright.channels.email.threads import reply_address
from deskwright.desk.answering import replies
from deskwright.desk.outbox import delivery
from deskwright.desk.settings import house
from deskwright.desk.tickets import changing, merging
from deskwright.store.models import Agent, Delivery, Message, Participant, RawInput, Ticket, TicketEvent, TicketLink
from deskwright.web.portal import mine
from tests.mail_cases.conftest import MINA, Post, environment, mailbox

STRANGER = "Eve <eve@elsewhere.example>"


def answered(post: Post, agent: Agent, ticket: int) -> str:
    """The Message-ID of the mail that the agent's answer leaves as."""
    message = replies.reply(agent, ticket, "Does it work now?", now=post.now)
    return Delivery.objects.get(message_id=message).mail_id


def test_case_01_a_reply_joins_its_ticket(post: Post, ada: Agent) -> None:
    first = post()
    ours = answered(post, ada, post.ticket(first).pk)

    by_answer = post("Subject: Re: The export is empty", In_Reply_To=ours)
    by_chain = post(References=f"<gone@x.example> {ours} <m1@harbor.example> <unknown@harbor.example>")

    assert [(one.disposition, one.ticket_id) for one in (by_answer, by_chain)] == [("reply", first.ticket_id)] * 2


def test_case_02_a_rewritten_message_id_is_helped_by_the_signed_address(post: Post) -> None:
    first = post()
    assert first.ticket_id is not None
    to = reply_address("support@desk.example", first.ticket_id, settings.SECRET_KEY)

    answer = post(In_Reply_To="<0100018-rewritten@email.amazonses.com>", To=to, Delivered_To=to)

    assert (answer.disposition, answer.ticket_id) == ("reply", first.ticket_id)


def test_case_02_where_plus_addresses_arrive_our_mails_ask_for_answers_to_a_signed_one(post: Post, ada: Agent) -> None:
    first = post()
    assert Delivery.objects.get(ticket_id=first.ticket_id).content["reply_to"] == ""
    mailbox(house.house().mail_from, post.now, plus=True)
    replies.reply(ada, first.ticket_id or 0, "Does it work now?", now=post.now)

    ours = delivery.outgoing_of(vars(Delivery.objects.latest("id")))
    (to,) = ours.reply_to
    answer = post(In_Reply_To="<0100018-rewritten@email.amazonses.com>", To=to.email)

    assert b"Reply-To: " + to.email.encode() in compose(ours)
    assert (answer.disposition, answer.ticket_id) == ("reply", first.ticket_id)


def quoting(post: Post, agent: Agent, ticket: int) -> dict[str, str]:
    """A body that quotes the page of the agent's answer, as an answer by a program that keeps no header of it."""
    replies.reply(agent, ticket, "Does it work **now**?", now=post.now)
    page = delivery.outgoing_of(vars(Delivery.objects.latest("id"))).html
    return {"Content_Type": "text/html", "body": f"<p>It does.</p><blockquote>{page}</blockquote>"}


def test_case_02_where_a_server_rewrites_all_headers_the_quoted_page_still_leads_home(post: Post, ada: Agent) -> None:
    first = post(Cc="kim@harbor.example")
    answer = quoting(post, ada, first.ticket_id or 0)

    taken = [post("Subject: The export", From=sender, **answer) for sender in (MINA, "KIM@harbor.example")]

    assert [(one.disposition, one.ticket_id) for one in taken] == [("reply", first.ticket_id)] * 2
    message = post.message(taken[0])
    assert "dw:" in answer["body"]
    assert "dw:" not in message.text + message.new_text + message.html, "nobody reads the mark"
    assert [post.message(one).verified for one in taken] == [True, True], "both take part"


def test_case_02_a_mark_is_only_in_the_page_of_our_mails(post: Post, ada: Agent) -> None:
    first = post()
    quoting(post, ada, first.ticket_id or 0)

    ours = delivery.outgoing_of(vars(Delivery.objects.latest("id")))

    assert "dw:" in (ours.html or "")
    assert "dw:" not in ours.text + ours.subject


def test_case_02_a_mark_opens_nothing_to_who_takes_no_part_nor_where_it_is_made_up(post: Post, ada: Agent) -> None:
    first = post()
    answer = quoting(post, ada, first.ticket_id or 0)
    made_up = answer | {"body": re.sub(r"dw:(\d+)-.{4}", r"dw:\1-aaaa", answer["body"])}
    forged = "mx.desk.example; dmarc=fail header.from=harbor.example"

    taken = [
        post(From=STRANGER, **answer),
        post(**made_up),
        post(Subject="Mine", Authentication_Results=forged, **answer),
    ]

    assert [one.disposition for one in taken] == ["ticket"] * 3
    assert first.ticket_id not in {one.ticket_id for one in taken}


def test_case_03_replaced_references_find_it_by_any_mail_of_ours(post: Post) -> None:
    first = post()
    acknowledgement = Delivery.objects.get(ticket_id=first.ticket_id).mail_id

    answer = post(References=acknowledgement)

    assert (answer.disposition, answer.ticket_id) == ("reply", first.ticket_id)


def test_case_04_ten_kilobytes_of_references_are_taken_and_shortened_when_sent(post: Post, ada: Agent) -> None:
    first = post()
    chain = "".join(f" <{number:060d}@mail.example>" for number in range(150))

    answer = post(References=f"{chain} <m1@harbor.example>")
    ours = Delivery.objects.get(mail_id=answered(post, ada, answer.ticket_id or 0))

    assert (answer.disposition, answer.ticket_id) == ("reply", first.ticket_id)
    kept = ours.content["references"]
    assert len(kept) <= 21
    assert (kept[0], kept[-1]) == ("<m1@harbor.example>", f"<m{post.number}@harbor.example>"), (
        "the first and the latest"
    )


def test_case_05_references_are_read_however_they_are_written(post: Post) -> None:
    first = post()

    for written in (
        "<a@x.example>,\r\n <m1@harbor.example>",
        "m1@harbor.example",
        "<a@x.example>\r\n\t<m1@harbor.example>",
    ):
        answer = post(References=written)
        assert (answer.disposition, answer.ticket_id) == ("reply", first.ticket_id)


def test_case_06_an_agent_s_mail_acts_for_the_agent_only_where_it_is_surely_theirs(post: Post, ada: Agent) -> None:
    first = post()
    ours = Delivery.objects.get(ticket_id=first.ticket_id).mail_id
    passed = "mx.desk.example; dmarc=pass header.from=desk.example"
    agent = {"From": "Ada Quill <ada@desk.example>", "In_Reply_To": ours, "Authentication_Results": passed}

    unbelieved = post(**agent, body="I am on it.")
    with environment(mail_auth_server="mx.desk.example"):
        believed = post(**agent, body="I know what this is.")
        forged = post(**(agent | {"Authentication_Results": passed.replace("=pass", "=none")}), body="Pay me.")
        again = post.take(bytes(believed.body))

    assert believed.disposition == "note"
    note = post.message(believed)
    assert (note.kind, note.agent, note.text) == ("note", ada, "I know what this is.")
    assert not post.message(unbelieved).verified
    assert not post.message(forged).verified
    assert again.disposition == "duplicate"


def test_case_06_an_agent_who_may_not_see_the_ticket_any_more_writes_nothing_on_it(post: Post, ada: Agent) -> None:
    first = post()
    ours = Delivery.objects.get(ticket_id=first.ticket_id).mail_id
    passed = "mx.desk.example; dmarc=pass header.from=desk.example"
    ada.teams.clear()
    Ticket.objects.filter(pk=first.ticket_id).update(assignee=None)

    with environment(mail_auth_server="mx.desk.example"):
        post(From="ada@desk.example", In_Reply_To=ours, Authentication_Results=passed, body="I am on it.")

    assert not Message.objects.filter(ticket_id=first.ticket_id, agent=ada).exists()


def test_case_07_a_number_in_a_subject_opens_nothing(post: Post) -> None:
    first = post()

    claimed = post(f"Subject: Re: [#{first.ticket_id}] the export", From=STRANGER)

    assert claimed.disposition == "ticket"
    assert claimed.ticket_id != first.ticket_id
    assert post.told(claimed)["claims"] == first.ticket_id


def test_case_08_a_stranger_with_the_right_thread_is_unverified(post: Post) -> None:
    first = post()

    answer = post(From=STRANGER, In_Reply_To="<m1@harbor.example>")

    assert answer.ticket_id == first.ticket_id
    assert not post.message(answer).verified
    assert Participant.objects.get(email="eve@elsewhere.example").removed, "only proposed until an agent says so"


def test_case_08_a_stranger_s_words_are_hidden_from_the_customer_until_an_agent_takes_them_in(
    post: Post, ada: Agent
) -> None:
    first = post()
    ticket = post.ticket(first)
    post(From=STRANGER, In_Reply_To="<m1@harbor.example>", body="Pay to this account.")

    def shown() -> list[str]:
        said = mine.heard(ticket.customer, ticket, ticket.pk).exclude(kind="automatic")
        return [one.text for one in said]

    assert shown() == ["It broke."]
    replies.reply(ada, ticket.pk, "Eve helps us.", now=post.now, to={"cc": ["eve@elsewhere.example"], "bcc": []})
    assert shown() == ["It broke.", "Pay to this account.", "Eve helps us."]
    assert post.message(post(From=STRANGER, In_Reply_To="<m1@harbor.example>", body="Thanks.")).verified


def test_case_08_whom_the_requester_has_copied_takes_part(post: Post) -> None:
    post(Cc="tom@harbor.example")

    answer = post(From="Tom <tom@harbor.example>", In_Reply_To="<m1@harbor.example>", body="I see it, too.")

    assert post.message(answer).verified


def test_case_09_an_old_thread_becomes_a_ticket_of_its_own_and_another_subject_is_said(post: Post, ada: Agent) -> None:
    first = post()
    other = post("Subject: Invoice 7 is wrong", In_Reply_To="<m1@harbor.example>")
    assert (other.ticket_id, post.told(other)["other_subject"]) == (first.ticket_id, "Invoice 7 is wrong")
    changing.change(ada, [first.ticket_id or 0], {"status": "solved"}, now=post.now)

    post.now += timedelta(days=10)
    soon = post(In_Reply_To="<m1@harbor.example>")
    changing.change(ada, [first.ticket_id or 0], {"status": "solved"}, now=post.now)
    post.now += timedelta(days=180)
    late = post(In_Reply_To="<m1@harbor.example>")

    assert (soon.disposition, soon.ticket_id) == ("reply", first.ticket_id)
    assert late.disposition == "ticket"
    assert TicketLink.objects.filter(kind="follow_up").exists()


def test_case_10_a_merged_ticket_leads_on_and_a_deleted_one_to_a_new_one(post: Post, ada: Agent) -> None:
    first, second = post(), post("From: Tom <tom@harbor.example>")
    assert first.ticket_id is not None and second.ticket_id is not None
    ours = Delivery.objects.get(ticket_id=second.ticket_id).mail_id
    merging.merge(ada, [second.ticket_id], first.ticket_id, now=post.now, across=True)

    followed = post("From: Tom <tom@harbor.example>", In_Reply_To=ours)
    assert (followed.disposition, followed.ticket_id) == ("reply", first.ticket_id)

    lone = post("From: Kim <kim@harbor.example>")
    ours = Delivery.objects.get(ticket_id=lone.ticket_id).mail_id
    Ticket.objects.filter(pk=lone.ticket_id).delete()
    fresh = post("From: Kim <kim@harbor.example>", In_Reply_To=ours)
    assert fresh.disposition == "ticket"
    assert post.told(fresh)["notes"] == [f"It answers #{lone.ticket_id}, which is not here any more."]


def test_case_11_one_mail_to_two_mailboxes_of_different_queues_is_two_tickets_that_know_each_other(post: Post) -> None:
    mailbox("billing@desk.example", post.now, queue="billing")
    raw = post.raw()

    first = post.take(raw, {"to": ["support@desk.example"]})
    second = post.take(raw, {"to": ["billing@desk.example"]})
    again = post.take(b"Received: by a list\r\n" + raw, {"to": ["billing@desk.example"]})

    assert (first.disposition, second.disposition) == ("ticket", "ticket")
    assert (post.ticket(first).queue, post.ticket(second).queue) == ("support", "billing")
    link = TicketLink.objects.get(kind="related")
    assert {link.ticket_id, link.other_id} == {first.ticket_id, second.ticket_id}
    assert (again.disposition, again.ticket_id) == ("duplicate", second.ticket_id), "at either place once"

    answer = post.raw(In_Reply_To=Delivery.objects.filter(ticket_id=first.ticket_id)[0].mail_id)
    places = [post.take(answer, {"to": [one]}) for one in ("support@desk.example", "billing@desk.example")]
    assert [(one.disposition, one.ticket_id) for one in places] == [
        ("reply", first.ticket_id),
        ("duplicate", first.ticket_id),
    ], "a conversation has one place"


def test_case_11_one_mail_to_two_of_our_mailboxes_is_one_ticket_that_knows_both(post: Post) -> None:
    raw = post.raw()

    first = post.take(raw, {"to": ["support@desk.example"], "mailbox": 1})
    second = post.take(b"Received: by billing\r\n" + raw, {"to": ["billing@desk.example"], "mailbox": 2})

    assert (second.disposition, second.ticket_id) == ("duplicate", first.ticket_id)
    assert second.envelope["to"] == ["billing@desk.example"], "kept, and found in the mail log"


def test_case_12_the_same_message_id_with_other_words_is_a_message_of_its_own(post: Post) -> None:
    post("Message-ID: <same@harbor.example>", body="The first.")

    other = post("Message-ID: <same@harbor.example>", body="Something else.")
    others = post("Message-ID: <same@harbor.example>", From="Tom <tom@harbor.example>", body="The first.")

    for one in (other, others):
        assert one.disposition == "ticket"
        assert post.told(one)["notes"] == ["Another mail carries the same Message-ID."]
        opened = TicketEvent.objects.get(ticket_id=one.ticket_id, kind="ticket_opened")
        assert opened.data["notes"] == [{"say": "Another mail carries the same Message-ID."}], "for every language"


def test_case_13_the_same_mail_twice_is_taken_once(post: Post) -> None:
    raw = post.raw()
    first = post.take(raw)

    twice = [post.take(raw), post.take(b"Received: from a list\r\n" + raw)]

    assert [(one.disposition, one.ticket_id) for one in twice] == [("duplicate", first.ticket_id)] * 2
    assert Message.objects.filter(kind="customer").count() == 1


def test_case_14_a_missing_message_id_drops_nothing(post: Post) -> None:
    taken = [
        post("Message-ID: ", body="One."),
        post("Message-ID: <>", body="Two."),
        post("Message-ID: broken", body="3"),
    ]

    assert [one.disposition for one in taken] == ["ticket"] * 3
    assert RawInput.objects.filter(state="done").count() == 3


def test_case_15_an_answer_that_arrives_first_is_joined_by_what_it_answers(post: Post) -> None:
    answer = post(
        "From: Tom <tom@harbor.example>",
        "Subject: Re: The export is empty",
        To="Mina <mina@harbor.example>, support@desk.example",
        In_Reply_To="<original@harbor.example>",
    )
    original = post("Message-ID: <original@harbor.example>", To="tom@harbor.example", Cc="support@desk.example")

    assert answer.disposition == "ticket"
    assert (original.disposition, original.ticket_id) == ("reply", answer.ticket_id)
    unrelated = post(
        "From: Tom <tom@harbor.example>", In_Reply_To="<secret@elsewhere.example>", body="Something of my own."
    )
    foreign = post(f"From: {STRANGER}", "Message-ID: <secret@elsewhere.example>", body="Not for Tom.")
    assert foreign.ticket_id != unrelated.ticket_id, "nobody fishes for a stranger's mail"
