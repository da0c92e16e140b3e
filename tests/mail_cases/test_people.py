"""Cases 47 to 54: who a mail is from and for."""

from __future__ import annotations

import pytest

from deskwright.desk import workflows
from deskwright.desk.answering import replies
from deskwright.desk.answering.recipients import MOST
from deskwright.store.models import Agent, Customer, Delivery, Organisation, Participant, TicketLink
from tests import factories
from tests.mail_cases.conftest import FLOW, Post, environment, mailbox

BELIEVED = "mx.desk.example; spf=pass; dmarc=pass (p=reject) header.from=desk.example"


def test_case_47_the_envelope_is_kept_and_our_own_tags_are_nobody(post: Post) -> None:
    taken = post.take(
        post.raw(To="support+billing@desk.example", Delivered_To="support+billing@desk.example"),
        {"to": ["catchall@desk.example"]},
    )

    envelope = post.message(taken).recipients["envelope"]
    assert envelope == ["catchall@desk.example", "support+billing@desk.example"]
    assert not Participant.objects.exists()
    assert post(To="Undisclosed <hidden@other.example>").disposition == "ticket", "a blind copy to us counts"


@pytest.mark.parametrize(
    ("plus", "to", "delivered", "queue"),
    [
        (True, "support+billing@desk.example", "", "billing"),
        (True, "", "support+billing@desk.example", "billing"),
        (True, "support+nonsense@desk.example", "", "support"),
        (False, "support+billing@desk.example", "", "support"),
    ],
)
def test_case_47_a_plus_tag_begins_in_its_queue_where_the_mailbox_takes_them(
    post: Post, plus: bool, to: str, delivered: str, queue: str
) -> None:
    mailbox("support@desk.example", post.now, plus=plus)

    taken = post.take(post.raw(To=to, Delivered_To=delivered), {"to": ["catchall@elsewhere.example"]})

    assert post.ticket(taken).queue == queue


def test_case_47_the_envelope_decides_before_the_headers(post: Post) -> None:
    mailbox("bills@desk.example", post.now, queue="billing")
    mailbox("help@desk.example", post.now, queue="support")

    hidden = post.take(post.raw(To="help@desk.example"), {"to": ["bills@desk.example"]})
    named = post.take(post.raw(To="bills@desk.example"), {"to": []})

    assert [post.ticket(one).queue for one in (hidden, named)] == ["billing", "billing"]


def test_case_47_what_a_sender_writes_of_others_moves_no_mail_from_where_it_came_for(post: Post) -> None:
    mailbox("help@desk.example", post.now, plus=True)
    mailbox("bills@desk.example", post.now, queue="support")
    tag = "help+billing@desk.example"
    crafted = post.raw(To="bills@desk.example", Cc=tag, Delivered_To=tag)

    taken = post.take(crafted, {"to": ["bills@desk.example"]})
    tagged = post.take(post.raw(To=tag), {"to": ["help@desk.example"]})

    assert post.ticket(taken).queue == "support"
    assert post.ticket(tagged).queue == "billing", "the mailbox's own server may not tell the tag"


def test_case_48_a_mere_copy_is_a_ticket_that_says_so(post: Post, ada: Agent) -> None:
    taken = post(To="tom@elsewhere.example", Cc="support@desk.example")

    assert taken.disposition == "ticket"
    assert post.told(taken)["copied"] is True
    assert Participant.objects.get(ticket_id=taken.ticket_id).email == "tom@elsewhere.example"
    message = replies.reply(ada, taken.ticket_id or 0, "We look.", now=post.now)
    readers = Delivery.objects.filter(message_id=message).values_list("recipient", flat=True)
    assert set(readers) == {"mina@harbor.example", "tom@elsewhere.example"}, "the answer goes to both"
    assert "copied" not in post.told(post())


def test_case_49_who_is_copied_takes_part_up_to_a_bound(post: Post) -> None:
    crowd = [f"p{number}@harbor.example" for number in range(60)]
    taken = post(Cc=", ".join(["no-reply@harbor.example", "support+1@desk.example", *crowd]))

    known = Participant.objects.filter(ticket_id=taken.ticket_id).values_list("email", flat=True)
    assert len(known) == MOST
    assert set(known) <= set(crowd)


@pytest.mark.parametrize(("rule", "disposition"), [("", "reply"), (", by_requester: [support]", "ticket")])
def test_case_49_the_queue_says_whether_who_is_only_copied_opens_a_ticket_again(
    post: Post, ada: Agent, rule: str, disposition: str
) -> None:
    workflows.publish(FLOW.replace("30d", f"30d{rule}"), now=post.now)
    first = post(Cc="kim@harbor.example")
    live = post(From="kim@harbor.example", In_Reply_To="<m1@harbor.example>")
    replies.reply(ada, first.ticket_id or 0, "Done.", now=post.now, solve=True)

    taken = post(From="kim@harbor.example", In_Reply_To="<m1@harbor.example>", body="Not yet.")

    assert (live.disposition, taken.disposition) == ("reply", disposition)
    followed = TicketLink.objects.filter(kind="follow_up", ticket=taken.ticket_id, other=first.ticket_id)
    assert followed.exists() is (disposition == "ticket")
    assert post.told(taken).get("only_requester", False) is (disposition == "ticket")
    assert post(In_Reply_To="<m1@harbor.example>", body="It broke again.").ticket_id == first.ticket_id


