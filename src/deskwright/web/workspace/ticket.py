"""The ticket page and the parts of it that a live update asks for again. Reads only; deeds are next door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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


@page
def ticket(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    head = found(look, number)
    context = conversation_of(look, head) | side_of(look, head)
    return show(request, "ticket/page.html", look, **context)


@page
def conversation(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The timeline alone."""
    return render(request, "ticket/timeline.html", conversation_of(look, found(look, number)))


@page
def side(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The side panel alone."""
    return render(request, "ticket/side.html", side_of(look, found(look, number)))


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


def conversation_of(look: Look, head: Row) -> dict[str, Any]:
    messages = queries.messages(head["id"])
    events = queries.events(head["id"])
    names = names_in(people.agents(look.actor.pk))
    return {
        "ticket": head,
        "items": timeline(messages, events, names),
        "newest": newest(messages),
        "may_reply": look.may("reply"),
        "now": look.now,
    }


def side_of(look: Look, head: Row) -> dict[str, Any]:
    names = names_in(people.agents(look.actor.pk))
    events = queries.events(head["id"])
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
