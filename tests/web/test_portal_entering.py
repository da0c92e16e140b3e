"""Customers come in by a mailed link: once, for a short while, and nobody learns whether an address is known."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from deskwright.desk import clock, workflows
from deskwright.desk.accounts import links
from deskwright.desk.answering import replies
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.tickets import merging
from deskwright.store.models import Agent, AuditEntry, Customer, Delivery, Message, Ticket
from tests import factories
from tests.web import rows


def mailed(email: str) -> str:
    found = re.search(
        r"http://testserver(/help/enter/\S+)", Delivery.objects.filter(recipient=email).latest("id").content["text"]
    )
    assert found
    return found[1]


def come_in(email: str) -> Client:
    visitor = Client()
    visitor.post("/help/enter/", {"email": email})
    assert visitor.post(mailed(email)).headers["Location"] == "/help/mine/"
    return visitor


def plain(page: str, email: str) -> str:
    """A page without the address and without its form's token, which is another one each time."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", page.replace(email, ""))


def test_a_link_lets_its_customer_in_once_and_a_scanner_uses_nothing_up(mina: Customer) -> None:
    Client().post("/help/enter/", {"email": "MINA@harbor.example"})
    link = mailed(mina.email)

    assert [Client().get(link).status_code for _ in range(3)] == [200, 200, 200]
    visitor = Client()
    assert visitor.post(link).headers["Location"] == "/help/mine/"

    assert visitor.get("/help/mine/").status_code == 200
    assert Client().post(link).status_code == 404
    assert AuditEntry.objects.get().action == "customer.signed_in"


def test_a_known_and_an_unknown_address_are_answered_alike(mina: Customer) -> None:
    known, unknown = (Client().post("/help/enter/", {"email": mail}) for mail in (mina.email, "abcd@harbor.example"))

    assert plain(known.content.decode(), mina.email) == plain(unknown.content.decode(), "abcd@harbor.example")
    assert Delivery.objects.count() == 1


