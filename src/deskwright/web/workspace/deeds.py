"""What an agent does to tickets from these pages: parse the form, call one deed, tell the page what to fetch again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from deskwright.desk.errors import Invalid
from deskwright.desk.numbers import number_in, numbers_in
from deskwright.desk.outbox import again
from deskwright.desk.tickets import changing, escalating, undoing
from deskwright.desk.tickets.linking import OpenChildren
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, is_part, page
from deskwright.web.words import word

CHANGEABLE: Final = ("status", "priority", "queue", "assignee", "category", "impact", "urgency", "type")
FIELD: Final = "fields."
"""Before the name of a custom field."""
NOBODY: Final = "0"
TOKEN: Final = "csrfmiddlewaretoken"


@require_POST
@page
@asks("tickets:change")
def change(request: HttpRequest, look: Look) -> HttpResponse:
    """Change fields of the tickets named by `ticket` (several); `tag` and `untag` give and take tags."""
    numbers = numbers_in(request.POST.getlist("ticket"))
    changes = asked_for(request.POST, look)
    given, taken = request.POST.getlist("tag"), request.POST.getlist("untag")
    if not numbers or not (changes or given or taken):
        raise Invalid(_("Choose a ticket and what should change."))
    despite = bool(request.POST.get("despite_children"))
    try:
        events = changing.change(
            look.actor, numbers, changes, now=look.now, tag=given, untag=taken, despite_children=despite
        )
    except OpenChildren as refusal:
        if not is_part(request):
            raise
        return ask_anyway(request, refusal)
    if not events:
        return done(request, _("Nothing to change: it is so already"), changed=numbers)
    undo = f"{reverse('undo_change')}?{urlencode({'event': events}, doseq=True)}"
    return done(request, sentence(changes, len(events)), undo=undo, changed=numbers)


def ask_anyway(request: HttpRequest, refusal: OpenChildren) -> HttpResponse:
    """The sentence, and the same form again for who means it: in the chooser."""
    sent = [(name, value) for name in request.POST for value in request.POST.getlist(name) if name != TOKEN]
    answer = render(request, "linking/anyway.html", {"sentence": refusal.sentence, "sent": sent})
    answer.headers["HX-Retarget"] = "#chooser"
    answer.headers["HX-Reswap"] = "innerHTML"
    return answer


@require_POST
@page
@asks("tickets:change")
def undo_change(request: HttpRequest, look: Look) -> HttpResponse:
    """Take back one's own change, named by its events (`event`, several), where it still stands."""
    events = numbers_in(request.GET.getlist("event"))
    restored = undoing.undo(look.actor, events, now=look.now)
    told = ngettext("Undone", "Undone on %(number)s tickets", len(restored)) % {"number": len(restored)}
    return done(request, told, changed=restored)


def asked_for(form: Mapping[str, Any], look: Look) -> dict[str, Any]:
    """The changes a form asks for; the empty word clears a field, `me` is whoever asks."""
    changes: dict[str, Any] = {name: form[name] or None for name in CHANGEABLE if name in form}
    fields = {name.removeprefix(FIELD): form[name] for name in form if name.startswith(FIELD)}
    if fields:
        changes["fields"] = fields
    if "assignee" in changes:
        changes["assignee"] = assignee(str(changes["assignee"] or NOBODY), look)
    return changes


def assignee(value: str, look: Look) -> int | None:
    if value == "me":
        return int(look.actor.pk)
    number = number_in(value)
    if number is None:
        raise Invalid(_("This is not an agent of this desk."), {"assignee": "unknown"})
    return number or None


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
@asks("tickets:escalate")
def escalate(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[:500] or "manual"
    escalating.escalate(look.actor, number, now=look.now, reason=reason)
    return done(request, _("Escalated"), changed=[number])


@require_POST
@page
@asks("tickets:escalate")
def acknowledge(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    escalating.acknowledge(look.actor, number, now=look.now)
    return done(request, _("You have taken the escalation"), changed=[number])


@require_POST
@page
@asks("tickets:escalate")
def hand_back(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()[:500]
    escalating.hand_back(look.actor, number, now=look.now, reason=reason)
    return done(request, _("Handed back"), changed=[number])


@require_POST
@page
@asks("tickets:resend")
def resend(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Send a delivery again, `to` a corrected address if one is given. `number` is the delivery's."""
    again.resend(look.actor, number, now=look.now, to=request.POST.get("to", ""))
    return done(request, _("Sending again"), delivered=number)


@require_POST
@page
@asks("tickets:resend")
def give_up(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Try a delivery no more. `number` is the delivery's."""
    again.give_up(look.actor, number, now=look.now)
    return done(request, _("It is not tried any more"), delivered=number)
