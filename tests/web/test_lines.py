"""A line is drawn once and filled for every ticket: what it says, and what it must not let through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import translation

from deskwright.desk import access
from deskwright.store.models import Agent, Customer
from deskwright.store.queries import inbox
from deskwright.store.queries.columns import COLUMNS
from deskwright.web.lists import lines
from tests.web import rows

HOSTILE: Final = "<b>&\"'\ue000id\ue001%s{}"


def one(agent: Agent, now: datetime, view: str = "all_open") -> dict[str, Any]:
    (row,) = inbox.page(view, access.visible_tickets(agent), agent=agent.pk, now=now).rows
    return dict(row)


def test_what_people_wrote_is_escaped_and_opens_no_place(lead: Agent, mina: Customer, now: datetime) -> None:
    mina.name = HOSTILE
    mina.save()
    rows.ticket(mina, now, subject=HOSTILE, description=HOSTILE, category=HOSTILE, tags=[HOSTILE], queue=HOSTILE)

    drawn = lines.drawn(one(lead, now), frozenset(COLUMNS), now)

    assert "<b>" not in drawn
    assert drawn.count("&lt;b&gt;&amp;&quot;&#x27;\ue000id\ue001%s{}") == 6


def test_a_line_has_the_columns_that_are_asked_for(lead: Agent, mina: Customer, now: datetime) -> None:
    made = rows.ticket(mina, now - timedelta(hours=3), subject="", unanswered_since=now, assignee=lead)
    row = one(lead, now)

    assert 'class="row waits"' in lines.drawn(row, frozenset(), now)
    assert "No subject" in lines.drawn(row, frozenset(), now)
    for name in COLUMNS:
        shown = {other for other in COLUMNS if f"row-{cell(other)}" in lines.drawn(row, frozenset({name}), now)}
        assert name in shown and len({cell(other) for other in shown}) == 1
    assert f"#{made.pk}<" in lines.drawn(row, frozenset({"number"}), now)


def cell(name: str) -> str:
    return {"waiting": "ago", "created": "ago", "updated": "ago", "due": "clock"}.get(name, name)


def test_a_line_speaks_the_language_of_who_looks(lead: Agent, mina: Customer, now: datetime) -> None:
    rows.ticket(mina, now, subject="", snoozed_since=now)
    row = one(lead, now, "snoozed")
    for language, word in (("en", "until a reply"), ("de", "bis zu einer Antwort"), ("en", "until a reply")):
        with translation.override(language):
            assert word in lines.drawn(row, frozenset({"state"}), now)
