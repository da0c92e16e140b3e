"""Calls: each is one row whatever order its events come in; missed ones are to be called back, others written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from deskwright.desk import access
from deskwright.desk.calls import serving
from deskwright.desk.customers import addresses
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.lines import posts, settings, ways
from deskwright.store.models import Agent, Attachment, Call, Clock, Customer, Line, Message, RawInput, Ticket
from tests import factories
from tests.desk.providers import SOUND, Provider, said

OWN, THEIRS = "+493023125001", "+4917012345678"
MINUTE = timedelta(minutes=1)
WORKFLOW = """
workflow: Callers
types:
  question: {label: {en: Question}}
  callback: {label: {en: Call back}, icon: phone}
routing_rules:
  - name: Missed calls
    condition: "type == 'callback'"
    action: {assign: {queue: general}}
    sla_target: 30m
"""
VALUES = {
    "name": "Hotline",
    "number": OWN,
    "provider": "plain",
    "calls": True,
    "sms": False,
    "whatsapp": False,
    "dial": "",
}


@pytest.fixture
def line(provider: Provider, now: datetime) -> Line:
    return settings.connect(None, VALUES, now=now)[0]


class Phone:
    """Events of one call, as a telephone system posts them."""

    def __init__(self, line: Line, provider: Provider, call: str = "c1", **always: Any) -> None:
        self.line, self.provider = line, provider
        self.always = {"call": call, "number": THEIRS} | always

    def tell(self, now: datetime, event: str, **more: Any) -> Call:
        said(self.line, ways.CALLS, now, **{**self.always, "event": event, **more})
        posts.work_off(now, 20, self.provider.fetch)
        return Call.objects.get(call_id=self.always["call"])


@pytest.fixture
def phone(line: Line, provider: Provider) -> Phone:
    return Phone(line, provider)


def test_a_call_that_rings_is_at_hand_for_every_agent_until_one_takes_it(
    phone: Phone, jonas: Agent, now: datetime
) -> None:
    edda = factories.an_agent("Edda Brandt")
    call = phone.tell(now, "ringing")
    for agent in (jonas, edda):
        assert [row["id"] for row in serving.at_hand(agent, now)] == [call.pk]
    serving.take(jonas, call.pk, now=now)
    assert serving.at_hand(edda, now) == []
    with pytest.raises(Conflict):
        serving.take(edda, call.pk, now=now)
    assert serving.at_hand(jonas, now + 3 * MINUTE) == []


def test_who_may_not_write_to_customers_sees_and_takes_no_calls(phone: Phone, now: datetime) -> None:
    light = factories.an_agent("Lena", role="light")
    call = phone.tell(now, "ringing")
    assert serving.at_hand(light, now) == []
    with pytest.raises(Forbidden):
        serving.take(light, call.pk, now=now)
    with pytest.raises(NotFound):
        serving.take(factories.an_agent("Jonas"), call.pk + 1, now=now)


def test_the_customer_is_who_has_exactly_this_number(phone: Phone, jonas: Agent, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    addresses.add(None, ticket.customer_id, "phone", "+49 170 1234 5678", now=now)
    call = phone.tell(now, "ringing", number="0170 12345678")
    assert (call.number, call.customer_id) == (THEIRS, ticket.customer_id)
    found = serving.tickets_of(jonas, [ticket.customer_id], access.visible_tickets(jonas))
    assert [row["id"] for row in found[ticket.customer_id]] == [ticket.pk]
    other = Phone(phone.line, phone.provider, "c2", number="+4917012345679").tell(now, "ringing")
    assert other.customer_id is None and Customer.objects.count() == 1


def test_a_missed_call_opens_a_ticket_with_its_own_clock(phone: Phone, now: datetime) -> None:
    phone.tell(now, "ringing")
    call = phone.tell(now + MINUTE, "missed")
    ticket = Ticket.objects.get()
    assert (call.state, call.ticket_id) == ("missed", ticket.pk)
    assert (ticket.channel, ticket.type, ticket.tags) == ("phone", "callback", ["callback"])
    assert ticket.subject == "Call back +49 170 12345678"
    clock = Clock.objects.get(ticket=ticket, metric="first_response")
    assert (clock.target, clock.state) == ("30m", "running")


def test_who_calls_again_waits_on_the_same_ticket(phone: Phone, now: datetime) -> None:
    phone.tell(now, "missed")
    Phone(phone.line, phone.provider, "c2").tell(now + MINUTE, "missed")
    ticket = Ticket.objects.get()
    assert ticket.messages.count() == 2


def test_an_answered_call_is_written_down_when_it_ends(phone: Phone, jonas: Agent, now: datetime) -> None:
    phone.tell(now, "ringing")
    phone.tell(now, "answered", agent="Jonas@desk.example")
    call = phone.tell(now + 4 * MINUTE, "ended", seconds=200)
    ticket = Ticket.objects.get()
    assert (call.state, call.seconds, call.agent, call.ticket_id) == ("ended", 200, jonas, ticket.pk)
    assert [(one.kind, one.channel) for one in ticket.messages.order_by("id")] == [
        ("customer", "phone"), ("agent", "phone"),
    ]  # fmt: skip
    assert ticket.messages.get(kind="agent").text == "Spoke with +49 170 12345678 for 3:20."
    assert ticket.first_response_at is not None and ticket.unanswered_since is None


EVENTS = (("ringing", {}), ("answered", {"agent": "jonas@desk.example"}), ("ended", {"seconds": 65}))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_events_may_come_in_any_order_and_twice(order: Any, phone: Phone, jonas: Agent, now: datetime) -> None:
    for place in (*order, *order):
        event, more = EVENTS[place]
        phone.tell(now + MINUTE, event, at=(now + place * timedelta(seconds=30)).isoformat(), **more)
    call = Call.objects.get()
    assert (call.state, call.seconds, call.agent) == ("ended", 65, jonas)
    assert call.rang_at == now and Ticket.objects.get().messages.count() == 2
    assert serving.at_hand(jonas, now)[0]["state"] == "ended"


def test_a_call_that_ends_unanswered_at_another_phone_is_not_missed(phone: Phone, now: datetime) -> None:
    phone.tell(now, "answered")
    assert phone.tell(now, "missed").state == "answered"


def test_word_of_an_answer_that_comes_late_is_told_on_the_ticket(phone: Phone, jonas: Agent, now: datetime) -> None:
    phone.tell(now, "missed")
    call = phone.tell(now + MINUTE, "ended", seconds=60, at=(now + MINUTE).isoformat())
    ticket = Ticket.objects.get()
    assert call.state == "ended"
    assert [one.text for one in ticket.messages.exclude(kind="customer").order_by("id")] == [
        "This call was answered after all.", "Spoke with +49 170 12345678 for 1:00.",
    ]  # fmt: skip


def test_one_click_puts_a_call_on_a_ticket(phone: Phone, jonas: Agent, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    call = phone.tell(now, "ringing")
    assert serving.belongs_to(jonas, call.pk, ticket.pk, now=now) == ticket.pk
    phone.tell(now, "answered")
    phone.tell(now + MINUTE, "ended", seconds=60)
    assert Ticket.objects.count() == 1
    assert ticket.messages.get(kind="agent").channel == "phone"
    other = factories.a_ticket(now)
    with pytest.raises(Conflict, match="written down"):
        serving.belongs_to(jonas, call.pk, other.pk, now=now)


def test_another_team_s_ticket_cannot_be_named(phone: Phone, now: datetime) -> None:
    factories.a_team("technical")
    agent = factories.an_agent("Edda", teams=(factories.a_team("billing"),))
    ticket = factories.a_ticket(now)
    Ticket.objects.filter(pk=ticket.pk).update(queue="technical", assignee=None)
    call = phone.tell(now, "ringing")
    with pytest.raises(NotFound):
        serving.belongs_to(agent, call.pk, ticket.pk, now=now)


def test_a_new_ticket_may_be_opened_while_it_rings(phone: Phone, jonas: Agent, now: datetime) -> None:
    call = phone.tell(now, "ringing")
    number = serving.opens(jonas, call.pk, now=now)
    assert serving.opens(jonas, call.pk, now=now) == number
    phone.tell(now, "answered")
    phone.tell(now + MINUTE, "ended", seconds=60)
    assert Ticket.objects.get().pk == number


def test_the_agent_is_asked_what_was_said_until_they_write_or_wave_it_off(
    phone: Phone, jonas: Agent, now: datetime
) -> None:
    phone.tell(now, "answered", agent=jonas.email)
    call = phone.tell(now + MINUTE, "ended", seconds=60)
    assert [row["id"] for row in serving.at_hand(jonas, now + MINUTE)] == [call.pk]
    serving.wrap_up(jonas, call.pk, "They want a **refund**.", now=now + MINUTE)
    assert serving.at_hand(jonas, now + MINUTE) == []
    assert Message.objects.get(kind="note").text == "They want a **refund**."
    second = Phone(phone.line, phone.provider, "c2")
    second.tell(now, "answered", agent=jonas.email)
    call = second.tell(now + MINUTE, "ended", seconds=5)
    serving.wrap_up(jonas, call.pk, "", now=now + MINUTE)
    assert serving.at_hand(jonas, now + MINUTE) == []


def test_outgoing_calls_are_logged_and_stand_on_the_ticket_they_name(
    line: Line, provider: Provider, jonas: Agent, now: datetime
) -> None:
    ticket = factories.a_ticket(now)
    named = Phone(line, provider, "o1", direction="out", agent=jonas.email, ticket=ticket.pk)
    named.tell(now, "answered")
    named.tell(now + MINUTE, "ended", seconds=60)
    assert ticket.messages.get(kind="agent").text == "Called +49 170 12345678 and spoke for 1:00."
    in_vain = Phone(line, provider, "o2", direction="out", agent=jonas.email, ticket=ticket.pk)
    in_vain.tell(now, "missed")
    assert "nobody answered" in ticket.messages.get(kind="note").text
    unnamed = Phone(line, provider, "o3", direction="out", agent=jonas.email)
    unnamed.tell(now, "answered")
    call = unnamed.tell(now + MINUTE, "ended", seconds=60)
    assert call.ticket_id is None and Ticket.objects.count() == 1
    serving.wrap_up(jonas, call.pk, "Told them the news.", now=now + MINUTE)
    assert Ticket.objects.count() == 2 and Ticket.objects.latest("id").by_agent


def test_a_voicemail_is_the_caller_s_message_with_a_sound_and_its_words(phone: Phone, now: datetime) -> None:
    phone.provider.files["/v1.mp3"] = (200, SOUND, "audio/mpeg")
    media = {"url": f"{phone.provider.url}/v1.mp3", "type": "audio/mpeg", "name": "voicemail.mp3"}
    phone.tell(now, "voicemail", recording=media, seconds=42, transcript="Please call me about my invoice.")
    phone.tell(now, "missed")
    phone.tell(now, "voicemail", recording=media, seconds=42, transcript="Please call me about my invoice.")
    ticket = Ticket.objects.get()
    (message,) = ticket.messages.all()
    assert message.kind == "customer" and message.text == "Please call me about my invoice.\n\nVoicemail, 0:42."
    assert Attachment.objects.get().name == "voicemail.mp3" and ticket.description.startswith("Please call me")


def test_a_recording_of_a_talk_is_a_note_and_waits_for_its_end(phone: Phone, jonas: Agent, now: datetime) -> None:
    phone.provider.files["/r1.mp3"] = (200, SOUND, "audio/mpeg")
    media = {"url": f"{phone.provider.url}/r1.mp3", "type": "audio/mpeg"}
    phone.tell(now, "answered", agent=jonas.email)
    phone.tell(now, "recording", recording=media, seconds=60)
    assert not Message.objects.exists() and RawInput.objects.filter(state="pending").count() == 1
    phone.tell(now + MINUTE, "ended", seconds=60)
    posts.work_off(now + 2 * MINUTE, 20, phone.provider.fetch)
    phone.tell(now + 3 * MINUTE, "recording", recording=media, seconds=60)
    note = Message.objects.get(kind="note")
    assert note.text == "Recording of the call, 1:00." and note.attachments.get().content_type == "audio/mpeg"


def test_a_recording_waits_for_a_long_talk_without_being_fetched(phone: Phone, jonas: Agent, now: datetime) -> None:
    phone.provider.files["/r1.mp3"] = (200, SOUND, "audio/mpeg")
    phone.tell(now, "answered", agent=jonas.email)
    phone.tell(now, "recording", recording={"url": f"{phone.provider.url}/r1.mp3"}, seconds=60)
    for minute in range(1, 10):
        posts.work_off(now + minute * MINUTE, 20, phone.provider.fetch)
    waits = RawInput.objects.get(state="pending")
    assert (waits.attempts, waits.due_at, phone.provider.asked) == (0, now + 10 * MINUTE, [])
    phone.tell(now + 10 * MINUTE, "ended", seconds=600)
    posts.work_off(now + 11 * MINUTE, 20, phone.provider.fetch)
    assert Message.objects.get(kind="note").attachments.count() == 1


def test_who_answers_owns_the_call_and_not_the_first_phone_that_rings(
    phone: Phone, jonas: Agent, now: datetime
) -> None:
    edda = factories.an_agent("Edda Brandt", email="edda@desk.example")
    phone.tell(now, "ringing", agent=jonas.email)
    phone.tell(now, "ringing", agent=edda.email)
    assert phone.tell(now, "answered", agent=edda.email).agent == edda
    assert phone.tell(now + MINUTE, "ended", seconds=60, agent=jonas.email).agent == edda
    assert Message.objects.get(kind="agent").agent == edda


def test_several_phones_ring_at_once_and_the_card_leaves_the_others_when_one_answers(
    phone: Phone, jonas: Agent, now: datetime
) -> None:
    edda, mira = (factories.an_agent(name, email=f"{name}@desk.example") for name in ("edda", "mira"))
    for agent in (jonas, edda, edda):
        phone.tell(now, "ringing", agent=agent.email)
    assert [len(serving.at_hand(agent, now)) for agent in (jonas, edda, mira)] == [1, 1, 0]
    phone.tell(now, "answered", agent=edda.email)
    assert [len(serving.at_hand(agent, now)) for agent in (jonas, edda, mira)] == [0, 1, 0]


def test_the_only_phone_that_rang_is_whose_call_it_was(phone: Phone, jonas: Agent, now: datetime) -> None:
    phone.tell(now, "ringing", agent=jonas.email)
    assert phone.tell(now + MINUTE, "ended", seconds=60).agent == jonas
    missed = Phone(phone.line, phone.provider, "c2")
    missed.tell(now, "ringing", agent=jonas.email)
    assert missed.tell(now + MINUTE, "missed").agent is None


def test_a_ticket_opened_while_it_rings_does_not_say_that_they_spoke(phone: Phone, jonas: Agent, now: datetime) -> None:
    call = phone.tell(now, "ringing")
    serving.opens(jonas, call.pk, now=now)
    assert Ticket.objects.get().description == "+49 170 12345678 called Hotline."


def test_a_recording_whose_call_never_ends_is_taken_in_after_a_day_with_a_remark(
    phone: Phone, jonas: Agent, now: datetime
) -> None:
    phone.provider.files["/r1.mp3"] = (200, SOUND, "audio/mpeg")
    phone.tell(now, "answered", agent=jonas.email)
    phone.tell(now, "recording", recording={"url": f"{phone.provider.url}/r1.mp3"}, seconds=60)
    posts.work_off(now + timedelta(hours=23), 20, phone.provider.fetch)
    assert not Ticket.objects.exists()
    posts.work_off(now + timedelta(hours=24), 20, phone.provider.fetch)
    note = Message.objects.get(kind="note")
    assert note.text.endswith("The telephone system never told that this call has ended.")
    assert note.attachments.count() == 1 and Call.objects.get().state == "ended"
    phone.tell(now + timedelta(hours=25), "ended", seconds=60)
    assert Message.objects.get(kind="agent").text == "Spoke with +49 170 12345678 for 1:00."


@pytest.mark.parametrize("order", sorted(set(permutations(["recording", "transcript", "transcript"]))))
def test_a_transcript_that_carries_its_recording_keeps_both_once(
    order: Any, phone: Phone, jonas: Agent, now: datetime
) -> None:
    phone.provider.files["/r1.mp3"] = (200, SOUND, "audio/mpeg")
    media = {"url": f"{phone.provider.url}/r1.mp3"}
    phone.tell(now, "answered", agent=jonas.email)
    phone.tell(now + MINUTE, "ended", seconds=60)
    for event in order:
        more = {"transcript": "Hello there"} if event == "transcript" else {"seconds": 60}
        phone.tell(now + MINUTE, event, recording=media, **more)
    notes = Message.objects.filter(kind="note").order_by("id")
    assert "Hello there" in "".join(note.text for note in notes) and Attachment.objects.count() == 1
    assert len(notes) == (2 if order[0] == "recording" else 1)


def test_a_note_during_the_call_does_not_say_that_it_is_over(phone: Phone, jonas: Agent, now: datetime) -> None:
    call = phone.tell(now, "ringing")
    serving.wrap_up(jonas, call.pk, "They want a refund.", now=now)
    assert not Message.objects.filter(kind="agent").exists()
    phone.tell(now, "answered", agent=jonas.email)
    phone.tell(now + MINUTE, "ended", seconds=60)
    assert Message.objects.get(kind="agent").text == "Spoke with +49 170 12345678 for 1:00."


@pytest.mark.parametrize(
    "wrong", [{"seconds": 10**6 + 1}, {"at": "0001-01-01T00:00:00+10:00"}, {"at": "9999-12-31T23:59:59-10:00"}]
)
def test_numbers_and_moments_beyond_reason_are_refused(wrong: Any, phone: Phone, now: datetime) -> None:
    with pytest.raises(Invalid) as refusal:
        phone.tell(now, "ended", **wrong)
    assert list(refusal.value.fields) == list(wrong) and not RawInput.objects.exists()


def test_a_withheld_number_is_nobody_else_s(phone: Phone, now: datetime) -> None:
    phone.tell(now, "missed", number="anonymous")
    Phone(phone.line, phone.provider, "c2", number="").tell(now, "missed")
    assert sorted(Ticket.objects.values_list("customer__name", flat=True)) == ["Withheld number", "Withheld number"]
    assert Customer.objects.count() == 2
