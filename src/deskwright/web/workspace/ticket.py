"""The ticket page and the parts of it that a live update asks for again. Reads only; deeds are next door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deskwright.desk.knowledge import suggesting
from deskwright.desk.outbox import suppression
from deskwright.engine.values import STATUSES
from deskwright.engine.workflow import Workflow
from deskwright.store.queries import desk as people
from deskwright.store.queries import ticket as queries
from deskwright.store.queries.listing import Row
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, page
from deskwright.web.workspace import ratings
from deskwright.web.workspace import why as reading
from deskwright.web.workspace.alerts import lasting
from deskwright.web.workspace.calls import phones_of
from deskwright.web.workspace.chats import bar_of
from deskwright.web.workspace.clocks import clocks_shown
from deskwright.web.workspace.fields import fields_of
from deskwright.web.workspace.files import pictures_of
from deskwright.web.workspace.head import found
from deskwright.web.workspace.linking import linked_of
from deskwright.web.workspace.markdown import page_html
from deskwright.web.workspace.merging import led_on, parts_of
from deskwright.web.workspace.recipients import recipients_of
from deskwright.web.workspace.sentence import Names
from deskwright.web.workspace.timeline import newest, timeline
from deskwright.web.workspace.ways import ways_for
from deskwright.web.workspace.work import work_of

THEN: Final = ("waiting_on_customer", "on_hold", "open", "solved")
"""What a ticket may become as a reply leaves."""
LATELY: Final = timedelta(minutes=2)
"""A draft touched within this time is being written now."""
SHOWN_FOR: Final = timedelta(days=1)
"""For how long others are told of a draft."""


@page
@asks("tickets:see")
def ticket(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    head = found(look, number)
    if head["merged_into_id"] is not None and (elsewhere := led_on(request, look, head)):
        return elsewhere
    past = past_of(look, head)
    context = conversation_of(look, head, past) | side_of(look, head, past)
    context |= recipients_of(look, head, context["own"].get("reply")) | bar_of(look, head)
    return show(request, "ticket/page.html", look, **context)


@page
@asks("tickets:see")
def conversation(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The timeline alone."""
    head = found(look, number)
    return render(request, "ticket/timeline.html", conversation_of(look, head, past_of(look, head)))