def test_case_50_a_forged_sender_enters_nobody_s_thread(post: Post) -> None:
    first = post()

    forged = post(
        In_Reply_To="<m1@harbor.example>",
        Authentication_Results="mx.desk.example; dmarc=fail header.from=harbor.example",
    )

    assert forged.disposition == "ticket"
    assert forged.ticket_id != first.ticket_id
    assert not post.message(forged).verified
    assert post.told(forged)["forged"] is True


FORWARDS = [
    (
        "Fwd: The export",
        "---------- Forwarded message ---------\nFrom: {who}\nDate: Mon, 2 Nov\nSubject: The export\nTo: {us}",
    ),
    ("WG: The export", "Von: {who}\nGesendet: Montag\nAn: {us}\nBetreff: The export"),
    ("Tr: The export", "De : {who}\nEnvoyé : lundi\nÀ : {us}\nObjet : The export"),
    ("转发: The export", "发件人: {who}\n发送时间: 2026\n收件人: {us}\n主题: The export"),
]


@pytest.mark.parametrize(("subject", "block"), FORWARDS)
def test_case_51_an_agent_who_passes_a_mail_on_is_not_its_requester(
    post: Post, ada: Agent, subject: str, block: str
) -> None:
    block = block.format(who="Kim Vale <kim@elsewhere.example>", us="ada@desk.example")
    body = f"Please look.\n\n{block}\n\nIt is empty.\nKim"

    with environment(mail_auth_server="mx.desk.example"):
        taken = post(f"Subject: {subject}", From="ada@desk.example", Authentication_Results=BELIEVED, body=body)
    unbelieved = post(f"Subject: {subject}", From="ada@desk.example", Authentication_Results=BELIEVED, body=body)

    ticket = post.ticket(taken)
    assert (ticket.customer.email, ticket.subject) == ("kim@elsewhere.example", "The export")
    assert post.message(taken).text == "It is empty.\nKim"
    assert post.told(taken)["notes"] == ["Ada Quill passed this on. They wrote: Please look."]
    assert post.ticket(unbelieved).customer.email == "ada@desk.example", "anybody can write this block"


def test_case_52_a_customer_who_passes_a_mail_on_stays_the_requester(post: Post) -> None:
    block = FORWARDS[0][1].format(who="Kim Vale <kim@elsewhere.example>", us="mina@harbor.example")

    with environment(mail_auth_server="mx.desk.example"):
        taken = post("Subject: Fwd: The export", Authentication_Results=BELIEVED, body=f"See:\n\n{block}\n\nEmpty.")

    assert post.ticket(taken).customer.email == "mina@harbor.example"
    assert "Empty." in post.message(taken).new_text


@pytest.mark.parametrize(
    "header", ["X-Original-From: Kim <kim@elsewhere.example>", "Reply-To: Kim <kim@elsewhere.example>"]
)
def test_case_53_who_wrote_by_a_group_is_the_requester(post: Post, header: str) -> None:
    taken = post('From: "Kim via Support" <group@lists.example>', "List-Id: <support.lists.example>", header)

    assert post.ticket(taken).customer.email == "kim@elsewhere.example"


def test_case_53_no_answer_goes_to_a_list_unless_somebody_chooses_it(post: Post, ada: Agent) -> None:
    named = {"List_Id": "<users.lists.example>", "List_Post": "<mailto:users@lists.example>"}
    taken = post(To="users@lists.example", Cc="support@desk.example, tom@harbor.example", **named)

    message = replies.reply(ada, taken.ticket_id or 0, "It works again.", now=post.now)

    readers = Delivery.objects.filter(message_id=message).values_list("recipient", flat=True)
    assert set(readers) == {"mina@harbor.example", "tom@harbor.example"}
    assert Participant.objects.get(email="users@lists.example").removed, "proposed, not chosen"


def test_case_54_people_are_not_addresses_and_freemail_is_no_organisation(post: Post, ada: Agent) -> None:
    factories.an_organisation("Harbor", domain="harbor.example")

    ours, free = post(), post(From="Somebody <somebody@gmail.com>")

    assert post.ticket(ours).organisation == Organisation.objects.get(name="Harbor")
    assert post.ticket(free).organisation is None
    assert Customer.objects.filter(email__in=["mina@harbor.example", "somebody@gmail.com"]).count() == 2
