"""Macros at a ticket or at several: the picker, what one would do, doing it, taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from deskwright.desk.access import tickets_for
from deskwright.desk.macros import shelf, using
from deskwright.desk.macros.using import Use
from deskwright.desk.numbers import numbers_in
from deskwright.store.queries import desk as people
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, page
from deskwright.web.words import field
from deskwright.web.workspace.markdown import page_html
from deskwright.web.workspace.sentence import Names
from deskwright.web.workspace.sentences import changed, one_status, value_of

NAMED = 5
"""Tickets that are named in a sentence."""


@page
@asks("tickets:change")
def choose(request: HttpRequest, look: Look) -> HttpResponse:
    """The macros one may use, for the tickets named by `ticket`."""
    tickets = tickets_for(look.actor, numbers(request.GET), "change")
    macros = sorted(shelf.found(look.actor).select_related("team"), key=lambda macro: (macro.folder, macro.name))
    context = {
        "folders": shelf.folders(macros),
        "tickets": tickets,
        "asked": urlencode({"ticket": [ticket.pk for ticket in tickets]}, doseq=True),
        "may_write": look.may("macros:write"),
    }
    return render(request, "macros/chooser.html", context)


@page
@asks("tickets:change")
def preview(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """What the macro would do; nothing happens."""
    macro, uses = using.preview(look.actor, number, numbers(request.GET), now=look.now)
    names = {row["id"]: row["name"] for row in people.agents(look.actor.pk)}
    first = uses[0]
    context = {
        "macro": macro,
        "uses": uses,
        "text": first.text.text,
        "html": page_html(first.text.text),
        "note": page_html(first.note.text),
        "gaps": first.text.gaps,
        "gapped": [use.ticket for use in uses if use.text.gaps],
        "checklist": first.checklist,
        "does": list(does(uses, names)),
    }
    return render(request, "macros/preview.html", context)


def does(uses: Sequence[Use], names: Names) -> Iterator[str]:
    """Each change in words: of one ticket with what was there, of several with how many move."""
    if len(uses) == 1:
        for name, pair in one_status(listed(uses[0].changes)).items():
            yield sentence(changed(name, list(pair), names))
        return
    counted: dict[tuple[str, str], int] = {}
    for use in uses:
        for name, (_old, new) in one_status(listed(use.changes)).items():
            told = field(name), value_of(name, new, names)
            counted[told] = counted.get(told, 0) + 1
    for (name, value), count in counted.items():
        many = ngettext("%(number)s ticket", "%(number)s tickets", count) % {"number": count}
        yield _("%(field)s → %(value)s: %(tickets)s") % {"field": name, "value": value, "tickets": many}


def listed(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    """As an event keeps them."""
    return {name: list(pair) for name, pair in changes.items()}


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


@require_POST
@page
@asks("tickets:change")
def use(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Do it. With `send` the text leaves as replies; else the page puts it into the composer."""
    tickets = numbers(request.POST)
    used = using.apply(look.actor, number, tickets, now=look.now, send=bool(request.POST.get("send")))
    undo = ""
    if used.events or used.held:
        undo = f"{reverse('macro_undo')}?{urlencode({'event': used.events, 'held': used.held}, doseq=True)}"
    told = ngettext("“%(name)s” used", "“%(name)s” used on %(number)s tickets", len(tickets))
    said = told % {"name": used.name, "number": len(tickets)}
    return done(request, said, undo=undo, changed=tickets, macro=number)


@require_POST
@page
@asks("tickets:change")
def undo(request: HttpRequest, look: Look) -> HttpResponse:
    """Take back what a macro changed and sent: `event` and `held`, several of each."""
    made, held = numbers(request.GET, "event"), numbers(request.GET, "held")
    tickets = using.undo(look.actor, made, held, now=look.now)
    return done(request, _("Undone"), changed=tickets)


def numbers(query: Any, name: str = "ticket") -> list[int]:
    return numbers_in(query.getlist(name))
