"""Branding: name, logo, accent colour, what the portal says. Used in the workspace, the portal and mails."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.settings import furnishing, house
from deskwright.web.colours import AA, WHITE, contrast, read, shades
from deskwright.web.console.frame import form_page, saved, settings_page
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = "branding:manage", "branding"
OWN = "#4650d8"


class BrandForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("On every page, and what mails are from."),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"), required=False, help_text=gettext_lazy("PNG, JPEG or WebP, up to 200 kB, square.")
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)
    own_accent = forms.BooleanField(label=gettext_lazy("Use an accent colour of our own"), required=False)
    accent = forms.RegexField(
        regex=r"^#[0-9a-fA-F]{6}$",
        label=gettext_lazy("Accent colour"),
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy("Darkened on light pages and lightened on dark ones, as far as reading needs it."),
        error_messages={"invalid": gettext_lazy("A colour as #rrggbb.")},
    )
    portal_title = forms.CharField(
        label=gettext_lazy("Greeting in the portal"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Empty: “How can we help?”"),
    )
    portal_about = forms.CharField(
        label=gettext_lazy("What the portal says below it"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@settings_page(RIGHT)
def page(request: HttpRequest, look: Look) -> HttpResponse:
    known = house.house()
    initial = {name: getattr(known, name) for name in furnishing.BRANDING}
    initial |= {"own_accent": bool(known.accent), "accent": known.accent or OWN}
    form = BrandForm(request.POST or None, request.FILES or None, initial=initial)
    if not known.logo_type:
        del form.fields["no_logo"]

    def act(said: dict[str, Any]) -> None:
        said["accent"] = said["accent"].lower() if said["own_accent"] else ""
        picture = b"" if said.get("no_logo") else said["logo"].read() if said["logo"] else None
        furnishing.brand(look.actor, said, now=look.now, logo=picture)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE), told(form.cleaned_data["accent"]))
    shown = shades(known.accent or OWN)
    return form_page(
        request, look, HERE, form, title=_("Branding"), template="console/branding.html", shades=shown, known=known
    )


def told(accent: str) -> str:
    """What was done to the colour, where anything was."""
    if accent and contrast(read(accent), WHITE) < AA:
        return _("Saved. The colour is darkened on light pages, so that it can be read.")
    return _("Saved")
