"""The help centre's settings: its brands by host name, and the sites that may embed its form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import validate_host
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk.errors import NotFound
from deskwright.desk.settings import brands, house
from deskwright.store.models import Brand
from deskwright.web.console.frame import form_page, saved, settings_page
from deskwright.web.console.signatures import SignedForm, keeping
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = "branding:manage", "portal_settings"


class EmbedForm(forms.Form):
    origins = forms.CharField(
        label=gettext_lazy("Sites that may embed the form"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("One a line: https://www.example.com. Empty: nobody may."),
    )


class HostForm(SignedForm):
    host = forms.CharField(label=gettext_lazy("Host name"), max_length=253, help_text=gettext_lazy("help.example.com"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    logo = forms.FileField(
        label=gettext_lazy("Logo"), required=False, help_text=gettext_lazy("PNG, JPEG or WebP, up to 200 kB, square.")
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)
    accent = forms.RegexField(
        regex=r"^(#[0-9a-fA-F]{6})?$",
        label=gettext_lazy("Accent colour"),
        required=False,
        help_text=gettext_lazy("As #rrggbb; empty: the desk’s own."),
        error_messages={"invalid": gettext_lazy("A colour as #rrggbb.")},
    )
    portal_title = forms.CharField(label=gettext_lazy("Greeting in the portal"), max_length=120, required=False)
    portal_about = forms.CharField(
        label=gettext_lazy("What the portal says below it"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tag = forms.SlugField(
        label=gettext_lazy("Tag of questions asked there"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Rules and views can ask for it."),
    )
    address = forms.EmailField(
        label=gettext_lazy("Mails come from"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "Of replies and letters on its tickets. Answers must reach the desk by it. Empty: as the team’s."
        ),
    )
    sender_name = forms.CharField(
        label=gettext_lazy("Name of the sender"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Empty: the brand’s name."),
    )
    field_order = (*brands.PLAIN[:2], "logo", "no_logo", *brands.PLAIN[2:])


@settings_page(RIGHT)
def page(request: HttpRequest, look: Look) -> HttpResponse:
    """The sites, the line to put there, and the brands with whether the desk answers to their names."""
    form = EmbedForm(request.POST or None, initial={"origins": "\n".join(house.house().embed_origins)})

    def act(said: dict[str, Any]) -> None:
        brands.embed(look.actor, said["origins"].splitlines(), now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE))
    known = [(brand, validate_host(brand.host, settings.ALLOWED_HOSTS)) for brand in Brand.objects.order_by("host")]
    context = {
        "title": _("Help centre"),
        "brands": known,
        "embeds": bool(house.house().embed_origins),
        "script": f"{settings.PUBLIC_URL}{reverse('embed_script')}",
        "frame": f"{settings.PUBLIC_URL}{reverse('embed')}",
    }
    return form_page(request, look, HERE, form, template="console/portal.html", **context)


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int | None = None) -> HttpResponse:
    brand = Brand.objects.filter(pk=number or 0).first()
    if number is not None and brand is None:
        raise NotFound(_("There is no such brand."))
    initial = {name: getattr(brand, name) for name in brands.KEPT} if brand else {}
    form = HostForm(request.POST or None, request.FILES or None, initial=initial)
    if brand is None or not brand.logo_type:
        del form.fields["no_logo"]

    def act(said: dict[str, Any]) -> None:
        picture = b"" if said.get("no_logo") else said["logo"].read() if said["logo"] else None
        brands.keep(look.actor, number, said, now=look.now, logo=picture)

    if keeping(request, form, act):
        return saved(request, reverse(HERE))
    title = brand.name if brand else _("New brand")
    context = {"title": title, "cancel": reverse(HERE), "trail": _("Help centre")}
    return form_page(request, look, HERE, form, template="console/signed.html", **context)


@require_POST
@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    brands.remove(look.actor, number, now=look.now)
    return saved(request, reverse(HERE), _("Its host shows the desk’s own looks again"))
