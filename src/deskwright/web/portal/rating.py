"""The page behind the links of a survey's mail. Opening it records nothing: scanners open links, people confirm."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from deskwright.desk import clock
from deskwright.desk.errors import Conflict, NotFound
from deskwright.desk.surveys import answering
from deskwright.desk.surveys.answering import Invitation

RATINGS: Final = (
    ("5", _("Very satisfied")),
    ("4", _("Satisfied")),
    ("3", _("Neither nor")),
    ("2", _("Dissatisfied")),
    ("1", _("Very dissatisfied")),
)


class Answer(forms.Form):
    rating = forms.TypedChoiceField(
        label=_("Your rating"),
        choices=RATINGS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the five.")},
    )
    comment = forms.CharField(
        label=_("Would you like to tell us more?"),
        max_length=answering.LONGEST,
        required=False,
        widget=forms.Textarea,
    )


def open_page(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page without signing in; a link that opens nothing is told so."""

    @login_not_required
    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token)
        except NotFound:
            return page(request, {"standing": "unknown"}, 404)

    return answer


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """The survey with the link's rating chosen, and the answer it sends. 422 with the faults, 409 when it has ended."""
    now = clock.now()
    survey = answering.invitation(token, now=now)
    if request.method != "POST":
        return shown(request, survey, Answer(initial=chosen(request, survey)))
    form = Answer(request.POST)
    if not form.is_valid():
        return shown(request, survey, form, 422)
    try:
        answering.answer(token, form.cleaned_data["rating"], form.cleaned_data["comment"], now=now)
    except Conflict:
        return shown(request, answering.invitation(token, now=now), form, 409)
    return redirect("rated", token)


@open_page
@require_http_methods(["GET", "HEAD"])
def rated(request: HttpRequest, token: str) -> HttpResponse:
    """Thanks; the answer may still be changed."""
    survey = answering.invitation(token, now=clock.now())
    said = next((words for value, words in RATINGS if value == str(survey.csat)), "")
    return page(request, {"survey": survey, "standing": "thanks", "said": said, "token": token})


def chosen(request: HttpRequest, survey: Invitation) -> dict[str, Any]:
    """What the mail's link chose, else what was answered before."""
    rating = request.GET.get("rating", "")
    known = rating if rating in dict(RATINGS) else survey.csat
    return {"rating": str(known or ""), "comment": survey.comment}


def shown(request: HttpRequest, survey: Invitation, form: Answer, status: int = 200) -> HttpResponse:
    return page(request, {"survey": survey, "standing": survey.standing, "form": form}, status)


def page(
    request: HttpRequest, context: dict[str, Any], status: int = 200, template: str = "portal/rate.html"
) -> HttpResponse:
    answer = render(request, template, context, status=status)
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "same-origin"
    return answer
