"""What becomes of a mail after it was written: seen per reader, told on the ticket, sent again, given up, held back."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest

from deskwright.channels.contract import Bounce, Deferred, Outcome, Outgoing, Refused, Sent
from deskwright.channels.email.compose import compose
from deskwright.desk.answering import recipients, replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.outbox import again, delivery, suppression
from deskwright.desk.said import in_english
from deskwright.store.connection import deed, from_json
from deskwright.store.models import Agent, AuditEntry, Delivery, Message, Notice, Suppression, Ticket, TicketEvent
from tests.factories import a_team, a_ticket, an_agent

MINUTE = timedelta(minutes=1)
MINA, JO, KIM = "mina@harbor.example", "jo@harbor.example", "kim@harbor.example"


class World:
    """A mail server of the outside world: answers by the reader as told and remembers what it was given."""

    def __init__(self, **answers: Outcome) -> None:
        self.answers = answers
        self.mails: list[Outgoing] = []

    def send(self, outgoing: Outgoing) -> Outcome:
        compose(outgoing)
        self.mails.append(outgoing)
        return self.answers.get(outgoing.envelope[0].split("@")[0], Sent("250 2.0.0 queued as 4XY"))


@pytest.fixture
def ada(db: str) -> Agent:
    return an_agent("Ada Quill", role="lead")


@pytest.fixture
def ticket(ada: Agent, now: datetime) -> Ticket:
    """A ticket of Mina's whose acknowledgement has left."""
    ticket = a_ticket(now, channel="email", requester=Person(MINA, "Mina Holt"), mail_id="<first@harbor.example>")
    delivery.deliver(now, 10, World().send)
    return ticket


def answer(ada: Agent, ticket: Ticket, now: datetime, text: str = "We found **it**.", **to: list[str]) -> int:
    chosen = {"cc": [], "bcc": []} | to
    return replies.reply(ada, ticket.pk, text, now=now, to=chosen)


def copy_for(message: int, reader: str) -> Delivery:
    return Delivery.objects.get(message=message, recipient=reader, again_of=None)


def told(ticket: Ticket, kind: str) -> list[dict[str, object]]:
    return [from_json(one.data) for one in TicketEvent.objects.filter(ticket=ticket, kind=kind).order_by("id")]


def report(of: str | None, now: datetime, reader: str | None = None, **said: object) -> Arrival:
    known = {"status": "5.1.1", "permanent": True, "reason": "550 no such user"} | said
    bounce = Bounce(reader, original_message_id=of, **known)  # type: ignore[arg-type]
    return Arrival(
        "email", Person("mailer-daemon@harbor.example"), "Undelivered", "It did not arrive.",
        mail_id=f"<report{now.timestamp()}@harbor.example>", references=(of,) if of else (),
        automatic="auto-replied: delivery failed", bounce_of=of, bounce=bounce, at=now,
    )  # fmt: skip


def test_every_reader_gets_a_copy_of_their_own_and_hidden_ones_are_not_named(
    ada: Agent, ticket: Ticket, now: datetime
) -> None:
    message = answer(ada, ticket, now, cc=[JO], bcc=[KIM])
    world = World()
    delivery.deliver(now, 10, world.send)

    assert {mail.envelope for mail in world.mails} == {(MINA,), (JO,), (KIM,)}
    assert len({mail.message_id for mail in world.mails}) == 3
    assert all([one.email for one in mail.to] == [MINA] for mail in world.mails)
    assert all([one.email for one in mail.cc] == [JO] for mail in world.mails)
    assert not any(KIM.encode() in compose(mail) for mail in world.mails)
    assert copy_for(message, MINA).mail_id == Message.objects.get(pk=message).mail_id


def test_each_reader_s_thread_names_the_copies_they_were_sent(ada: Agent, ticket: Ticket, now: datetime) -> None:
    first = answer(ada, ticket, now, cc=[JO])
    second = answer(ada, ticket, now + MINUTE, cc=[JO])
    world = World()
    delivery.deliver(now + MINUTE, 10, world.send)
    mails = {(mail.envelope[0], mail.message_id): mail for mail in world.mails}

    to_jo = mails[JO, copy_for(second, JO).mail_id]
    to_mina = mails[MINA, copy_for(second, MINA).mail_id]
    assert to_jo.in_reply_to == copy_for(first, JO).mail_id
    assert to_mina.in_reply_to == copy_for(first, MINA).mail_id
    assert to_jo.references[0] == to_mina.references[0] == "<first@harbor.example>"
    assert copy_for(first, MINA).mail_id not in to_jo.references


