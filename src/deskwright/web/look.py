"""What every workspace page starts from: who looks, when, at which tickets. Also turns refusals into pages, once.

Views are plain functions `(request, look, ...)`; `page` makes them what Django calls. Pages decide nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast

from django.contrib.messages import error, success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from deskwright.desk import access, clock, workflows
from deskwright.desk.access import Veil, Visible
from deskwright.desk.errors import DeskError
from deskwright.engine.workflow import Workflow
from deskwright.store.models import Agent
from deskwright.web.said import say

P = ParamSpec("P")
UNDO_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Look:
    """One request's view of the desk. `queues` are those the agent sees, in the workflow's order."""

    actor: Agent
    now: datetime
    workflow: Workflow
    queues: Sequence[str]
    visible: Visible

    @property
    def veil(self) -> Veil:
        """What the agent's role does not get to see: rows are shown through it."""
        return access.veil(self.actor)

    def may(self, right: str) -> bool:
        """Whether the agent holds the right; a bare verb is one on tickets."""
        return access.may(self.actor, right)


def page(
    view: Callable[Concatenate[HttpRequest, Look, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view with its Look; a DeskError becomes its page, or a toast where only a part was asked for."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, look_of(request), *args, **kwargs)
        except DeskError as refusal:
            return refused(request, refusal)

    return answer


def look_of(request: HttpRequest) -> Look:
    actor = cast(Agent, request.user)
    workflow = workflows.live()
    queues = access.visible_queues(actor, workflow)
    return Look(actor, clock.now(), workflow, queues, access.visible_tickets(actor, queues))


def refused(request: HttpRequest, refusal: DeskError) -> HttpResponse:
    """A page of its own; for a part of a page, the sentence as a toast; for a plain form, back with the sentence."""
    if is_part(request):
        return say(HttpResponse(status=refusal.status), refusal.sentence, wrong=True)
    if request.method == "POST":
        error(request, refusal.sentence)
        return HttpResponseRedirect(back(request))
    name = f"errors/{refusal.status}.html" if refusal.status in {403, 404} else "errors/refused.html"
    return render(request, name, {"sentence": refusal.sentence, "status": refusal.status}, status=refusal.status)


def done(request: HttpRequest, sentence: str = "", *, undo: str = "", **events: Any) -> HttpResponse:
    """A deed was done: the page fetches again what changed; a plain form goes back to where it was.

    `undo` is the address that takes it back, offered beside the sentence for `UNDO_SECONDS`.
    """
    if is_part(request) and undo:
        offer = {"sentence": str(sentence), "url": undo, "seconds": UNDO_SECONDS}
        return say(HttpResponse(status=204), undoable=offer, **events)
    if is_part(request):
        return say(HttpResponse(status=204), sentence, **events)
    if sentence:
        success(request, sentence)
    return HttpResponseRedirect(back(request))


def is_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def back(request: HttpRequest) -> str:
    """The page the form was on, when it is one of ours."""
    came_from = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    return came_from if url_has_allowed_host_and_scheme(came_from, hosts, request.is_secure()) else "/"
