"""The ticket page and the parts of it that a live update asks for again. Reads only; deeds are next door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from deskwright.desk.errors import NotFound
from deskwright.store.queries import desk as people
from deskwright.store.queries import ticket as queries
from deskwright.store.queries.inbox import Row
from deskwright.web.frame import show
from deskwright.web.look import Look, page
from deskwright.web.workspace import why as reading
from deskwright.web.workspace.clocks import clocks_shown
from deskwright.web.workspace.sentences import Names
from deskwright.web.workspace.timeline import newest, timeline

LATELY: Final = timedelta(minutes=2)
"""A draft touched within this time is being written now."""
SHOWN_FOR: Final = timedelta(days=1)
"""For how long others are told of a draft."""


@page
def ticket(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    head = found(look, number)
    past = past_of(look, head)
    context = conversation_of(look, head, past) | side_of(look, head, past)
    return show(request, "ticket/page.html", look, **context)


@page
def conversation(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The timeline alone."""
    head = found(look, number)
    return render(request, "ticket/timeline.html", conversation_of(look, head, past_of(look, head)))


@page
def side(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The side panel alone."""
    head = found(look, number)
    return render(request, "ticket/side.html", side_of(look, head, past_of(look, head)))


@page
def why(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Every decision about the ticket with all that the workflow looked at."""
    head = found(look, number)
    events = queries.events(number, traces=True)
    names = names_in(people.agents(look.actor.pk))
    context = {"ticket": head, "decisions": reading.decisions(events, names), "now": look.now}
    return render(request, "ticket/why.html", context)


def found(look: Look, number: int) -> Row:
    """The ticket's head. Raises NotFound for one that is not there or not to be seen."""
    head = queries.head(number, look.visible)
    if head is None:
        raise NotFound(_("There is no ticket #%(number)s, or it is not yours to see.") % {"number": number})
    return head


def past_of(look: Look, head: Row) -> tuple[Sequence[Row], Names]:
    """What happened to the ticket, and the names of the people in it."""
    return queries.events(head["id"]), names_in(people.agents(look.actor.pk))


def conversation_of(look: Look, head: Row, past: tuple[Sequence[Row], Names]) -> dict[str, Any]:
    messages = queries.messages(head["id"])
    drafts = queries.drafts(head["id"], look.actor.pk)
    return {
        "ticket": head,
        "items": timeline(messages, *past),
        "held": [on_hold(row, look) for row in queries.held_replies(head["id"])],
        "own": own(drafts, look),
        "writers": writers(drafts, look),
        "newest": newest(messages),
        "may_reply": look.may("reply"),
        "now": look.now,
    }


def on_hold(row: Row, look: Look) -> Row:
    """A held reply with the seconds until it leaves, and whether it is the agent's to take back."""
    seconds = max(0, round((row["leaves_at"] - look.now).total_seconds()))
    later = row["counts_at"] == row["leaves_at"]
    return row | {"seconds": seconds, "later": later, "own": row["agent_id"] == look.actor.pk}


def own(drafts: Sequence[Row], look: Look) -> dict[str, Row]:
    """The agent's own drafts by kind."""
    return {row["kind"]: row for row in drafts if row["agent_id"] == look.actor.pk}


def writers(drafts: Sequence[Row], look: Look) -> list[Row]:
    """Drafts of others that were touched today; `lately` while somebody writes at this moment."""
    others = [row for row in drafts if row["agent_id"] != look.actor.pk and look.now - row["updated_at"] < SHOWN_FOR]
    return [row | {"lately": look.now - row["updated_at"] < LATELY} for row in others]


def side_of(look: Look, head: Row, past: tuple[Sequence[Row], Names]) -> dict[str, Any]:
    events, names = past
    return {
        "ticket": head,
        "clocks": clocks_shown(queries.clocks(head["id"]), events, look.now),
        "reasons": reading.reasons(events, names),
        "siblings": queries.siblings(head["id"], head["customer_id"], look.visible),
        "may_change": look.may("change"),
        "may_escalate": look.may("escalate"),
        "last_tier": bool(look.workflow.tiers) and look.workflow.tiers[-1].name == head["tier"],
        "first_tier": bool(look.workflow.tiers) and look.workflow.tiers[0].name == head["tier"],
        "now": look.now,
    }


def names_in(agents: Sequence[Row]) -> Names:
    return {row["id"]: row["name"] for row in agents}