def test_the_thread_keeps_its_subject_when_the_ticket_is_renamed(ada: Agent, ticket: Ticket, now: datetime) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(subject="AW: Export is empty")
    first = answer(ada, ticket, now)
    Ticket.objects.filter(pk=ticket.pk).update(subject="Ledger export broken since 24 November")
    second = answer(ada, ticket, now + MINUTE)

    content = [from_json(copy_for(one, MINA).content) for one in (first, second)]
    assert [one["subject"] for one in content] == ["Re: Export is empty"] * 2
    assert content[0]["headers"] == {"Thread-Topic": "Export is empty"}


def test_one_reader_s_copy_can_fail_while_the_others_arrive(ada: Agent, ticket: Ticket, now: datetime) -> None:
    message = answer(ada, ticket, now, cc=[JO])
    delivery.deliver(now, 10, World(jo=Refused("550 5.2.2 mailbox full")).send)

    assert (copy_for(message, MINA).state, copy_for(message, MINA).answer) == ("sent", "250 2.0.0 queued as 4XY")
    assert (copy_for(message, JO).state, copy_for(message, JO).last_error) == ("failed", "550 5.2.2 mailbox full")
    (event,) = told(ticket, "mail_failed")
    assert (event["recipient"], event["reason"]) == (JO, "mailbox_full")
    heard = in_english(Notice.objects.get(agent=ada, key__startswith="mail:").subject)
    assert heard.startswith(f"A mail to {JO} did not arrive")
    assert not Suppression.objects.exists(), "a full mailbox is emptied some day"


def test_a_mailbox_that_is_not_there_is_sent_nothing_more(ada: Agent, ticket: Ticket, now: datetime) -> None:
    answer(ada, ticket, now)
    delivery.deliver(now, 10, World(mina=Refused("550 5.1.1 User unknown")).send)
    second, world = answer(ada, ticket, now), World()
    delivery.deliver(now, 10, world.send)

    assert not world.mails
    held = copy_for(second, MINA)
    assert (held.state, in_english(held.last_error)) == ("withheld", suppression.SENTENCES["bounce"])
    assert told(ticket, "mail_withheld")[0]["recipient"] == MINA
    listed = Suppression.objects.get()
    assert (listed.address, listed.because, listed.detail) == (MINA, "bounce", "550 5.1.1 User unknown")


def test_a_report_marks_the_copy_it_speaks_of_and_is_linked(ada: Agent, ticket: Ticket, now: datetime) -> None:
    message = answer(ada, ticket, now, cc=[JO])
    delivery.deliver(now, 10, World().send)
    (outcome,) = intake.receive([report(copy_for(message, JO).mail_id, now + MINUTE)], now + MINUTE)

    returned = copy_for(message, JO)
    assert (returned.state, returned.bounce_id, returned.bounced_at) == ("bounced", outcome.message_id, now + MINUTE)
    assert copy_for(message, MINA).state == "sent"
    event = next(one["returned"] for one in told(ticket, "customer_wrote") if "returned" in one)
    assert isinstance(event, dict) and (event["recipient"], event["reason"]) == (JO, "no_mailbox")
    assert Notice.objects.filter(agent=ada, key=f"mail:{returned.pk}").exists()
    assert Suppression.objects.get().address == JO


def test_a_report_that_comes_twice_keeps_its_link_and_the_lifted_address(
    ada: Agent, ticket: Ticket, now: datetime
) -> None:
    message = answer(ada, ticket, now, cc=[JO])
    delivery.deliver(now, 10, World().send)
    again = report(copy_for(message, JO).mail_id, now + MINUTE)
    (outcome,) = intake.receive([again], now + MINUTE)
    suppression.lift(ada, Suppression.objects.get().pk, now=now + MINUTE)

    (second,) = intake.receive([again], now + 2 * MINUTE)

    assert second.disposition == "duplicate"
    assert copy_for(message, JO).bounce_id == outcome.message_id
    assert not Suppression.objects.exists()


