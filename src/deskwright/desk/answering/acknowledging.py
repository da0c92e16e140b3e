"""The automatic "we have it": what it may tell, its words, and the reason on the ticket for what it told.

What it may tell is the workflow's `replies.with`. Rendering and looking up only; sending is `delivery`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import psycopg

from deskwright.desk import workflows
from deskwright.desk.answering import letters, phrases
from deskwright.desk.answering.expecting import Expectation, expectation
from deskwright.desk.answering.letters import Acknowledgement
from deskwright.desk.answering.threading import Thread
from deskwright.desk.answering.wording import Block, worded
from deskwright.desk.cases import Case
from deskwright.desk.knowledge import suggesting
from deskwright.desk.knowledge.suggesting import Shelf, Suggestion

Cursor = psycopg.Cursor[dict[str, Any]]
EXPECTED, SUGGESTED = "expected_first_response", "suggested_articles"


@dataclass(frozen=True, slots=True)
class Telling:
    """What one acknowledgement tells: None and nothing where the workflow does not want it told."""

    expected: Expectation | None = None
    articles: Sequence[Suggestion] | None = None
    """None too for what came encrypted: articles that fit would tell what it is about."""

    def as_json(self) -> dict[str, Any]:
        """As the ticket's event keeps it: what was told and why."""
        told: dict[str, Any] = {}
        if self.expected is not None:
            told["expected"] = self.expected.as_json()
        if self.articles is not None:
            told["articles"] = [
                {"id": one.id, "title": one.title, "share": round(one.share, 2), "words": one.words[:5]}
                for one in self.articles
            ]
        return told


class Looking:
    """What the acknowledgements of one batch look up: each thing once, and nothing that none of them tells."""

    def __init__(self, sql: Cursor) -> None:
        self.sql = sql

    @cached_property
    def shelf(self) -> Shelf:
        return suggesting.shelves(self.sql)


def write(looking: Looking, case: Case, letter: Acknowledgement, row_id: int) -> None:
    """Put the acknowledgement on the case: its message, its delivery, and in the event what it told."""
    told = telling(looking, case, letter)
    subject, text, html = words(case, told)
    mail_id = letters.outgoing_id(case.row["id"], f"m{row_id}")
    first = case.messages[0]["mail_id"] if case.messages else None
    message = letters.message_row(case, row_id, "automatic", text, letter.at, mail_id)
    thread = Thread([first] if first else [], subject=subject)
    case.messages.append(message)
    case.deliveries += letters.delivery_rows(case, message, text, html, thread, auto="auto-replied")
    explain(case, told)


def telling(looking: Looking, case: Case, letter: Acknowledgement) -> Telling:
    wanted, row = letter.values.get("with") or (), case.row
    language = letters.language_of(case)
    closed = any("encrypted" in message["recipients"] for message in case.messages)
    return Telling(
        expectation(looking.sql, case, letter.at) if EXPECTED in wanted else None,
        suggesting.suggest(
            row["subject"], row["description"], language, shelf=looking.shelf, site=letters.site_of(case)
        )
        if SUGGESTED in wanted and not closed
        else None,
    )


def explain(case: Case, told: Telling) -> None:
    """Beside the effect that asked for the acknowledgement."""
    for event in case.events:
        for effect in event["data"].get("effects") or ():
            if effect["effect"] == "Acknowledge":
                effect["told"] = told.as_json()


def words(case: Case, told: Telling) -> tuple[str, str, str]:
    """(subject or "", plain text, HTML), in the requester's language."""
    language, home = letters.language_of(case), letters.house_of(case)
    zone = workflows.zone(workflows.version(case.row["workflow_version"]))
    values = {
        "greeting": phrases.greeting(case.party.customer.name, language),
        "number": case.row["id"],
        "subject": case.row["subject"],
        "promise": promise(told.expected, zone, language) if told.expected else "",
        "articles": listed(told.articles, language) if told.articles else Block(),
        "desk": home.name,
    }
    return worded("acknowledge", language, values, home)


def promise(expected: Expectation, zone: str, language: str | None = None) -> str:
    """When a first answer can be expected, in the desk's own time zone; no promise without a target."""
    if expected.promised is None or expected.usually_by is None:
        return phrases.promise(expected.promised, zone, language)
    return phrases.usual(expected.usually_by, expected.within, expected.promised, zone, language)


def listed(articles: Sequence[Suggestion], language: str | None) -> Block:
    """The articles with their links."""
    lead = phrases.phrases(language).helps
    text = "\n".join([lead, *(f"- {one.title}: {one.url}" for one in articles)])
    links = (f'<a href="{escape(one.url)}">{escape(one.title)}</a>' for one in articles)
    return Block(text, "<br>\n".join([escape(lead), *links]))
