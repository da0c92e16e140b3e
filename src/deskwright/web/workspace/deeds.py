"""What an agent does to tickets from these pages: parse the form, call one deed, tell the page what to fetch again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from deskwright.desk import delivery, drafts, holding, replies, tickets, undoing
from deskwright.desk.errors import Invalid, StaleReply
from deskwright.web.look import Look, done, is_part, page
from deskwright.web.words import word
from deskwright.web.workspace.markdown import page_html

CHANGEABLE: Final = ("status", "priority", "queue", "assignee", "category", "impact", "urgency", "type")
NOBODY: Final = "0"


@require_POST
@page
def reply(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Send what the composer holds, now or `later`. A customer's newer message stops it: the answer shows it (409)."""
    solve = request.POST.get("then") == "solve"
    seen = request.POST.get("seen", "")
    later = moment(request.POST.get("later", ""))
    try:
        held = holding.send(
            look.actor,
            number,
            request.POST.get("text", ""),
            now=look.now,
            solve=solve,
            seen=int(seen) if seen.isdecimal() else None,
            later=later,
        )
    except StaleReply as stale:
        return stopped(request, stale)
    sentence = _("It leaves at the chosen time") if later else _("Sending and solving") if solve else _("Sending")
    return done(request, sentence, undo=reverse("take_back", args=[held]), sent=number, changed=[number])


def moment(text: str) -> datetime | None:
    """An instant as the browser writes it, with its zone; None for no text. Raises Invalid."""
    if not text:
        return None
    at: datetime | None = None
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
    if at is None or at.tzinfo is None:
        raise Invalid(_("This is not a date and time."), {"later": "not a moment"})
    return at.astimezone(UTC)


def stopped(request: HttpRequest, stale: StaleReply) -> HttpResponse:
    newest = max((row["id"] for row in stale.messages), default=0)
    context = {"messages": stale.messages, "newest": newest, "text": request.POST.get("text", "")}
    template = "ticket/stale.html" if is_part(request) else "errors/stale.html"
    return render(request, template, context, status=stale.status)


@require_POST
@page
def take_back(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Undo the sending of a held reply: it is a draft again."""
    ticket = holding.take_back(look.actor, number, now=look.now)
    return done(request, _("Not sent: it is a draft again"), restored=ticket, changed=[ticket])


@require_POST
@page
def send_now(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Let a held reply leave at once."""
    ticket = holding.send_now(look.actor, number, now=look.now)
    return done(request, _("Sending"), changed=[ticket])


@require_POST
@page
def note(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    replies.note(look.actor, number, request.POST.get("text", ""), now=look.now, drafted=True)
    return done(request, _("Note added"), sent=number, changed=[number])


@require_POST
@page
def draft(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Keep what the composer holds (`kind` and `text`); sent every few seconds while somebody writes."""
    kind, text, upon = (request.POST.get(name) for name in ("kind", "text", "upon"))
    drafts.keep(look.actor, number, kind or "", text or "", now=look.now, upon=upon)
    return HttpResponse(status=204)


@require_POST
@page
def preview(request: HttpRequest, look: Look) -> HttpResponse:
    """The Markdown as the requester will see it."""
    return render(request, "ticket/preview.html", {"html": page_html(request.POST.get("text", "")[:100_000])})


@require_POST
@page
def change(request: HttpRequest, look: Look) -> HttpResponse:
    """Change fields of the tickets named by `ticket` (several); `tag` and `untag` give and take tags."""
    numbers = [int(number) for number in request.POST.getlist("ticket") if number.isdecimal()]
    changes = asked_for(request.POST, look)
    given, taken = request.POST.getlist("tag"), request.POST.getlist("untag")
    if not numbers or not (changes or given or taken):
        raise Invalid(_("Choose a ticket and what should change."))
    events = tickets.change(look.actor, numbers, changes, now=look.now, tag=given, untag=taken)
    if not events:
        return done(request, _("Nothing to change: it is so already"), changed=numbers)
    undo = f"{reverse('undo_change')}?{urlencode({'event': events}, doseq=True)}"
    return done(request, sentence(changes, len(events)), undo=undo, changed=numbers)


@require_POST
@page
def undo_change(request: HttpRequest, look: Look) -> HttpResponse:
    """Take back one's own change, named by its events (`event`, several), where it still stands."""
    events = [int(event) for event in request.GET.getlist("event") if event.isdecimal()]
    restored = undoing.undo(look.actor, events, now=look.now)
    told = ngettext("Undone", "Undone on %(number)s tickets", len(restored)) % {"number": len(restored)}
    return done(request, told, changed=restored)


def asked_for(form: Mapping[str, Any], look: Look) -> dict[str, Any]:
    """The changes a form asks for; the empty word clears a field, `me` is whoever asks."""
    changes: dict[str, Any] = {name: form[name] or None for name in CHANGEABLE if name in form}
    if "assignee" in changes:
        changes["assignee"] = assignee(str(changes["assignee"] or NOBODY), look)
    return changes


def assignee(value: str, look: Look) -> int | None:
    if value == "me":
        return int(look.actor.pk)
    if not value.isdecimal():
        raise Invalid(_("This is not an agent of this desk."), {"assignee": "unknown"})
    return int(value) or None


def sentence(changes: Mapping[str, Any], number: int) -> str:
    if number > 1:
        return ngettext("%(number)s ticket changed", "%(number)s tickets changed", number) % {"number": number}
    if not changes:
        return _("Tags changed")
    if "status" in changes:
        return _("Status: %(status)s") % {"status": word("status", changes["status"])}
    return _("Changed")


@require_POST
@page
def escalate(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[:500] or "manual"
    tickets.escalate(look.actor, number, now=look.now, reason=reason)
    return done(request, _("Escalated"), changed=[number])


@require_POST
@page
def acknowledge(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    tickets.acknowledge(look.actor, number, now=look.now)
    return done(request, _("You have taken the escalation"), changed=[number])


@require_POST
@page
def hand_back(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[:500]
    tickets.hand_back(look.actor, number, now=look.now, reason=reason)
    return done(request, _("Handed back"), changed=[number])


@require_POST
@page
def resend(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Try a delivery again. `number` is the delivery's."""
    delivery.resend(look.actor, number, now=look.now)
    return done(request, _("Sending again"), delivered=number)
