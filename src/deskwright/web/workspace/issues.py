"""A ticket on customers' status page: its words for them, seen as they will read them, and taking them back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk.knowledge import issues
from deskwright.web.filling import saving
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, page
from deskwright.web.workspace.head import found


class IssueForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("What customers see"),
        max_length=200,
        help_text=gettext_lazy("In the banner and on the page: what does not work, in their words."),
    )
    text = forms.CharField(
        label=gettext_lazy("What is known, and what helps meanwhile"),
        required=False,
        max_length=issues.LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Markdown. Nothing else of the ticket is shown."),
    )


@page
@asks("knowledge:publish")
def known_issue(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The words for customers, and what was typed. Solving the ticket marks the issue solved."""
    head = found(look, number)
    known = issues.of_ticket(number)
    initial = {"title": known.title, "text": known.text} if known else {"title": head["subject"]}
    form = IssueForm(request.POST or None, initial=initial)

    def act(said: dict[str, Any]) -> None:
        issues.publish(look.actor, number, said["title"], said["text"], now=look.now)

    if request.method == "POST" and saving(form, act):
        success(request, _("Customers read it on the status page now"))
        return HttpResponseRedirect(reverse("ticket", args=[number]))
    answer = show(request, "linking/known_issue.html", look, ticket=head, form=form, known=known)
    answer.status_code = 422 if form.errors else 200
    return answer


@require_POST
@page
@asks("knowledge:publish")
def withdraw(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    issues.withdraw(look.actor, number, now=look.now)
    success(request, _("Customers read of it no more"))
    return HttpResponseRedirect(reverse("ticket", args=[number]))
