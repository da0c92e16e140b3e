"""An agent's own account: who they are to customers, how pages look and speak, by which ways they are told."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.access import STAFF
from deskwright.desk.accounts import own
from deskwright.web.account.frame import form_page
from deskwright.web.console.forms import Names
from deskwright.web.console.frame import saved
from deskwright.web.filling import saving
from deskwright.web.gate import asks
from deskwright.web.look import Look, page

NO_REGION = {"Etc", "SystemV", "US", "Mexico", "Canada", "Brazil", "Chile"}


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Customers and colleagues read it.")
    )
    signature = forms.CharField(
        label=gettext_lazy("Signature"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Under every reply of yours, above the desk’s own."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone that rings for you"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("When the desk answers calls: +49 30 1234567, client:name or sip:name@host."),
    )
    languages = Names(
        label=gettext_lazy("Languages you answer in"),
        required=False,
        help_text=gettext_lazy("Two-letter codes, separated by commas: en, de. Routing may look for them."),
    )


class LooksForm(forms.Form):
    interface_language = forms.ChoiceField(label=gettext_lazy("Language of the pages"), required=False)
    theme = forms.ChoiceField(
        label=gettext_lazy("Colours"),
        choices=[
            ("auto", gettext_lazy("As the system has it")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)
    shortcuts = forms.BooleanField(
        label=gettext_lazy("Single keys do things"),
        required=False,
        help_text=gettext_lazy("Off, only Ctrl K, Escape and keys inside a field work: better with speech input."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        browser = ("", _("As the browser has it"))
        languages: Any = self.fields["interface_language"]
        languages.choices = [browser, *settings.LANGUAGES]
        zones: Any = self.fields["time_zone"]
        zones.choices = [browser, *by_region()]


def by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """The time zones people live in, by part of the world."""
    known: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        region, _slash, city = name.partition("/")
        if city and region not in NO_REGION:
            known.setdefault(region, []).append((name, city.replace("_", " ")))
    return [*known.items(), ("UTC", [("UTC", "UTC")])]


WAYS = {"mail": gettext_lazy("Also by mail"), "browser": gettext_lazy("Also by the browser")}


def ways_of(kind: str) -> list[tuple[str, Any]]:
    return [(way, WAYS[way]) for way in own.WAYS[kind]]


class NoticesForm(forms.Form):
    """One field a kind of notice: the ways beside the page by which it is told."""

    KINDS = (
        ("mentions", gettext_lazy("Somebody mentions me")),
        ("followed", gettext_lazy("Something is written on a ticket I follow")),
        ("rules", gettext_lazy("A rule of the workflow tells me")),
        ("mine", gettext_lazy("Something of mine went wrong: a held reply, a webhook")),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for kind, label in self.KINDS:
            self.fields[kind] = forms.MultipleChoiceField(
                label=label, choices=ways_of(kind), required=False, widget=forms.CheckboxSelectMultiple
            )


@page
@asks(STAFF)
def profile(request: HttpRequest, look: Look) -> HttpResponse:
    initial = {name: getattr(look.actor, name) for name in own.PROFILE}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and saving(form, lambda said: own.profile(look.actor, said, now=look.now)):
        return saved(request, reverse("account"))
    about = _("You sign in as %(email)s. Your role, teams and shift are changed by an admin.")
    about %= {"email": look.actor.email}
    return form_page(request, look, "account", form, title=_("Profile"), about=about)


@page
@asks(STAFF)
def looks(request: HttpRequest, look: Look) -> HttpResponse:
    initial = {name: getattr(look.actor, name) for name in own.LOOKS}
    form = LooksForm(request.POST or None, initial=initial)
    if request.method == "POST" and saving(form, lambda said: own.looks(look.actor, said, now=look.now)):
        with translation.override(look.actor.interface_language or translation.get_language()):
            return saved(request, reverse("account_looks"), _("Saved"))
    return form_page(request, look, "account_looks", form, title=_("Language and looks"))


@page
@asks(STAFF)
def notices(request: HttpRequest, look: Look) -> HttpResponse:
    form = NoticesForm(request.POST or None, initial=look.actor.told_by)
    if request.method == "POST" and saving(form, lambda said: own.told_by(look.actor, said, now=look.now)):
        return saved(request, reverse("account_notices"))
    about = _("The page of notices keeps everything. What the workflow sends by mail is sent in any case.")
    template, title = "account/notices.html", _("How I am told")
    return form_page(request, look, "account_notices", form, title=title, about=about, template=template)
