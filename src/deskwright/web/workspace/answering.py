"""What an agent writes on a ticket: sending, taking back, drafts, the preview. Parse the form, call one deed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk.access import STAFF
from deskwright.desk.answering import drafts, holding, mentions, replies
from deskwright.desk.chat import serving
from deskwright.desk.errors import Invalid, StaleReply
from deskwright.desk.numbers import number_in
from deskwright.store.connection import from_json
from deskwright.store.queries import desk as people
from deskwright.store.queries import ticket as queries
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, is_part, page
from deskwright.web.words import word
from deskwright.web.workspace.files import pictures_of
from deskwright.web.workspace.markdown import page_html
from deskwright.web.workspace.sentences import told

LONGEST_PREVIEW: Final = 100_000


@require_POST
@page
@asks("tickets:reply")
def reply(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Send what the composer holds, now or `later`; `then` is the status after it. A newer message stops it (409).

    In a chat (`chat`) it leaves at once, whatever the visitor writes meanwhile.
    """
    then = request.POST.get("then", "")
    seen, as_of = (number_in(request.POST.get(name, "")) for name in ("seen", "as_of"))
    later = moment(request.POST.get("later", ""))
    if request.POST.get("chat") and later is None:
        serving.answer(look.actor, number, request.POST.get("text", ""), now=look.now, status=then)
        return done(request, "", sent=number, changed=[number])
    try:
        held = holding.send(
            look.actor,
            number,
            request.POST.get("text", ""),
            now=look.now,
            status=then,
            seen=seen,
            later=later,
            to=recipients(request),
            as_of=as_of,
            by=request.POST.get("by", ""),
        )
    except StaleReply as stale:
        return stopped(request, look, stale)
    return done(request, leaving(then, later), undo=reverse("take_back", args=[held]), sent=number, changed=[number])


def leaving(then: str, later: datetime | None) -> str:
    """What the toast says of a reply that was just taken."""
    if later:
        return _("It leaves at the chosen time")
    if then == "solved":
        return _("Sending and solving")
    return _("Sending, then: %(status)s") % {"status": word("status", then)} if then else _("Sending")


def recipients(request: HttpRequest) -> Mapping[str, list[str]] | None:
    """The further recipients the form names; None when it says nothing of them."""
    if "to" not in request.POST:
        return None
    return {name: request.POST.getlist(name) for name in ("cc", "bcc")}


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


def stopped(request: HttpRequest, look: Look, stale: StaleReply) -> HttpResponse:
    """What came in between, and up to where it is known now."""
    names = {row["id"]: row["name"] for row in people.agents(look.actor.pk)} if stale.changes else {}
    changes = [sentence for row in stale.changes for sentence in told(row | {"data": from_json(row["data"])}, names)]
    context = {
        "messages": stale.messages,
        "changes": [sentence for sentence in changes if sentence.icon == "square-pen"],
        "newest": max((row["id"] for row in stale.messages), default=0),
        "as_of": max((row["id"] for row in stale.changes), default=0),
        "text": request.POST.get("text", ""),
    }
    template = "ticket/stale.html" if is_part(request) else "errors/stale.html"
    return render(request, template, context, status=stale.status)


@require_POST
@page
@asks("tickets:reply")
def take_back(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Undo the sending of a held reply: it is a draft again."""
    ticket = holding.take_back(look.actor, number, now=look.now)
    return done(request, _("Not sent: it is a draft again"), restored=ticket, changed=[ticket])


@require_POST
@page
@asks("tickets:reply")
def send_now(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Let a held reply leave at once."""
    ticket = holding.send_now(look.actor, number, now=look.now)
    return done(request, _("Sending"), changed=[ticket])


@require_POST
@page
@asks("tickets:note")
def note(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    text = request.POST.get("text", "")
    unable = mentions.unable(look.actor, number, text)
    replies.note(look.actor, number, text, now=look.now, drafted=True)
    sentence = _("Note added")
    if unable:
        sentence = _("Note added. They cannot see this ticket and were not told: %(names)s") % {
            "names": ", ".join(unable)
        }
    return done(request, sentence, sent=number, changed=[number])


@require_POST
@page
@asks("tickets:note", "tickets:reply")
def draft(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Keep what the composer holds (`kind`, `text`, `cc`, `bcc`); sent every few seconds while somebody writes."""
    kind, text, upon = (request.POST.get(name) for name in ("kind", "text", "upon"))
    drafts.keep(look.actor, number, kind or "", text or "", now=look.now, upon=upon, to=recipients(request))
    return HttpResponse(status=204)


@require_POST
@page
@asks(STAFF)
def preview(request: HttpRequest, look: Look) -> HttpResponse:
    """The Markdown as the requester will see it, with the pictures of the agent's draft on `ticket`."""
    ticket = number_in(request.POST.get("ticket", ""))
    mine = queries.draft_files(ticket, look.actor.pk, look.visible) if ticket is not None else []
    html = page_html(request.POST.get("text", "")[:LONGEST_PREVIEW], pictures_of(mine, "draft_file"))
    return render(request, "ticket/preview.html", {"html": html})
