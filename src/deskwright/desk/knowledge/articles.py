"""Writing the knowledge base: write, publish, take back, archive. Every version of an article's words is kept.

The rights are `knowledge:write` and `knowledge:publish`. Finding is `finding`, suggesting `suggesting`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.audit_actions import Action
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.settings.saving import saved
from deskwright.store import articles as index
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Article, ArticleRevision

Cursor = psycopg.Cursor[dict[str, Any]]
LONGEST: Final = 200_000
AUDIENCES: Final = ("public", "internal")
STATES: Final = ("draft", "published", "archived")
MOVES: Final[Mapping[str, Action]] = {
    "draft": "article.draft",
    "published": "article.published",
    "archived": "article.archived",
}
"""state -> how the audit log calls the move there"""
WRITE: Final = "knowledge:write"
PUBLISH: Final = "knowledge:publish"
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")


@dataclass(frozen=True, slots=True)
class Words:
    """What an author gives an article."""

    title: str
    body: str
    language: str = "en"
    audience: str = "public"
    category: str = ""
    review_by: date | None = None


def may(actor: Agent, verb: str, audience: str = "internal") -> bool:
    """Whether the agent may `write`, or `publish` to this audience: publishing to customers is a right of its own."""
    return access.may(actor, PUBLISH if verb == "publish" and audience == "public" else WRITE)


def require(actor: Agent, verb: str, audience: str = "internal") -> None:
    """Raises Forbidden."""
    if not may(actor, verb, audience):
        raise Forbidden(_("Your role may read articles here, but not do this. A lead can."))


def write(actor: Agent, words: Words, *, now: datetime) -> int:
    """A new draft. Returns its number. Raises Forbidden, Invalid."""
    known = checked(words)
    require(actor, "write")
    with deed() as sql:
        article = Article.objects.create(**known, author=actor, created_at=now, updated_at=now)
        keep(article, actor, now)
        index.index(sql, article.pk)
        saved(sql, actor, "article.written", article.title, now=now)
        return int(article.pk)


def rewrite(actor: Agent, number: int, words: Words, *, now: datetime, seen: int | None = None) -> None:
    """Change an article; one that is published changes at once. `seen` is the revision the author began with.

    Raises NotFound, Forbidden, Invalid, and Conflict when somebody else has changed it since `seen`.
    """
    known = checked(words)
    with deed() as sql:
        article = taken(number)
        require(actor, "publish" if article.state == "published" else "write", article.audience)
        if article.state == "published":
            require(actor, "publish", words.audience)
        if seen is not None and seen != article.revision:
            raise Conflict(
                _("Somebody has changed this article meanwhile. Your text is below; theirs is under Versions.")
            )
        before = {name: getattr(article, name) for name in known}
        fresh = (article.title, article.body) != (known["title"], known["body"])
        for name, value in known.items():
            setattr(article, name, value)
        article.revision += fresh
        put(article, now)
        if fresh:
            keep(article, actor, now)
        index.index(sql, number)
        told = {name: value for name, value in before.items() if name != "body"}
        saved(sql, actor, "article.changed", article.title, now=now, before=told, after={n: known[n] for n in told})


def publish(actor: Agent, number: int, *, now: datetime) -> None:
    """Show it to its audience. Raises NotFound, Forbidden."""
    move(actor, number, "published", now)


def archive(actor: Agent, number: int, *, now: datetime) -> None:
    """Take it off the shelf; it is kept, and can be published again. Raises NotFound, Forbidden."""
    move(actor, number, "archived", now)


def withdraw(actor: Agent, number: int, *, now: datetime) -> None:
    """Make it a draft again. Raises NotFound, Forbidden."""
    move(actor, number, "draft", now)


def move(actor: Agent, number: int, state: str, now: datetime) -> None:
    with deed() as sql:
        article = taken(number)
        require(actor, "publish", article.audience)
        before, article.state = article.state, state
        if state == "published" and before != "published":
            article.published_at = now
        put(article, now)
        saved(sql, actor, MOVES[state], article.title, now=now, before={"state": before}, after={"state": state})


def restore(actor: Agent, number: int, revision: int, *, now: datetime) -> None:
    """Bring the words of an earlier version back, as a version of its own. Raises NotFound, Forbidden."""
    found = ArticleRevision.objects.filter(article=number, number=revision).first()
    if found is None:
        raise NotFound(_("There is no such version."))
    article = Article.objects.get(pk=number)
    kept = {name: getattr(article, name) for name in ("language", "audience", "category", "review_by")}
    rewrite(actor, number, Words(found.title, found.body, **kept), now=now)


def vote(number: int, *, helped: bool) -> None:
    """Count a reader's word on whether a public article helped. Raises NotFound."""
    column = "helped" if helped else "did_not_help"
    with deed() as sql:
        counted = sql.execute(VOTE.format(column=column), {"id": number}).rowcount
    if not counted:
        raise NotFound(_("There is no such article."))


def taken(number: int) -> Article:
    """The article, locked. Raises NotFound."""
    article = Article.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if article is None:
        raise NotFound(_("There is no such article."))
    return article


def put(article: Article, now: datetime) -> None:
    names = ("title", "body", "language", "audience", "category", "review_by", "revision", "state", "published_at")
    Article.objects.filter(pk=article.pk).update(**{name: getattr(article, name) for name in names}, updated_at=now)


def keep(article: Article, actor: Agent, now: datetime) -> None:
    """Keep the version's words."""
    ArticleRevision.objects.create(
        article=article, number=article.revision, title=article.title, body=article.body, author=actor, at=now
    )


def checked(words: Words) -> Mapping[str, Any]:
    """The columns as they are kept. Raises Invalid naming every wrong field."""
    known = {
        "title": " ".join(words.title.replace("\x00", "").split()),
        "body": words.body.replace("\x00", "").replace("\r\n", "\n").strip(),
        "language": words.language.strip().lower(),
        "audience": words.audience,
        "category": " ".join(words.category.split()),
        "review_by": words.review_by,
    }
    wrong = dict(faults(known))
    if wrong:
        raise Invalid(_("Please look at the marked fields."), wrong)
    return known


def faults(known: Mapping[str, Any]) -> list[tuple[str, str]]:
    problems = (
        ("title", not known["title"], "An article needs a title."),
        ("title", len(known["title"]) > 200, "At most 200 characters."),
        ("body", not known["body"], "Write something first."),
        ("body", len(known["body"]) > LONGEST, f"At most {LONGEST:,} characters."),
        ("language", not LANGUAGE.fullmatch(known["language"]), "A language is written as en or pt-br."),
        ("audience", known["audience"] not in AUDIENCES, "Public or internal."),
        ("category", len(known["category"]) > 80, "At most 80 characters."),
    )
    return [(name, sentence) for name, wrong, sentence in problems if wrong]


VOTE = (
    "UPDATE store_article SET {column} = {column} + 1 WHERE id = %(id)s AND state = 'published' AND audience = 'public'"
)
