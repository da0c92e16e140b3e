"""The knowledge base: written by agents, published by leads, every version kept, found with slips of the pen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.knowledge import articles, finding, suggesting
from deskwright.desk.knowledge.articles import Words
from deskwright.store.models import Agent, Article, ArticleRevision
from tests.factories import an_agent

RESET = Words(
    "Reset your password",
    "Forgot your **password**? Open the login page and choose *Forgot password*. The reset mail comes in minutes.",
    category="Account",
)
EXPORT = Words(
    "Export a report as a spreadsheet", "Open the report, choose Export, then CSV or Excel.", category="Data"
)
SECRET = Words("Reset a password by hand", "In the admin tool, never by mail.", audience="internal")
LATER = timedelta(hours=1)


@pytest.fixture
def lead(db: str) -> Agent:
    return an_agent("Nora Lind", role="lead")


@pytest.fixture
def agent(db: str) -> Agent:
    return an_agent("Ada Quill")


@pytest.fixture
def shelf(lead: Agent, now: datetime) -> dict[str, int]:
    """Three published articles, one of them internal, and a draft."""
    made = {name: articles.write(lead, words, now=now) for name, words in named().items()}
    for name in ("reset", "export", "secret"):
        articles.publish(lead, made[name], now=now)
    return made


def named() -> dict[str, Words]:
    draft = Words("Password rules", "Long ones.")
    return {"reset": RESET, "export": EXPORT, "secret": SECRET, "draft": draft}


def found(text: str) -> list[str]:
    return [row["title"] for row in finding.public(text)]


def test_an_article_is_a_draft_until_a_lead_publishes_it(agent: Agent, lead: Agent, now: datetime) -> None:
    number = articles.write(agent, RESET, now=now)
    assert found("password") == []
    with pytest.raises(Forbidden):
        articles.publish(agent, number, now=now)

    articles.publish(lead, number, now=now)

    assert found("password") == ["Reset your password"]
    with pytest.raises(Forbidden):
        articles.rewrite(agent, number, EXPORT, now=now)
    articles.archive(lead, number, now=now + LATER)
    assert found("password") == []
    with pytest.raises(NotFound):
        finding.public_article(number)


def test_an_agent_publishes_to_the_desk_but_not_to_customers(agent: Agent, now: datetime) -> None:
    number = articles.write(agent, SECRET, now=now)
    articles.publish(agent, number, now=now)
    with pytest.raises(Forbidden):
        articles.rewrite(agent, number, RESET, now=now)
    assert Article.objects.get(pk=number).audience == "internal"


def test_a_light_agent_only_reads(now: datetime, db: str) -> None:
    with pytest.raises(Forbidden):
        articles.write(an_agent("Lio Park", role="light"), RESET, now=now)


def test_every_version_is_kept_and_can_come_back(lead: Agent, shelf: dict[str, int], now: datetime) -> None:
    number = shelf["reset"]
    articles.rewrite(lead, number, Words("Reset it", "Anew."), now=now + LATER, seen=1)
    with pytest.raises(Conflict):
        articles.rewrite(lead, number, RESET, now=now + LATER, seen=1)

    articles.restore(lead, number, 1, now=now + 2 * LATER)

    kept = list(ArticleRevision.objects.filter(article=number).order_by("number").values_list("number", "title"))
    assert kept == [(1, "Reset your password"), (2, "Reset it"), (3, "Reset your password")]
    assert Article.objects.get(pk=number).revision == 3


def test_other_facts_make_no_version(lead: Agent, shelf: dict[str, int], now: datetime) -> None:
    moved = Words(RESET.title, RESET.body, category="Login", review_by=now.date())
    articles.rewrite(lead, shelf["reset"], moved, now=now + LATER)
    assert Article.objects.get(pk=shelf["reset"]).revision == 1
    assert found("login")[0] == "Reset your password"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (Words(" ", "x"), "title"),
        (Words("x" * 201, "x"), "title"),
        (Words("x", " \x00 "), "body"),
        (Words("x", "x", language="klingon!"), "language"),
        (Words("x", "x", audience="everyone"), "audience"),
    ],
)
def test_a_wrong_field_is_named(lead: Agent, now: datetime, words: Words, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        articles.write(lead, words, now=now)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize(
    "text", ["password", "passwords", "pasword reset", "resetting passwrd", "forgot passw", "RESET", "log in password"]
)
def test_words_are_found_with_their_endings_and_slips(shelf: dict[str, int], text: str) -> None:
    assert found(text)[0] == "Reset your password"


@pytest.mark.parametrize("text", ["& | !", "'; DROP TABLE", "\\", "(((", "<->", "x" * 500, "パスワード"])
def test_what_no_article_says_finds_none(shelf: dict[str, int], text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["!password", "forgot & !password", "'password'; DROP TABLE", "((password", "mail <-> password", "passw:*"]
)
def test_signs_are_no_operators(shelf: dict[str, int], text: str) -> None:
    assert found(text) == ["Reset your password"]


def test_the_title_counts_more_than_the_text(lead: Agent, shelf: dict[str, int], now: datetime) -> None:
    other = articles.write(lead, Words("Print a board", "A board prints like a spreadsheet."), now=now)
    articles.publish(lead, other, now=now)
    assert found("spreadsheet") == ["Export a report as a spreadsheet", "Print a board"]


def test_the_desk_finds_drafts_and_internal_ones(shelf: dict[str, int]) -> None:
    assert {row["title"] for row in finding.for_staff("password")} == {
        "Reset your password",
        "Reset a password by hand",
        "Password rules",
    }
    assert [row["title"] for row in finding.for_staff("password", "draft")] == ["Password rules"]
    assert len(finding.for_staff()) == 4


def test_customers_get_public_suggestions_and_the_desk_all(shelf: dict[str, int]) -> None:
    asked = ("Cannot log in", "I forgot my password and the reset mail does not come.")
    public = suggesting.suggest(*asked)
    assert [one.id for one in public] == [shelf["reset"]]
    assert public[0].url == f"http://testserver/help/articles/{shelf['reset']}-reset-your-password"
    assert "**" not in public[0].excerpt
    staff = suggesting.suggest("Reset password by hand", "Reset the password by hand in the admin tool", public=False)
    assert shelf["secret"] in [one.id for one in staff]
    assert suggesting.suggest("The truck is late", "Where is our delivery?") == []


def test_an_archived_article_is_not_suggested_any_more(lead: Agent, shelf: dict[str, int], now: datetime) -> None:
    asked = ("Forgot my password", "How do I reset the password?")
    assert suggesting.suggest(*asked)
    articles.archive(lead, shelf["reset"], now=now + LATER)
    assert suggesting.suggest(*asked) == []


def test_votes_are_counted_for_public_articles_only(shelf: dict[str, int]) -> None:
    articles.vote(shelf["reset"], helped=True)
    articles.vote(shelf["reset"], helped=False)
    with pytest.raises(NotFound):
        articles.vote(shelf["secret"], helped=True)
    article = Article.objects.get(pk=shelf["reset"])
    assert (article.helped, article.did_not_help) == (1, 1)


def test_the_first_words_lose_their_signs_and_a_link_keeps_odd_titles_whole() -> None:
    said = suggesting.gist("# Head\n1. **Bold** and *soft* `code`, see [the page](http://x.example/a) for more words.")
    assert said == "Bold and soft code, see the page for more words."
    assert suggesting.link("A [b] c", "http://x.example") == "[A \\[b\\] c](http://x.example)"
