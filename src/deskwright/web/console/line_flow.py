"""How a line answers calls: what is said, who is rung, what happens when nobody answers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.lines import flows, settings
from deskwright.engine.workflow import Workflow
from deskwright.web.console.frame import form_page, saved, settings_page
from deskwright.web.console.lines import HERE, one
from deskwright.web.filling import saving
from deskwright.web.look import Look
from deskwright.web.words import spoken

RIGHT = settings.RIGHT
KEY = re.compile(r"\s*([0-9])\s*=\s*([^\s:]+)\s*:\s*(.*?)\s*")


def words(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text=hint
    )


class FlowForm(forms.Form):
    on = forms.BooleanField(label=gettext_lazy("Answer calls this way"), required=False)
    language = forms.RegexField(
        label=gettext_lazy("Language"),
        regex=r"^[a-z]{2,3}-[A-Z]{2,3}$",
        help_text=gettext_lazy("In which the words are read out: en-GB, de-DE."),
    )
    greeting = words(gettext_lazy("Greeting"))
    greeting_url = forms.CharField(
        label=gettext_lazy("Recording of the greeting"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Address of an MP3 or WAV that is played instead of the words."),
    )
    hours = forms.ChoiceField(
        label=gettext_lazy("Opening hours"), required=False, help_text=gettext_lazy("A calendar of the workflow.")
    )
    closed = words(gettext_lazy("Outside of them the caller hears"))
    menu = forms.CharField(
        label=gettext_lazy("Menu"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One key a line, its queue, what is said: 1 = billing: For invoices, press one."),
    )
    queue = forms.ChoiceField(
        label=gettext_lazy("All others ring"),
        required=False,
        help_text=gettext_lazy("Without a menu, and after no key or a wrong one."),
    )
    at_once = forms.IntegerField(label=gettext_lazy("Phones that ring at once"), min_value=1, max_value=10)
    ring = forms.IntegerField(label=gettext_lazy("Seconds before the next ones ring"), min_value=5, max_value=120)
    missed = words(
        gettext_lazy("When nobody answers the caller hears"),
        gettext_lazy("Three rounds are tried, the best fit first; who is away or speaks is left out."),
    )
    voicemail = forms.BooleanField(label=gettext_lazy("They may leave a message"), required=False)
    record = forms.BooleanField(
        label=gettext_lazy("Record talks"),
        required=False,
        help_text=gettext_lazy("Say so in the greeting: in many countries both sides must know."),
    )

    def __init__(self, *args: Any, workflow: Workflow, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: Any = self.fields
        calendars, queues = sorted(workflow.calendars), sorted(workflow.queues)
        fields["hours"].choices = [("", _("At any time")), *((name, spoken(name)) for name in calendars)]
        fields["queue"].choices = [("", _("Nobody")), *((name, spoken(name)) for name in queues)]

    def clean_menu(self) -> list[dict[str, str]]:
        keys = []
        for line in filter(str.strip, self.cleaned_data["menu"].splitlines()):
            found = KEY.fullmatch(line)
            if found is None:
                raise forms.ValidationError(_("Write one key a line, such as 1 = billing: For invoices, press one."))
            keys.append({"digit": found[1], "queue": found[2], "says": found[3]})
        return keys


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    line = one(number)
    flow = {**flows.USUAL, **line.flow}
    menu = "\n".join(f"{key['digit']} = {key['queue']}: {key['says']}" for key in flow["menu"])
    form = FlowForm(request.POST or None, workflow=look.workflow, initial=flow | {"menu": menu})
    back = reverse("line", args=[number])

    def act(said: dict[str, Any]) -> None:
        flows.arrange(look.actor, number, said, now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, back)
    title = _("How calls are answered")
    about = _("Twilio asks the desk at each step. Agents enter the phone that rings for them in their profile.")
    return form_page(request, look, HERE, form, title=title, about=about, cancel=back, trail=line.name)
