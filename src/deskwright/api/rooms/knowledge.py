"""The knowledge base: find, read, write, publish and archive articles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from deskwright.api import pages
from deskwright.api.problems import invalid
from deskwright.api.routing import PAGED, Answer, Asked, Param, Route
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    WHOLE,
    WHOLE_OR_NULL,
    Choice,
    Field,
    Shape,
    Text,
    Whole,
    a_list,
    a_page,
    an_object,
)
from deskwright.api.things import as_told
from deskwright.desk import clock
from deskwright.desk.errors import NotFound
from deskwright.desk.knowledge import articles
from deskwright.store import articles as shelf
from deskwright.store.models import Article, ArticleRevision

READ, WRITE = "knowledge:read", "knowledge:write"
AUDIENCES: Final = ("public", "internal")
STATES: Final = ("draft", "published", "archived")
WORDS: Final[Mapping[str, Field]] = {
    "title": Text(200),
    "body": Text(200_000),
    "language": Text(12),
    "audience": Choice(AUDIENCES),
    "category": Text(80),
    "review_by": Text(10, nullable=True),
}
NEW: Final = Shape({**WORDS, "title": Text(200, required=True), "body": Text(200_000, required=True)})
CHANGED: Final = Shape({**WORDS, "revision": Whole(1)})
MOVED: Final = Shape({"state": Choice(STATES, required=True)})
ARTICLE: Final = an_object(
    id=WHOLE,
    title=TEXT,
    body=TEXT,
    language=TEXT,
    audience=TEXT,
    state=TEXT,
    category=TEXT,
    review_by=TEXT_OR_NULL,
    author=WHOLE_OR_NULL,
    revision=WHOLE,
    helped=WHOLE,
    did_not_help=WHOLE,
    created_at=INSTANT,
    updated_at=INSTANT,
    published_at=INSTANT_OR_NULL,
)


def listed(asked: Asked) -> Any:
    """All articles by their ids, or those with the words of `q`, the best first."""
    if asked.query.get("q", "").strip():
        rows = shelf.find(asked.query["q"], "true", asked.limit)
        found = Article.objects.in_bulk([row["id"] for row in rows])
        return {"items": [shown(found[row["id"]]) for row in rows if row["id"] in found], "next": None}
    after = (pages.cursor(asked, (int,)) or (0,))[0]
    held = Article.objects.filter(pk__gt=after).order_by("pk")[: asked.limit + 1]
    return pages.page(list(held), asked.limit, lambda article: (article.pk,), shown)


def one(asked: Asked) -> Any:
    article = Article.objects.filter(pk=asked.numbers[0]).first()
    if article is None:
        raise NotFound(f"There is no article {asked.numbers[0]}.")
    return shown(article)


def shown(article: Article) -> dict[str, Any]:
    plain = {name: getattr(article, name) for name in ARTICLE["properties"] if name not in {"id", "author"}}
    return plain | {"id": article.pk, "author": article.author_id}


def write(asked: Asked) -> Answer:
    number = articles.write(asked.actor, words(asked.sent), now=clock.now())
    return Answer(shown(Article.objects.get(pk=number)), 201)


def change(asked: Asked) -> Any:
    """Change what is named; `revision` refuses it when somebody else has changed the article since."""
    before = one(asked)
    known = {name: asked.sent.get(name, before[name]) for name in WORDS}
    articles.rewrite(asked.actor, asked.numbers[0], words(known), now=clock.now(), seen=asked.sent.get("revision"))
    return one(asked)


def words(sent: Mapping[str, Any]) -> articles.Words:
    """Raises Problem 422 for a day that is none."""
    day = sent.get("review_by")
    try:
        by = date.fromisoformat(day) if isinstance(day, str) and day else day or None
    except ValueError:
        said = "'review_by' must be a day like 2027-01-31."
        raise invalid([{"pointer": "/review_by", "detail": said}]) from None
    return articles.Words(**{**{name: value for name, value in sent.items() if name in WORDS}, "review_by": by})


def move(asked: Asked) -> Any:
    articles.move(asked.actor, asked.numbers[0], asked.sent["state"], clock.now())
    return one(asked)


def versions(asked: Asked) -> Any:
    """Every version of the words, the latest first."""
    one(asked)
    rows = ArticleRevision.objects.filter(article=asked.numbers[0]).order_by("-number")
    return {"versions": [REVISION_TOLD(row) for row in rows]}


def restore(asked: Asked) -> Any:
    """As a version of its own."""
    articles.restore(asked.actor, *asked.numbers, now=clock.now())
    return one(asked)


REVISION: Final = an_object(number=WHOLE, title=TEXT, body=TEXT, author=WHOLE_OR_NULL, at=INSTANT)
REVISION_TOLD: Final = as_told(REVISION, author="author_id")
VERSIONS: Final = an_object(versions=a_list(REVISION))
SOUGHT: Final = Param("q", "Words to look for.")
ROUTES: Final = (
    Route(
        "GET",
        "/articles",
        READ,
        listed,
        "List or find articles",
        gives=a_page(ARTICLE),
        query=(*PAGED, SOUGHT),
        asks="staff",
    ),
    Route("POST", "/articles", WRITE, write, "Write an article", NEW, ARTICLE, status=201, asks="knowledge:write"),
    Route("GET", "/articles/{id}", READ, one, "Show an article", gives=ARTICLE, asks="staff"),
    Route("PATCH", "/articles/{id}", WRITE, change, "Change an article", CHANGED, ARTICLE, asks="knowledge:write"),
    Route(
        "PUT",
        "/articles/{id}/state",
        WRITE,
        move,
        "Publish, archive or withdraw it",
        MOVED,
        ARTICLE,
        asks="knowledge:write",
    ),
    Route("GET", "/articles/{id}/versions", READ, versions, "List its versions", gives=VERSIONS, asks="staff"),
    Route(
        "POST",
        "/articles/{id}/versions/{number}/restore",
        WRITE,
        restore,
        "Bring an earlier version back",
        gives=ARTICLE,
        asks="knowledge:write",
    ),
)