@page
@asks("tickets:see")
def chat_bar(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The line above the conversation of a chat."""
    return render(request, "chats/bar.html", bar_of(look, found(look, number)))


@page
@asks("tickets:see")
def recipients(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Who gets the reply, each with the reason."""
    head = found(look, number)
    mine = own(queries.drafts(number, look.actor.pk), look)
    shown = recipients_of(look, head, mine.get("reply")) | {"may_outbox": look.may("outbox:manage")}
    return render(request, "ticket/recipients.html", shown)


@page
@asks("tickets:reply")
def recipient_stopped(request: HttpRequest, look: Look) -> HttpResponse:
    """What speaks against writing to `address`; empty when nothing does."""
    stopped = list(suppression.known([request.GET.get("address", "")[:320]]).values())
    context = {"stopped": stopped, "may_outbox": look.may("outbox:manage")}
    return render(request, "ticket/recipients_stopped.html", context)


@page
@asks("tickets:see")
def side(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The side panel alone."""
    head = found(look, number)
    return render(request, "ticket/side.html", side_of(look, head, past_of(look, head)))


@page
@asks("tickets:see")
def why(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Every decision about the ticket with all that the workflow looked at."""
    head = found(look, number)
    events = look.veil.rows(queries.events(number, traces=True))
    names = names_in(people.agents(look.actor.pk))
    context = {"ticket": head, "decisions": reading.decisions(events, names), "now": look.now}
    return render(request, "ticket/why.html", context)


def past_of(look: Look, head: Row) -> tuple[Sequence[Row], Names]:
    """What happened to the ticket, and the names of the people in it."""
    return look.veil.rows(queries.events(head["id"])), names_in(people.agents(look.actor.pk))


def conversation_of(look: Look, head: Row, past: tuple[Sequence[Row], Names]) -> dict[str, Any]:
    messages = look.veil.rows(queries.messages(head["id"]))
    drafts = queries.drafts(head["id"], look.actor.pk)
    files = queries.draft_files(head["id"], look.actor.pk, look.visible)
    return {
        "ticket": head,
        "items": timeline(messages, *past),
        "apart": parts_of(past[0]) if look.may("merge") else {},
        "alerts": [lasting(row, look.now) for row in queries.alerts(head["id"])] if head["channel"] == "alert" else [],
        "held": [on_hold(row, files, look) for row in look.veil.rows(queries.held_replies(head["id"]))],
        "files": waiting(files, look),
        "own": own(drafts, look),
        "writers": writers(drafts, look),
        "newest": newest(messages),
        "may_split": look.may("merge"),
        "opening": min((row["id"] for row in messages if row["ticket_id"] == head["id"]), default=0),
        "newest_event": newest(past[0]),
        "then_statuses": then_statuses(look.workflow),
        **(ways_for(head, own(drafts, look).get("reply"), look.now) if look.may("reply") else {}),
        "may_reply": look.may("reply"),
        "may_resend": look.may("resend"),
        "may_outbox": look.may("outbox:manage"),
        "now": look.now,
    }


def waiting(files: Sequence[Row], look: Look) -> list[Row]:
    """Files of the agent's drafts."""
    return [row for row in files if row["held_id"] is None and row["agent_id"] == look.actor.pk]


def then_statuses(workflow: Workflow) -> list[str]:
    """What a reply can leave the ticket in: each of these categories, followed by the workflow's own within it."""
    own = [one for one in workflow.statuses.values() if not one.archived and one.name not in STATUSES]
    return [name for category in THEN for name in (category, *(one.name for one in own if one.category == category))]


def on_hold(row: Row, files: Sequence[Row], look: Look) -> Row:
    """A held reply with its files, the seconds until it leaves, and whether it is the agent's to take back."""
    carried = [file for file in files if file["held_id"] == row["id"]]
    seconds = max(0, round((row["leaves_at"] - look.now).total_seconds()))
    later = row["counts_at"] == row["leaves_at"]
    html = page_html(row["text"], pictures_of(carried, "draft_file"))
    mine = row["agent_id"] == look.actor.pk
    return row | {"seconds": seconds, "later": later, "own": mine, "html": html, "files": carried}


def own(drafts: Sequence[Row], look: Look) -> dict[str, Row]:
    """The agent's own drafts by kind."""
    return {row["kind"]: row for row in drafts if row["agent_id"] == look.actor.pk}


def writers(drafts: Sequence[Row], look: Look) -> list[Row]:
    """Drafts of others that were touched today; `lately` while somebody writes at this moment."""
    others = [row for row in drafts if row["agent_id"] != look.actor.pk and look.now - row["updated_at"] < SHOWN_FOR]
    return [row | {"lately": look.now - row["updated_at"] < LATELY} for row in others]


def side_of(look: Look, head: Row, past: tuple[Sequence[Row], Names]) -> dict[str, Any]:
    events, names = past
    followers = queries.followers(head["id"])
    return {
        "ticket": head,
        "clocks": clocks_shown(queries.clocks(head["id"]), events, look.now),
        "reasons": reading.reasons(events, names),
        **fields_of(look, head),
        "rating": ratings.latest(events),
        **work_of(look, head),
        **linked_of(look, head),
        "articles": suggesting.suggest(head["subject"], head["description"], head["language"], public=False),
        "may_reply": look.may("reply"),
        "phones_of": phones_of(look, head),
        "followers": followers,
        "following": any(row["agent_id"] == look.actor.pk for row in followers),
        "siblings": queries.siblings(head["id"], head["customer_id"], look.visible),
        "parts": sorted(parts_of(events).items()),
        "may_merge": look.may("merge"),
        "may_change": look.may("change"),
        "may_escalate": look.may("escalate"),
        "may_audit": look.may("audit:see"),
        "last_tier": bool(look.workflow.tiers) and look.workflow.tiers[-1].name == head["tier"],
        "first_tier": bool(look.workflow.tiers) and look.workflow.tiers[0].name == head["tier"],
        "now": look.now,
    }


def names_in(agents: Sequence[Row]) -> Names:
    return {row["id"]: row["name"] for row in agents}
