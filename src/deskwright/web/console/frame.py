"""The frame around every console page, and the three shapes pages have: a list, a form, a confirmation.

A view is a plain function `(request, look, ...)`; `settings_page(right)` makes it what Django calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib.messages import success
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from deskwright.web.console.places import sections
from deskwright.web.gate import asks
from deskwright.web.look import Look, is_part, page

P = ParamSpec("P")
View = Callable[P, HttpResponse]


def settings_page(
    right: str,
) -> Callable[[Callable[Concatenate[HttpRequest, Look, P], HttpResponse]], View[Concatenate[HttpRequest, P]]]:
    """A console view for those who hold the right; 403 for others."""

    def guarded(
        view: Callable[Concatenate[HttpRequest, Look, P], HttpResponse],
    ) -> View[Concatenate[HttpRequest, P]]:
        return page(asks(right)(view))

    return guarded


def show(request: HttpRequest, template: str, look: Look, here: str, **context: Any) -> HttpResponse:
    """A whole page in the console's frame. `here` is the url name of the place that is open; `status` is 200."""
    status = context.pop("status", 200)
    framed = {"sections": sections(look.actor), "here": here, "agent": look.actor, "now": look.now, **context}
    return render(request, template, framed, status=status)


def form_page(request: HttpRequest, look: Look, here: str, form: BaseForm, **context: Any) -> HttpResponse:
    """A form with its faults beside the fields (422 then). Context: title, cancel (url); maybe about, save, remove."""
    status = 422 if form.is_bound and form.errors else 200
    template = context.pop("template", "console/form.html")
    return show(request, template, look, here, form=form, status=status, **context)


def saved(request: HttpRequest, url: str, sentence: str = "", undo: str = "") -> HttpResponse:
    """Back to the list with the sentence as a toast; `undo` is the address that takes the change back."""
    success(request, sentence or _("Saved"), extra_tags=undo)
    if is_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def confirmed(request: HttpRequest, word: str) -> bool:
    """Whether the form came back with the word typed that the page asked for."""
    return request.method == "POST" and request.POST.get("typed", "").strip().casefold() == word.strip().casefold()


def confirm_page(request: HttpRequest, look: Look, here: str, word: str, **context: Any) -> HttpResponse:
    """Asks to type `word` before something that cannot be taken back. Context: title, consequence, act, cancel."""
    wrong = request.method == "POST"
    status = 422 if wrong else 200
    return show(request, "console/confirm.html", look, here, word=word, wrong=wrong, status=status, **context)