def test_a_report_that_names_only_the_reader_finds_the_copy_on_its_ticket(
    ada: Agent, ticket: Ticket, now: datetime
) -> None:
    message = answer(ada, ticket, now, cc=[JO])
    delivery.deliver(now, 10, World().send)
    unnamed = report(None, now + MINUTE, reader=JO.upper())
    arrival = Arrival(**{name: getattr(unnamed, name) for name in Arrival.__slots__} | {"thread_ticket": ticket.pk})
    intake.receive([arrival], now + MINUTE)

    assert copy_for(message, JO).state == "bounced"
    assert copy_for(message, MINA).state == "sent"


def test_a_warning_that_a_mail_is_late_changes_nothing(ada: Agent, ticket: Ticket, now: datetime) -> None:
    message = answer(ada, ticket, now)
    delivery.deliver(now, 10, World().send)
    late = report(copy_for(message, MINA).mail_id, now, status="4.4.7", permanent=False, kind="delayed")
    intake.receive([late], now)

    assert copy_for(message, MINA).state == "sent"
    assert not Notice.objects.filter(key__startswith="mail:").exists() and not Suppression.objects.exists()


def test_who_calls_our_mail_spam_gets_no_more_of_it_but_a_link_to_sign_in(
    ada: Agent, ticket: Ticket, now: datetime
) -> None:
    message = answer(ada, ticket, now)
    delivery.deliver(now, 10, World().send)
    spam = report(copy_for(message, MINA).mail_id, now, kind="complaint", reason="abuse", status="")
    intake.receive([spam], now)
    answer(ada, ticket, now)
    content = {"from": "support@desk.example", "to": MINA, "subject": "Your link", "text": "It is here."}
    Delivery.objects.create(recipient=MINA, mail_id="<link@desk.example>", content=content, due_at=now, created_at=now)
    world = World()
    delivery.deliver(now, 10, world.send)

    assert copy_for(message, MINA).state == "sent"
    assert Suppression.objects.get().because == "complaint"
    assert [mail.message_id for mail in world.mails] == ["<link@desk.example>"]


def test_a_lost_mail_goes_out_again_under_its_own_id(ada: Agent, ticket: Ticket, now: datetime) -> None:
    message = answer(ada, ticket, now)
    delivery.deliver(now, 10, World(mina=Refused("554 5.7.1 spam")).send)
    again.resend(ada, copy_for(message, MINA).pk, now=now + MINUTE)
    world = World()
    delivery.deliver(now + MINUTE, 10, world.send)

    assert [mail.message_id for mail in world.mails] == [copy_for(message, MINA).mail_id]
    assert copy_for(message, MINA).state == "sent"
    assert told(ticket, "mail_resent")[0]["recipient"] == MINA


def test_a_corrected_address_gets_the_same_words_in_a_new_mail(ada: Agent, ticket: Ticket, now: datetime) -> None:
    message = answer(ada, ticket, now, cc=[JO])
    delivery.deliver(now, 10, World(mina=Refused("550 5.1.1 User unknown")).send)
    lost = copy_for(message, MINA)
    made = again.resend(ada, lost.pk, now=now + MINUTE, to=" Mina.Holt@Harbor.example ")
    world = World()
    delivery.deliver(now + MINUTE, 10, world.send)

    (mail,) = world.mails
    assert mail.envelope == ("mina.holt@harbor.example",)
    assert [one.email for one in mail.to] == ["mina.holt@harbor.example"] and mail.cc[0].email == JO
    assert mail.message_id != lost.mail_id and mail.text == from_json(lost.content)["text"]
    new = Delivery.objects.get(pk=made)
    assert (new.again_of_id, new.message_id, new.state) == (lost.pk, message, "sent")
    assert copy_for(message, MINA).state == "failed"


def test_what_was_taken_is_sent_again_under_an_id_no_mailbox_knows(ada: Agent, ticket: Ticket, now: datetime) -> None:
    message = answer(ada, ticket, now)
    delivery.deliver(now, 10, World().send)
    sent = copy_for(message, MINA)
    ids = {sent.mail_id}
    for _ in range(2):
        ids.add(Delivery.objects.get(pk=again.resend(ada, sent.pk, now=now)).mail_id)
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("to", "sentence"), [("nobody", "not a mail address"), ("support@desk.example", "own mailbox")]
)
def test_a_wrong_address_is_refused_in_a_sentence(
    ada: Agent, ticket: Ticket, now: datetime, to: str, sentence: str
) -> None:
    message = answer(ada, ticket, now)
    with pytest.raises(Invalid, match=sentence):
        again.resend(ada, copy_for(message, MINA).pk, now=now, to=to)


