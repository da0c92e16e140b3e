"""One reply to all incidents of a problem: writing it, seeing who would read what, sending it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import ngettext

from deskwright.desk.errors import DeskError
from deskwright.desk.numbers import numbers_in
from deskwright.desk.tickets import broadcasting
from deskwright.desk.tickets.broadcasting import Letter
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, page
from deskwright.web.workspace.head import found
from deskwright.web.workspace.markdown import page_html


@page
@asks("tickets:reply")
def broadcast(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The words and who would get them; with `send` they are on their way."""
    form = request.POST
    text, refusal = form.get("text", ""), ""
    if form.get("send"):
        try:
            return sent(request, look, number, text)
        except DeskError as trouble:
            refusal = trouble.sentence
    letters = broadcasting.preview(look.actor, number, text, now=look.now)
    chosen = numbers(request) if request.method == "POST" else [letter.ticket for letter in letters]
    context: dict[str, Any] = {
        "ticket": found(look, number),
        "text": text,
        "letters": letters,
        "chosen": chosen,
        "shown": first(letters, chosen),
        "solve": form.get("solve"),
        "refusal": refusal,
    }
    return show(request, "linking/broadcast.html", look, **context)


def first(letters: Sequence[Letter], chosen: Sequence[int]) -> dict[str, Any] | None:
    """The first customer's letter as they would read it."""
    one = next((letter for letter in letters if letter.ticket in chosen), None)
    return None if one is None else {"letter": one, "html": page_html(one.text.text)}


def sent(request: HttpRequest, look: Look, number: int, text: str) -> HttpResponse:
    """Back to the problem, with the undo beside the sentence."""
    solve = bool(request.POST.get("solve"))
    held = broadcasting.broadcast(look.actor, number, text, numbers(request), now=look.now, solve=solve)
    told = ngettext("%(number)s reply is on its way", "%(number)s replies are on their way", len(held))
    undo = f"{reverse('macro_undo')}?{urlencode({'held': held}, doseq=True)}"
    success(request, told % {"number": len(held)}, extra_tags=undo)
    return HttpResponseRedirect(reverse("ticket", args=[number]))


def numbers(request: HttpRequest) -> list[int]:
    return numbers_in(request.POST.getlist("ticket"))
