"""Chats: the list of those that are open, and what an agent does in one. Parse the form, call one deed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk import access
from deskwright.desk.chat import live, serving
from deskwright.desk.numbers import number_in
from deskwright.store.queries import chats as queries
from deskwright.store.queries.listing import Row
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, is_part, page


@page
@asks("tickets:see")
def chats(request: HttpRequest, look: Look) -> HttpResponse:
    """Every open chat one may see; a live update asks for the lists alone."""
    context = listed(look)
    if is_part(request):
        return render(request, "chats/lists.html", context | {"now": look.now})
    return show(request, "chats/page.html", look, "chats", **context)


def listed(look: Look) -> dict[str, Any]:
    rows = [shown(row, look) for row in queries.open_chats(look.visible)]
    mine = [row for row in rows if row["assignee_id"] == look.actor.pk]
    waiting = [row for row in rows if row["assignee_id"] is None]
    others = [row for row in rows if row["assignee_id"] not in (None, look.actor.pk)]
    return {
        "groups": [(_("Yours"), mine), (_("Waiting for somebody"), waiting), (_("With colleagues"), others)],
        "any": bool(rows),
        "habits": serving.habits(look.actor),
        "takes_chats": look.actor.takes_chats,
        "may_reply": look.may("reply"),
    }


@page
@asks("tickets:see")
def strip(request: HttpRequest, look: Look) -> HttpResponse:
    """The agent's own chats in one line; `here` is the ticket whose page it stands on."""
    here = number_in(request.GET.get("here", "")) or 0
    return render(request, "chats/strip.html", strip_of(look, here))


def strip_of(look: Look, here: int) -> dict[str, Any]:
    mine: Sequence[Row] = queries.open_chats(look.visible, mine=look.actor.pk)
    return {"chats": [shown(row, look) for row in mine], "here_id": here, "now": look.now}


def shown(row: Row, look: Look) -> Row:
    """`there`: the visitor's window is open."""
    return look.veil.row(row) | {"there": look.now - row["here_at"] < live.GONE_AFTER}


def bar_of(look: Look, head: Row) -> dict[str, Any]:
    """The chat of a ticket as its page shows it: nothing for a ticket that is no chat."""
    row = queries.chat(head["id"]) if head["channel"] == live.CHANNEL else None
    if row is None:
        return {"chat": None}
    there = row["ended_at"] is None and look.now - row["here_at"] < live.GONE_AFTER
    taken = row["accepted_by_id"] == look.actor.pk or row["accepted_by_id"] == head["assignee_id"] is not None
    return {
        "chat": look.veil.row(row) | {"there": there, "taken": taken, "open": row["ended_at"] is None},
        "habits": serving.habits(look.actor),
        "may_reply": look.may("reply"),
        "ticket": head,
        **strip_of(look, head["id"]),
    }


@require_POST
@page
@asks("tickets:reply")
def accept(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Take the chat; from the list (`open`) its page comes next."""
    serving.accept(look.actor, number, now=look.now)
    if request.POST.get("open"):
        return redirect("ticket", number)
    return done(request, _("The chat is yours"), changed=[number])


@require_POST
@page
@asks("tickets:reply")
def end(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    serving.end(look.actor, number, solve=request.POST.get("solve") == "1", now=look.now)
    return done(request, _("The chat has ended"), changed=[number])


@require_POST
@page
@asks("tickets:see")
def seen(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The page has shown everything up to `upto`."""
    upto = number_in(request.POST.get("upto", ""))
    if upto is not None:
        serving.seen_by_agent(look.actor, number, upto)
    return HttpResponse(status=204)


@require_POST
@page
@asks("tickets:reply")
def habits(request: HttpRequest, look: Look) -> HttpResponse:
    """How the agent likes to chat, and whether they take any."""
    access.allow(look.actor, "reply")
    serving.keep_habits(look.actor, {name: name in request.POST for name in serving.HABITS})
    wanted = "takes_chats" in request.POST
    if wanted != look.actor.takes_chats:
        serving.take_chats(look.actor, wanted, now=look.now)
    return done(request, _("Saved"))