def test_nothing_is_sent_again_to_a_suppressed_address_until_it_is_lifted(
    ada: Agent, ticket: Ticket, now: datetime
) -> None:
    message = answer(ada, ticket, now)
    delivery.deliver(now, 10, World(mina=Refused("550 no such user")).send)
    lost = copy_for(message, MINA).pk
    with pytest.raises(Conflict, match="Take it off the list"):
        again.resend(ada, lost, now=now)

    assert suppression.lift(ada, Suppression.objects.get().pk, now=now) == MINA
    again.resend(ada, lost, now=now)
    delivery.deliver(now, 10, World().send)
    assert copy_for(message, MINA).state == "sent"
    assert AuditEntry.objects.filter(action="suppression.lifted", subject=MINA).exists()


def test_what_waits_can_be_given_up_and_what_does_not_cannot(ada: Agent, ticket: Ticket, now: datetime) -> None:
    message = answer(ada, ticket, now)
    delivery.deliver(now, 10, World(mina=Deferred("451 not now")).send)
    waiting = copy_for(message, MINA).pk
    again.give_up(ada, waiting, now=now)
    world = World()
    delivery.deliver(now + timedelta(days=1), 10, world.send)

    assert copy_for(message, MINA).state == "cancelled" and not world.mails
    assert told(ticket, "mail_given_up")[0]["said"] == "451 not now"
    with pytest.raises(Conflict):
        again.give_up(ada, waiting, now=now)


def test_everything_that_waits_after_a_try_can_be_tried_at_once(ada: Agent, ticket: Ticket, now: datetime) -> None:
    message = answer(ada, ticket, now)
    delivery.deliver(now, 10, World(mina=Deferred("451 not now")).send)
    assert again.try_all(ada, now=now) == 1
    delivery.deliver(now, 10, World().send)
    assert copy_for(message, MINA).state == "sent"


def test_trying_everything_waits_for_no_mail_a_worker_is_claiming(live_db: str, now: datetime) -> None:
    known = {"state": "due", "attempts": 1, "due_at": now + MINUTE, "created_at": now}
    held, free = (Delivery.objects.create(recipient=one, mail_id=f"<{one}>", **known) for one in (JO, KIM))
    with psycopg.connect(live_db) as worker, deed() as sql:
        worker.execute("SELECT 1 FROM store_delivery WHERE id = %s FOR UPDATE", [held.pk])
        sql.execute("SET LOCAL lock_timeout = '2s'")
        assert again.try_all(an_agent("Odile", role="admin"), now=now) == 1
    free.refresh_from_db()
    assert free.due_at == now


def test_the_list_is_kept_by_those_who_hold_the_right(ada: Agent, now: datetime) -> None:
    other = an_agent("Ben Moss", teams=(a_team("other"),))
    added = suppression.add(ada, " Press@Harbor.example ", "They asked us not to.", now=now)

    assert (added.address, added.because, added.detail) == ("press@harbor.example", "agent", "They asked us not to.")
    for wrong in ("nobody", "support@desk.example", "press@harbor.example"):
        with pytest.raises(Invalid):
            suppression.add(ada, wrong, now=now)
    for refused in (
        lambda: suppression.add(other, "x@harbor.example", now=now),
        lambda: suppression.lift(other, added.pk, now=now),
        lambda: again.try_all(other, now=now),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(NotFound):
        suppression.lift(ada, 0, now=now)


def test_addresses_are_compared_without_case_and_with_their_domain_in_punycode(ada: Agent, now: datetime) -> None:
    suppression.add(ada, "mina@bücher.example", now=now)
    spellings = ["Mina@Bücher.example", "mina@xn--bcher-kva.example"]
    assert list(suppression.known([*spellings, "jo@harbor.example"])) == spellings
    assert recipients.valid("mina@xn--bcher-kva.example")


def test_a_mail_of_the_desk_itself_is_found_by_who_manages_the_outbox_only(ada: Agent, now: datetime) -> None:
    made = Delivery.objects.create(recipient=MINA, mail_id="<x@desk.example>", due_at=now, created_at=now)
    with pytest.raises(NotFound):
        again.give_up(an_agent("Ben Moss"), made.pk, now=now)
    again.give_up(ada, made.pk, now=now)
    made.refresh_from_db()
    assert made.state == "cancelled"
