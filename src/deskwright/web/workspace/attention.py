"""Following a ticket, and the colleagues a note may name. Parse the form, call one deed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk.access import STAFF, seen_by, ticket_for
from deskwright.desk.answering import following
from deskwright.store import facts
from deskwright.store.connection import cursor
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, page


@require_POST
@page
@asks("tickets:see")
def follow(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Be told of what is written on the ticket, or no more (`wanted` yes or no)."""
    if request.POST.get("wanted") == "no":
        following.unfollow(look.actor, number)
        return done(request, _("You are told no more"), changed=[number])
    following.follow(look.actor, number, now=look.now)
    return done(request, _("You are told when somebody writes"), changed=[number])


@require_POST
@page
@asks(STAFF)
def follow_mentions(request: HttpRequest, look: Look) -> HttpResponse:
    """Whether being mentioned makes the agent a follower."""
    wanted = request.POST.get("wanted") == "yes"
    following.follow_mentions(look.actor, wanted)
    return done(request, _("Mentions make you follow") if wanted else _("Mentions do not make you follow"))


@page
@asks("tickets:note")
def mentionable(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Everybody a note on the ticket may name; who would not see it is marked."""
    ticket = ticket_for(look.actor, number, "note")
    agents = facts.present(cursor()).desk.agents.values()
    able = seen_by([agent.id for agent in agents], ticket.queue, ticket.assignee_id)
    rows = sorted((agent.id not in able, agent.name.casefold(), agent) for agent in agents if agent.id != look.actor.pk)
    people = [{"name": agent.name, "unable": unable, "teams": sorted(agent.teams)} for unable, _name, agent in rows]
    return render(request, "ticket/mentionable.html", {"people": people})
