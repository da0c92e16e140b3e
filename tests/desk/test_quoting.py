"""What stands below the words of a reply: signatures with variables, and the conversation by the desk's policy."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.channels.email.html import TAGS
from deskwright.channels.email.page import read_page
from deskwright.desk.answering import quoting, replies, signatures
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.errors import Invalid
from deskwright.desk.settings import furnishing, house
from deskwright.store.connection import from_json
from deskwright.store.models import Agent, Delivery, Ticket
from tests.factories import a_ticket, an_agent

MINUTE = timedelta(minutes=1)
MINA = Person("mina@harbor.example", "Mina Holt")


@pytest.fixture
def ada(db: str) -> Agent:
    ada = an_agent("Ada Quill", role="admin")
    Agent.objects.filter(pk=ada.pk).update(signature="$agent, *$desk*")
    ada.refresh_from_db()
    return ada


@pytest.fixture
def ticket(ada: Agent, now: datetime) -> Ticket:
    return a_ticket(now, channel="email", requester=MINA, text="The export <b>stops</b>.\nWhy?", language="en")


def answered(ada: Agent, ticket: Ticket, now: datetime, words: str = "It **works** again.") -> dict[str, str]:
    message = replies.reply(ada, ticket.pk, words, now=now)
    content: dict[str, str] = from_json(Delivery.objects.get(message=message).content)
    return content


def test_signatures_say_who_writes_in_text_and_html(ada: Agent, ticket: Ticket, now: datetime) -> None:
    furnishing.address(ada, {"signature": "$team · ticket $number · for $customer · 5 $$"}, now=now)
    content = answered(ada, ticket, now)
    below = f"Ada Quill, *{house.house().name}*\n\n{house.house().name} · ticket {ticket.pk} · for Mina Holt · 5 $"
    assert content["text"] == f"It **works** again.\n\n{below}"
    assert f"Ada Quill, <em>{house.house().name}</em>" in content["html"]


@pytest.mark.parametrize(("signature", "says"), [("Yours, $nobody", "Nothing is named"), ("5 $ off", "A \\$ must")])
def test_a_variable_that_is_none_is_refused(signature: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        signatures.check(signature)


def test_by_default_nothing_is_quoted(ada: Agent, ticket: Ticket, now: datetime) -> None:
    content = answered(ada, ticket, now)
    assert "export" not in content["text"] and "gmail_quote" not in content["html"]


def test_the_latest_message_of_the_customer_is_quoted_and_harmless(ada: Agent, ticket: Ticket, now: datetime) -> None:
    furnishing.address(ada, {"quoting": quoting.LAST}, now=now)
    content = answered(ada, ticket, now)
    assert "Mina Holt wrote:\n> The export <b>stops</b>.\n> Why?" in content["text"]
    assert "The export &lt;b&gt;stops&lt;/b&gt;.<br>" in content["html"]
    assert "blockquote" in TAGS and read_page(content["html"]).reply.startswith("It works again.")
    assert "export" not in read_page(content["html"]).reply, "mail programs, ours too, know it for a quotation"


def test_the_whole_thread_is_quoted_newest_first_without_notes_and_strangers(
    ada: Agent, ticket: Ticket, now: datetime
) -> None:
    furnishing.address(ada, {"quoting": quoting.WHOLE}, now=now)
    answered(ada, ticket, now, "We look into it.")
    replies.note(ada, ticket.pk, "The disk was full, do not tell.", now=now + MINUTE)
    stranger = Arrival(
        "email", Person("eve@elsewhere.example", "Eve"), "Re", "Buy this", thread_ticket=ticket.pk, at=now + MINUTE
    )
    intake.receive([stranger], now + MINUTE)
    text = answered(ada, ticket, now + 2 * MINUTE)["text"]

    assert text.index("Ada Quill wrote:\n> We look into it.") < text.index("Mina Holt wrote:\n> The export")
    assert "disk" not in text and "Buy this" not in text


def test_what_is_quoted_stays_within_bounds(ada: Agent, ticket: Ticket, now: datetime) -> None:
    furnishing.address(ada, {"quoting": quoting.WHOLE}, now=now)
    for number in range(quoting.MOST + 5):
        mail = Arrival("email", MINA, "Re", f"Number {number}.", thread_ticket=ticket.pk, at=now + number * MINUTE)
        intake.receive([mail], now + number * MINUTE)
    text = answered(ada, ticket, now + timedelta(hours=1))["text"]
    assert text.count(" wrote:") == quoting.MOST and "> Number 24." in text and "> Number 4." not in text