def test_a_link_is_too_old_after_a_while(mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    Client().post("/help/enter/", {"email": mina.email})

    monkeypatch.setattr(clock, "now", lambda: now + links.LASTS)

    assert Client().post(mailed(mina.email)).status_code == 404


def test_an_address_gets_few_mails_and_a_visitor_few_tries(mina: Customer) -> None:
    answers = [Client().post("/help/enter/", {"email": mina.email}).status_code for _ in range(12)]

    assert Delivery.objects.count() == links.LINKS
    assert answers == [200] * links.VISITS + [429] * 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_link_counts_before_it_is_judged_and_a_right_one_does_not(mina: Customer, method: str) -> None:
    Client().post("/help/enter/", {"email": mina.email})
    link, visitor = mailed(mina.email), Client()
    assert [visitor.get(link).status_code for _ in range(links.GUESSES + 1)] == [200] * (links.GUESSES + 1)

    wrong = [getattr(visitor, method)(f"/help/enter/guess-{n}/").status_code for n in range(links.GUESSES + 1)]

    assert wrong == [404] * links.GUESSES + [429]
    assert visitor.post(link).status_code == 429, "who has guessed too often learns nothing more"
    assert Client(REMOTE_ADDR="192.0.2.9").post(link).status_code == 302


def test_a_customer_sees_their_own_tickets_and_no_notes(mina: Customer, ada: Agent, now: datetime) -> None:
    own = rows.ticket(mina, now, "Mine alone")
    rows.message(own, now, text="What I wrote")
    rows.message(own, now, "note", "between us")
    other = rows.ticket(rows.customer("Ben Salt", now), now, "Not for Mina")
    visitor = come_in(mina.email)

    listed = visitor.get("/help/mine/").content.decode()
    assert "Mine alone" in listed and "Not for Mina" not in listed
    shown = visitor.get(f"/help/mine/{own.pk}/").content.decode()
    assert "What I wrote" in shown and "between us" not in shown
    assert visitor.get(f"/help/mine/{other.pk}/").status_code == 404
    assert visitor.post(f"/help/mine/{other.pk}/answer/", {"text": "x"}).status_code == 404


def test_what_a_customer_answers_is_on_their_ticket(mina: Customer, now: datetime) -> None:
    own = rows.ticket(mina, now)
    rows.message(own, now, "agent", "Does it work?")
    visitor = come_in(mina.email)

    visitor.post(f"/help/mine/{own.pk}/answer/", {"text": "It works again."})

    assert Message.objects.get(ticket=own, kind="customer").text == "It works again."


def test_a_customer_is_no_agent_and_an_agent_no_customer(mina: Customer, ada: Agent) -> None:
    visitor, agent = come_in(mina.email), Client()
    agent.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")

    assert visitor.get("/inbox/mine/").headers["Location"].startswith("/login/")
    assert agent.get("/help/mine/").headers["Location"] == "/help/enter/"
    visitor.post("/help/leave/")
    assert visitor.get("/help/mine/").status_code == 302


def asks(who: str, at: datetime, text: str = "It stops.") -> Ticket:
    return factories.a_ticket(at, text=text, requester=Person(who), channel="email")


def test_a_customer_reads_what_agents_answer(mina: Customer, ada: Agent, now: datetime) -> None:
    own = asks(mina.email, now)
    Ticket.objects.update(assignee=ada)
    replies.reply(ada, own.pk, "Have you tried the new version?", now=now)
    assert "the new version" in come_in(mina.email).get(f"/help/mine/{own.pk}/").content.decode()


def test_a_merged_question_leads_its_customer_to_the_whole(mina: Customer, lead: Agent, now: datetime) -> None:
    first, second = asks(mina.email, now), asks(mina.email, now, "And again.")
    merging.merge(lead, [second.pk], first.pk, now=now)
    visitor = come_in(mina.email)

    assert visitor.get(f"/help/mine/{second.pk}/").headers["Location"] == f"/help/mine/{first.pk}/"
    assert "And again." in visitor.get(f"/help/mine/{first.pk}/").content.decode()
    assert f"/help/mine/{second.pk}/" not in visitor.get("/help/mine/").content.decode()


def test_merged_into_a_strangers_ticket_one_reads_ones_own_and_what_one_is_answered(
    mina: Customer, lead: Agent, now: datetime
) -> None:
    first, second = asks("zoe@elsewhere.example", now, "My secret question."), asks(mina.email, now, "Mine.")
    replies.reply(lead, first.pk, "For Zoe alone.", now=now)
    merging.merge(lead, [second.pk], first.pk, now=now, across=True)
    replies.reply(lead, first.pk, "For both of you.", now=now)
    visitor = come_in(mina.email)

    shown = visitor.get(f"/help/mine/{second.pk}/").content.decode()
    assert "Mine." in shown and "For both of you." in shown
    assert "secret" not in shown and "For Zoe alone" not in shown
    assert visitor.get(f"/help/mine/{first.pk}/").status_code == 404
    sent = visitor.post(f"/help/mine/{second.pk}/answer/", {"text": "One more thing."})
    assert sent.headers["Location"] == f"/help/mine/{second.pk}/"
    assert "One more thing." in visitor.get(f"/help/mine/{second.pk}/").content.decode()
    zoe = come_in("zoe@elsewhere.example").get(f"/help/mine/{first.pk}/").content.decode()
    assert "My secret question." in zoe and "Mine." not in zoe


def test_after_the_window_writing_begins_a_question_that_follows(mina: Customer, lead: Agent, now: datetime) -> None:
    workflows.publish("reopen: {within: 1d}", now=now)
    own = asks(mina.email, now)
    replies.reply(lead, own.pk, "Done.", now=now, solve=True)
    Ticket.objects.update(solved_at=now - timedelta(days=2))
    visitor = come_in(mina.email)
    assert "begins a new question" in visitor.get(f"/help/mine/{own.pk}/").content.decode()
    sent = visitor.post(f"/help/mine/{own.pk}/answer/", {"text": "It is back."})
    assert sent.headers["Location"] != f"/help/mine/{own.pk}/"
    assert "It is back." in visitor.get(sent.headers["Location"]).content.decode()
