"""The pages of the knowledge base: the desk writes and publishes; customers search, read, vote and are helped."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from deskwright.desk.knowledge import articles
from deskwright.desk.knowledge.articles import Words
from deskwright.store.models import Agent, Article, Customer
from tests.web import rows

SignedIn = Callable[[Agent], Client]
BODY = "Forgot your **password**? Choose *Forgot password* <script>alert(1)</script>"
FORM = {"title": "Reset your password", "body": BODY, "language": "en", "audience": "public", "category": "Account"}


def published(lead: Agent, now: datetime, **changes: Any) -> int:
    words = Words(**({"title": FORM["title"], "body": BODY, "category": "Account"} | changes))
    number = articles.write(lead, words, now=now)
    articles.publish(lead, number, now=now)
    return number


def test_an_article_is_written_published_and_changed_by_its_pages(lead: Agent, signed_in: SignedIn) -> None:
    client = signed_in(lead)
    made = client.post("/knowledge/new/", FORM)
    number = Article.objects.get().pk
    assert (made.status_code, made["Location"]) == (302, f"/knowledge/{number}/")
    page = client.get(f"/knowledge/{number}/").content.decode()
    assert "<strong>password</strong>" in page and "<script>alert" not in page

    client.post(f"/knowledge/{number}/publish/")
    client.post(f"/knowledge/{number}/edit/", FORM | {"title": "Set a new password", "seen": "1"})
    stale = client.post(f"/knowledge/{number}/edit/", FORM | {"title": "Mine", "seen": "1"})

    assert stale.status_code == 422
    assert "Somebody has changed this article meanwhile" in stale.content.decode()
    assert 'value="Mine"' in stale.content.decode()
    assert "Version 2" in client.get(f"/knowledge/{number}/versions/").content.decode()
    client.post(f"/knowledge/{number}/versions/1/restore/")
    assert Article.objects.get().title == "Reset your password"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [("title", "", "This field is required"), ("language", "??", "A language is written as en")],
)
def test_faults_stand_beside_their_fields(
    lead: Agent, signed_in: SignedIn, field: str, value: str, problem: str
) -> None:
    answer = signed_in(lead).post("/knowledge/new/", FORM | {field: value})
    assert answer.status_code == 422
    beside = re.findall(r'id="id_(\w+)-problem">.*?<span>(.*?)</span>', answer.content.decode(), re.DOTALL)
    assert [(name, said.startswith(problem)) for name, said in beside] == [(field, True)]
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("before", "url"), [("draft", "publish/"), ("published", "archive/"), ("published", "withdraw/")]
)
def test_an_agent_does_not_decide_what_customers_read(
    ada: Agent, lead: Agent, now: datetime, signed_in: SignedIn, before: str, url: str
) -> None:
    number = published(lead, now)
    Article.objects.update(state=before)
    client = signed_in(ada)
    client.post(f"/knowledge/{number}/{url}")
    assert Article.objects.get().state == before
    assert url not in client.get(f"/knowledge/{number}/").content.decode()


def test_an_agent_does_not_change_what_customers_read(
    ada: Agent, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    assert signed_in(ada).get(f"/knowledge/{published(lead, now)}/edit/").status_code == 403


def test_the_list_finds_and_tells_when_it_does_not(lead: Agent, now: datetime, signed_in: SignedIn) -> None:
    client = signed_in(lead)
    assert "No articles yet" in client.get("/knowledge/").content.decode()
    published(lead, now)
    assert "Reset your password" in client.get("/knowledge/?q=pasword").content.decode()
    assert "No article like that" in client.get("/knowledge/?state=archived").content.decode()


def test_the_list_costs_a_fixed_number_of_statements(
    lead: Agent, now: datetime, signed_in: SignedIn, statements: Callable[[], Any]
) -> None:
    client = signed_in(lead)
    for number in range(12):
        published(lead, now, title=f"Password {number}")
    client.get("/knowledge/?q=password")
    for url in ("/knowledge/?q=password", "/knowledge/", "/help/?q=password", "/help/"):
        with statements() as sent:
            client.get(url)
        assert len(sent) <= 9, (url, sent)


def test_strangers_do_not_see_the_desk_s_side(lead: Agent, now: datetime) -> None:
    number = published(lead, now, audience="internal")
    assert Client().get("/knowledge/")["Location"].startswith("/login/")
    assert Client().get(f"/help/articles/{number}").status_code == 404
    assert "Reset your password" not in Client().get("/help/").content.decode()
    assert "Reset your password" not in Client().get("/help/?q=password").content.decode()


def test_customers_search_first_and_read(lead: Agent, now: datetime) -> None:
    number = published(lead, now)
    visitor = Client()
    home = visitor.get("/help/").content.decode()
    assert "Account" in home and "Reset your password" in home
    assert "Reset your password" in visitor.get("/help/?q=passwrd&part=1").content.decode()
    assert "Nothing found for “&lt;b&gt;”" in visitor.get("/help/?q=<b>").content.decode()

    moved = visitor.get(f"/help/articles/{number}")
    assert moved["Location"] == f"/help/articles/{number}-reset-your-password"
    page = visitor.get(moved["Location"]).content.decode()
    assert "<em>Forgot password</em>" in page and "<script>alert" not in page


def test_a_browser_votes_once(lead: Agent, now: datetime) -> None:
    number = published(lead, now)
    visitor = Client()
    for _ in range(3):
        visitor.post(f"/help/articles/{number}/vote", {"helped": "yes"})
    visitor.post(f"/help/articles/{number}/vote", {"helped": "no"})
    assert (Article.objects.get().helped, Article.objects.get().did_not_help) == (1, 0)
    assert "Thank you for telling us" in visitor.get(f"/help/articles/{number}-reset-your-password").content.decode()
    Client().post(f"/help/articles/{number}/vote", {"helped": "no"})
    assert Article.objects.get().did_not_help == 1


def test_a_question_being_typed_gets_articles_and_an_odd_one_gets_none(lead: Agent, now: datetime) -> None:
    published(lead, now)
    published(lead, now, title="Password policy of the desk", audience="internal")
    said = Client().post("/help/suggest", {"subject": "forgot my password", "text": "how do I reset my password?"})
    assert "Reset your password" in said.content.decode()
    assert "policy" not in said.content.decode()
    assert Client().post("/help/suggest", {"subject": "late truck", "text": ""}).content.strip() == b""
    assert 'data-suggest="/help/suggest"' in Client().get("/help/new").content.decode()


def test_the_ticket_offers_what_fits_and_the_composer_everything(
    lead: Agent, mina: Customer, now: datetime, signed_in: SignedIn
) -> None:
    number = published(lead, now)
    published(lead, now, title="Board colours", body="Choose a colour.")
    ticket = rows.ticket(mina, now, "Forgot my password", description="The password reset mail does not arrive.")
    client = signed_in(lead)
    link = f"[Reset your password](http://testserver/help/articles/{number}-reset-your-password)"

    side = client.get(f"/tickets/{ticket.pk}/side/").content.decode()
    chooser = client.get(f"/tickets/{ticket.pk}/articles/").content.decode()

    assert "Articles that fit" in side and link in side and "Board colours" not in side
    assert chooser.index(link) < chooser.index("Board colours")


def test_a_ticket_out_of_sight_lists_nothing(bram: Agent, mina: Customer, now: datetime, signed_in: SignedIn) -> None:
    ticket = rows.ticket(mina, now, queue="technical")
    assert signed_in(bram).get(f"/tickets/{ticket.pk}/articles/").status_code == 404
