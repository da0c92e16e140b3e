"""Handing a conversation to another channel: the ways there are, the customer's wish among them, and a summary."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk import access
from deskwright.desk.tickets import handing_over
from deskwright.web.filling import saving
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, page
from deskwright.web.words import word
from deskwright.web.workspace.head import found


class HandOver(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Go on by"), widget=forms.RadioSelect)
    summary = forms.CharField(
        label=gettext_lazy("Where things stand"),
        required=False,
        max_length=handing_over.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("An internal note, for who takes it up. The clocks go on as they are."),
    )

    def __init__(self, *args: Any, ways: list[str], wish: str | None, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["channel"]
        wished = _("%(way)s, as the customer likes it")
        words = {one: word("channel", one) for one in ways}
        field.choices = [(one, wished % {"way": said} if one == wish else said) for one, said in words.items()]


@page
@asks("tickets:change")
def hand_over(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The form, and what it sends: back to the ticket, which goes on by the chosen way."""
    access.ticket_for(look.actor, number, "change")
    head = found(look, number)
    ways, wish = handing_over.ways(head["customer_id"], head["channel"]), head["preferred_channel"]
    initial = {"channel": wish if wish in ways else next(iter(ways), "")}
    form = HandOver(request.POST or None, ways=ways, wish=wish, initial=initial)

    def act(said: dict[str, Any]) -> None:
        handing_over.hand_over(look.actor, number, said["channel"], said["summary"], now=look.now)

    if request.method == "POST" and saving(form, act):
        success(request, _("It goes on by %(way)s") % {"way": word("channel", form.cleaned_data["channel"])})
        return HttpResponseRedirect(reverse("ticket", args=[number]))
    answer = show(request, "linking/hand_over.html", look, ticket=head, form=form, ways=ways)
    answer.status_code = 422 if form.errors else 200
    return answer
