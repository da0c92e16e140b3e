"""Who gets a reply: everybody who takes part, with a reason, never a mailbox of ours; the agent decides."""

from __future__ import annotations

from datetime import datetime

import pytest

from deskwright.desk.answering import holding, recipients, replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.errors import Invalid
from deskwright.desk.settings import house
from deskwright.store.connection import cursor, from_json
from deskwright.store.models import Agent, Delivery, Draft, Participant, Sender
from tests.factories import a_team, an_agent

MINA = Person("mina@harbor.example", "Mina Holt")


@pytest.fixture
def agent(db: str) -> Agent:
    return an_agent("Ada Quill", role="lead")


def received(now: datetime, to: list[str], cc: list[str], **known: object) -> int:
    named = {"to": to, "cc": cc}
    mail = Arrival("email", MINA, "Export", "It is empty.", recipients=named, trusted=True, **known)  # type: ignore[arg-type]
    (outcome,) = intake.receive([mail], now)
    assert outcome.ticket_id is not None
    return outcome.ticket_id


def taking_part(ticket: int) -> dict[str, tuple[str, bool]]:
    return {row.email: (row.because, row.removed) for row in Participant.objects.filter(ticket=ticket)}


def mailed(ticket: int) -> dict[str, list[str]]:
    """Whom the latest reply names, and who gets it without being named."""
    latest = Delivery.objects.filter(ticket=ticket, message__kind="agent").latest("id").message_id
    copies = Delivery.objects.filter(message=latest).order_by("id")
    named = from_json(copies[0].content)["cc"]
    readers = [one.recipient for one in copies]
    assert all(from_json(one.content)["cc"] == named for one in copies)
    return {"cc": named, "bcc": [one for one in readers if one not in {MINA.value, *named}]}


def test_people_beside_the_requester_take_part_and_our_own_mailboxes_never(agent: Agent, now: datetime) -> None:
    ticket = received(
        now,
        ["support@desk.example", "support+12-abc@desk.example", "Boss@Harbor.example"],
        ["jo@harbor.example", "no-reply@harbor.example", "mina@harbor.example", "not an address"],
    )
    assert taking_part(ticket) == {"boss@harbor.example": ("to", False), "jo@harbor.example": ("cc", False)}


def test_a_reply_goes_to_all_who_take_part_unless_the_agent_decides(agent: Agent, now: datetime) -> None:
    ticket = received(now, ["support@desk.example"], ["jo@harbor.example"])
    replies.reply(agent, ticket, "On it.", now=now)
    assert mailed(ticket) == {"cc": ["jo@harbor.example"], "bcc": []}

    replies.reply(agent, ticket, "Done.", now=now, to={"cc": ["Kim@harbor.example"], "bcc": ["boss@desk.example"]})
    assert mailed(ticket) == {"cc": ["kim@harbor.example"], "bcc": ["boss@desk.example"]}
    assert taking_part(ticket) == {"jo@harbor.example": ("cc", True), "kim@harbor.example": ("agent", False)}

    replies.reply(agent, ticket, "Still done.", now=now)
    assert mailed(ticket) == {"cc": ["kim@harbor.example"], "bcc": []}


def test_whom_a_stranger_names_is_only_proposed(agent: Agent, now: datetime) -> None:
    ticket = received(now, ["support@desk.example"], [])
    stranger = Arrival(
        "email", Person("eve@elsewhere.example", "Eve"), "Re", "Me too", thread_ticket=ticket,
        recipients={"to": [], "cc": ["spy@elsewhere.example"]},
    )  # fmt: skip
    intake.receive([stranger], now)
    assert taking_part(ticket) == {"eve@elsewhere.example": ("wrote", True), "spy@elsewhere.example": ("cc", True)}
    assert recipients.proposed(cursor(), ticket)["cc"] == []


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"cc": ["nobody"]}, "not a mail address"),
        ({"cc": ["Support+x@desk.example"]}, "own mailbox"),
        ({"cc": [f"a{number}@x.example" for number in range(49)]}, "at most 48"),
        ({"bcc": ["a@x.example\r\nBcc: b@x.example"]}, "not a mail address"),
    ],
)
def test_wrong_recipients_are_refused_in_a_sentence(db: str, asked: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        recipients.checked(asked)


def test_a_mail_to_a_crowd_is_kept_within_the_cap(agent: Agent, now: datetime) -> None:
    ticket = received(now, [], [f"a{number}@harbor.example" for number in range(200)])
    assert Participant.objects.filter(ticket=ticket).count() == recipients.MOST


def test_a_reply_taken_back_keeps_its_recipients(agent: Agent, now: datetime) -> None:
    ticket = received(now, ["support@desk.example"], ["jo@harbor.example"])
    held = holding.send(agent, ticket, "On it.", now=now, to={"cc": [], "bcc": ["kim@harbor.example"]})
    holding.take_back(agent, held, now=now)
    assert from_json(Draft.objects.get().recipients) == {"cc": [], "bcc": ["kim@harbor.example"]}


def test_a_team_s_own_mailbox_is_one_of_ours(agent: Agent, now: datetime) -> None:
    Sender.objects.create(team=a_team("billing"), address="billing@desk.example")
    house.forget()
    ticket = received(now, ["billing@desk.example"], ["jo@harbor.example"])
    assert list(taking_part(ticket)) == ["jo@harbor.example"]
    house.forget()
