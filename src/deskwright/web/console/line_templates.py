"""The message templates of a line: as its provider has approved them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.channels.telephony.templates import LONGEST
from deskwright.desk.lines import settings, templates
from deskwright.web.console.frame import confirm_page, confirmed, form_page, saved, settings_page
from deskwright.web.console.lines import HERE, one
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT = settings.RIGHT


class TemplateForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    language = forms.RegexField(
        label=gettext_lazy("Language"),
        regex=r"^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})?$",
        max_length=16,
        help_text=gettext_lazy("As it was approved, such as en or pt_BR."),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Exactly as it was approved, with {{1}} where something is filled in."),
    )
    variables = forms.CharField(
        label=gettext_lazy("What is filled in"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line, such as: 1 = First name. Agents read it beside the field."),
    )
    reference = forms.CharField(
        label=gettext_lazy("The provider’s name of it"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("At Twilio its Content SID, which begins with HX. Empty: its name."),
    )

    def clean_variables(self) -> dict[str, str]:
        known = {}
        for line in filter(str.strip, self.cleaned_data["variables"].splitlines()):
            name, sign, says = line.partition("=")
            if not sign or not says.strip():
                raise forms.ValidationError(_("Write one a line, such as: 1 = First name"))
            known[name.strip().strip("{} ")] = says.strip()
        return known


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int, template: int | None = None) -> HttpResponse:
    """A new template, or one to change."""
    line = one(number)
    found = templates.one(number, template) if template else None
    initial: dict[str, Any] = templates.said_of(found) if found else {"language": "en"}
    if found:
        initial["variables"] = "\n".join(f"{name} = {says}" for name, says in found.variables.items())
    form = TemplateForm(request.POST or None, initial=initial)
    back = reverse("line", args=[number])

    def act(said: dict[str, Any]) -> None:
        templates.keep(look.actor, number, template, said, now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, back)
    title = found.name if found else _("New template")
    remove = reverse("line_template_remove", args=[number, found.pk]) if found else ""
    return form_page(request, look, HERE, form, title=title, cancel=back, trail=line.name, remove=remove)


@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look, number: int, template: int) -> HttpResponse:
    line, found = one(number), templates.one(number, template)
    if confirmed(request, found.name):
        templates.remove(look.actor, number, template, now=look.now)
        return saved(request, reverse("line", args=[number]), _("The template is gone"))
    title, cancel = _("Delete %(name)s?") % {"name": found.name}, reverse("line_template", args=[number, template])
    consequence = _("Agents cannot send it any more. The provider keeps what it approved, and messages stay.")
    act, trail = _("Delete"), line.name
    return confirm_page(
        request, look, HERE, found.name, title=title, consequence=consequence, act=act, cancel=cancel, trail=trail
    )
