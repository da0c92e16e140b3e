"""Writing by an approved template: which there are, what is to be filled in, how it will read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from deskwright.channels.telephony.templates import names_in
from deskwright.desk import access
from deskwright.desk.errors import DeskError, Invalid
from deskwright.desk.texting import opening
from deskwright.desk.texting.answering import way_of
from deskwright.store.connection import cursor
from deskwright.store.models import MessageTemplate
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, page
from deskwright.web.workspace.head import found
from deskwright.web.workspace.ways import shown


class Filling(forms.Form):
    """One field for each place of the template."""

    def __init__(self, template: MessageTemplate, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in names_in(template.text):
            label = template.variables.get(name) or f"{{{{{name}}}}}"
            self.fields[name] = forms.CharField(
                label=label, max_length=opening.LONGEST, error_messages={"required": _("Fill this in.")}
            )


@page
@asks("tickets:reply")
def template(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The templates of the conversation's line; `?template=` is the one that is filled in and sent."""
    access.ticket_for(look.actor, number, "reply")
    head = found(look, number)
    offered = opening.offered(number)
    wanted = request.GET.get("template", "")
    chosen = next((one for one in offered if str(one.pk) == wanted), offered[0] if len(offered) == 1 else None)
    form = Filling(chosen, request.POST or None) if chosen else None
    if chosen and form and request.method == "POST" and sent(request, look, number, chosen, form):
        return HttpResponseRedirect(reverse("ticket", args=[number]))
    way = way_of(cursor(), number, head["channel"])
    context: dict[str, Any] = {
        "ticket": head,
        "way": shown(way, look.now) if way else None,
        "offered": offered,
        "chosen": chosen,
        "form": form,
    }
    answer = show(request, "ticket/template.html", look, **context)
    answer.status_code = 422 if form and form.errors else 200
    return answer


def sent(request: HttpRequest, look: Look, number: int, chosen: MessageTemplate, form: Filling) -> bool:
    """Whether it is on its way; what is wrong stands beside its field."""
    if not form.is_valid():
        return False
    try:
        held = opening.send(look.actor, number, chosen.pk, form.cleaned_data, now=look.now)
    except DeskError as refusal:
        fields = refusal.fields if isinstance(refusal, Invalid) else {}
        for name, sentence in fields.items():
            form.add_error(name if name in form.fields else None, sentence if name in form.fields else refusal.sentence)
        if not fields:
            form.add_error(None, refusal.sentence)
        return False
    success(request, _("Sending"), extra_tags=reverse("take_back", args=[held]))
    return True
