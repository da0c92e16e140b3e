"""The outbox and the list of suppressed addresses as pages, and what a ticket shows of its mails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from deskwright.desk.outbox import kinds, suppression, unsubscribing
from deskwright.desk.said import kept
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, AuditEntry, Customer, Delivery, Suppression, Ticket
from tests.web import rows, test_untranslated
from tests.web.test_untranslated import widened

wide = test_untranslated.wide
SignIn = Callable[[Agent], Client]
READER = "mina@harbor.example"
SENT_AT = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


@pytest.fixture
def ticket(mina: Customer, now: datetime) -> Ticket:
    return rows.ticket(mina, now, queue="technical")


def lost(ticket: Ticket, now: datetime, number: int = 1, **known: Any) -> Delivery:
    message = rows.message(ticket, now, kind="agent", text="Hello Mina")
    values = {"state": "failed", "last_error": "550 5.1.1 User unknown"} | known
    return Delivery.objects.create(
        ticket=ticket, message=message, recipient=READER, mail_id=f"<m{number}@desk.example>", created_at=now, **values
    )


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"state": "failed"}, "Could not be delivered to mina@harbor.example: there is no such mailbox"),
        ({"state": "bounced"}, "Came back from mina@harbor.example: there is no such mailbox"),
        ({"state": "withheld"}, "nothing is sent to this address"),
        ({"state": "cancelled"}, "it was given up"),
        ({"state": "due", "attempts": 2, "last_error": "452 4.2.2 full"}, "Not yet through to mina@harbor.example"),
        ({"state": "due", "attempts": 0, "last_error": ""}, "On its way to mina@harbor.example"),
        ({"state": "sent", "answer": "250 queued as 4XY", "last_error": "", "sent_at": SENT_AT}, "250 queued as 4XY"),
    ],
)
def test_a_message_says_in_plain_words_how_it_went(
    ticket: Ticket, ada: Agent, now: datetime, signed_in: SignIn, known: dict[str, Any], words: str
) -> None:
    lost(ticket, now, **known)
    assert words in signed_in(ada).get(f"/tickets/{ticket.pk}/").content.decode()


def test_an_agent_sends_again_to_a_corrected_address_and_a_wrong_one_is_said(
    ticket: Ticket, ada: Agent, bram: Agent, now: datetime, signed_in: SignIn
) -> None:
    number = lost(ticket, now, content={"to": READER, "from": "support@desk.example", "subject": "x", "text": "y"}).pk
    place, part = f"/deliveries/{number}/resend/", {"HX-Request": "true"}
    assert signed_in(ada).post(place, {"to": "nobody"}, headers=part).status_code == 422
    assert signed_in(bram).post(place, {"to": "m.holt@harbor.example"}, headers=part).status_code == 404
    assert signed_in(ada).post(place, {"to": "m.holt@harbor.example"}, headers=part).status_code == 204
    assert Delivery.objects.get(again_of=number).recipient == "m.holt@harbor.example"


def test_the_outbox_shows_each_state_with_its_number_and_its_deeds(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignIn
) -> None:
    waiting = lost(ticket, now, 1, state="due", attempts=1, due_at=now, last_error="451 4.7.1 greylisted")
    lost(ticket, now, 2)
    client = signed_in(lead)
    page = client.get("/console/outbox/").content.decode()
    assert "the other side takes no more mails for now" in page and "Try all now" in page
    assert "there is no such mailbox" not in page
    assert "there is no such mailbox" in client.get("/console/outbox/?state=failed").content.decode()
    assert "Nothing found" in client.get("/console/outbox/?state=failed&q=kim").content.decode()

    client.post(f"/console/outbox/{waiting.pk}/give-up/", {"state": "waiting"})
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("say", False),
        ("Not sent: its owner", False),
        (widened("ITS OWNER has called our mail spam"), True),
        (READER.upper(), True),
        ("sent to nobody", False),
    ],
)
def test_our_own_reasons_are_found_by_the_words_they_are_read_in(
    words: str, found: bool, ticket: Ticket, lead: Agent, now: datetime, signed_in: SignIn, wide: None
) -> None:
    lost(ticket, now, state="withheld", last_error=kept(suppression.SENTENCES["complaint"]))

    page = signed_in(lead).get("/console/outbox/", {"state": "withheld", "q": words}).content.decode()

    assert (f'class="cell-main">{READER}<' in page) == found


def test_the_words_of_mail_servers_are_found_too(ticket: Ticket, lead: Agent, now: datetime, signed_in: SignIn) -> None:
    lost(ticket, now)

    assert READER in signed_in(lead).get("/console/outbox/?state=failed&q=user+UNKNOWN").content.decode()


def test_a_long_outbox_takes_as_many_statements_as_a_short_one(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignIn, statements: Any
) -> None:
    client, counts = signed_in(lead), []
    for upto in (2, 60):
        for number in range(Delivery.objects.count(), upto):
            lost(ticket, now, number)
        client.get("/console/outbox/?state=failed")
        with statements() as sent:
            page = client.get("/console/outbox/?state=failed").content.decode()
        counts.append(len(sent))
    assert counts[0] == counts[1]
    older = page.split('class="pages"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get("/console/outbox/" + older).content.decode().count("<tr>") == 11


def test_addresses_are_added_searched_exported_and_lifted(lead: Agent, now: datetime, signed_in: SignIn) -> None:
    client = signed_in(lead)
    assert "Mail is sent to every address" in client.get("/console/suppressions/").content.decode()
    refused = client.post("/console/suppressions/new/", {"address": "nobody"})
    assert refused.status_code == 422 and "is not a mail address" in refused.content.decode()
    client.post("/console/suppressions/new/", {"address": READER, "detail": "=They asked"})
    assert READER in client.get("/console/suppressions/?q=MINA").content.decode()
    assert READER not in client.get("/console/suppressions/?because=bounce").content.decode()

    assert client.get("/console/suppressions/suppressed.csv").status_code == 403
    lead.role = "admin"
    lead.save()
    exported = b"".join(client.get("/console/suppressions/suppressed.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert f"{READER},,agent,'=They asked," in exported
    client.post(f"/console/suppressions/{Suppression.objects.get().pk}/lift/")
    assert not Suppression.objects.exists()
    deeds = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"suppression.added", "suppression.lifted", "suppressions.exported"} <= deeds


def test_who_wants_no_survey_is_shown_on_the_list_and_beside_the_customer(
    lead: Agent, mina: Customer, now: datetime, signed_in: SignIn
) -> None:
    unsubscribing.stop(unsubscribing.url(mina.email, kinds.SURVEY, "").rpartition("/")[2], now=now)
    client = signed_in(lead)
    assert "only surveys" in client.get("/console/suppressions/").content.decode()
    assert f"Not sent to {mina.email}: surveys." in client.get(f"/customers/{mina.pk}/").content.decode()


def test_the_list_is_exported_by_who_said_lately_who_they_are(desk: None) -> None:
    admin, place = rows.agent("Odile Marsh", "admin", password=rows.PASSWORD), "/console/suppressions/suppressed.csv"
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(place).headers["Location"].startswith("/account/confirm/")
    assert client.get("/console/audit/?q=%00a%26b").content.decode().count("?q=a%26b") == 2
    assert client.get("/console/suppressions/?q=%00").status_code == 200


def test_the_composer_warns_before_a_mail_that_would_not_be_sent(
    ticket: Ticket, ada: Agent, lead: Agent, mina: Customer, now: datetime, signed_in: SignIn
) -> None:
    suppression.put(cursor(), mina.email, "bounce", now, detail="550 5.1.1 User unknown")
    page = signed_in(ada).get(f"/tickets/{ticket.pk}/").content.decode()
    assert f"Nothing is sent to {mina.email}: mail to this address has come back." in page
    assert "/console/suppressions/" not in page.split('id="recipients"')[1].split("</form>")[0]
    asked = f"/recipients/stopped/?address={mina.email}"
    assert "/console/suppressions/" in signed_in(lead).get(asked).content.decode()
    assert signed_in(ada).get("/recipients/stopped/?address=kim@harbor.example").content.strip() == b""


def test_agents_neither_see_the_outbox_nor_change_the_list(ada: Agent, now: datetime, signed_in: SignIn) -> None:
    client = signed_in(ada)
    for place in ("outbox/", "suppressions/", "suppressions/new/", "suppressions/suppressed.csv"):
        assert client.get(f"/console/{place}").status_code == 403, place
    assert client.post("/console/outbox/try-all/", headers={"HX-Request": "true"}).status_code == 403
