"""The desk's phone numbers: who provides them, the addresses to enter there, what came last, and a test."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from deskwright.channels.telephony import numbers
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.lines import flows, settings, trying, ways
from deskwright.store.models import Line
from deskwright.web.console import examples
from deskwright.web.console.frame import confirm_page, confirmed, form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = settings.RIGHT, "lines"
KEPT = gettext_lazy("Empty keeps the one that is known. It is sealed in the database.")


def secret(label: Any, hint: Any = KEPT) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, required=False, max_length=200, widget=widget, help_text=hint)


class LineForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    number = forms.CharField(
        label=gettext_lazy("Number"), max_length=40, help_text=gettext_lazy("With its country: +49 30 1234567.")
    )
    provider = forms.ChoiceField(label=gettext_lazy("Provider"), choices=Line.PROVIDERS)
    calls = forms.BooleanField(label=gettext_lazy("Calls"), required=False, initial=True)
    sms = forms.BooleanField(label=gettext_lazy("Text messages"), required=False)
    whatsapp = forms.BooleanField(label=gettext_lazy("WhatsApp"), required=False)
    account = forms.CharField(
        label=gettext_lazy("Account SID"), required=False, max_length=80, help_text=gettext_lazy("Twilio only.")
    )
    token = secret(gettext_lazy("Auth token"))
    url = forms.CharField(
        label=gettext_lazy("Messages are posted to"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Plain JSON only: the provider’s address. Empty: messages are printed."),
    )
    dial = forms.CharField(
        label=gettext_lazy("A click on a number opens"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Such as https://pbx.example/dial?to={number}&by={agent}&ticket={ticket}. Empty: tel:"),
    )


def initial(line: Line) -> dict[str, Any]:
    kept = ways.opened(line)
    known = {name: getattr(line, name) for name in settings.PLAIN}
    return known | {"account": kept.get("account", ""), "url": kept.get("url", "")}


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    rows = [(line, numbers.shown(line.number)) for line in Line.objects.order_by("name", "pk")]
    return show(request, "console/lines.html", look, HERE, title=_("Phone and messages"), rows=rows)


@never_cache
@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    form, made = LineForm(request.POST or None), []
    if request.method == "POST" and saving(
        form, lambda said: made.append(settings.connect(look.actor, said, now=look.now))
    ):
        line, key = made[0]
        return secret_page(request, look, line, key) if key else saved(request, reverse("line", args=[line.pk]))
    title = _("Connect a number")
    return form_page(request, look, HERE, form, title=title, cancel=reverse(HERE), trail=_("Phone and messages"))


@settings_page(RIGHT)
def line(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """One line: its addresses, and how it does."""
    return line_page(request, look, one(number))


def line_page(request: HttpRequest, look: Look, found: Line, tried: trying.Tried | None = None) -> HttpResponse:
    context = {
        "title": found.name,
        "cancel": reverse(HERE),
        "trail": _("Phone and messages"),
        "line": found,
        "number": numbers.shown(found.number),
        "addresses": addresses(found),
        "tried": tried,
        "warnings": flows.warnings(found),
        "templates": found.templates.order_by("name", "language"),
    }
    return show(request, "console/line.html", look, HERE, **context)


def addresses(found: Line) -> list[tuple[str, str, str]]:
    """(id, what is posted there, address)"""
    shown = []
    if found.calls:
        said = _("Call status changes, recordings and transcripts") if found.provider == "twilio" else _("Calls")
        shown.append((ways.CALLS, said, ways.address(found, ways.CALLS)))
        if found.flow.get("on"):
            shown.append((ways.VOICE, _("A call comes in"), ways.address(found, ways.VOICE)))
    if found.sms or found.whatsapp:
        shown.append((ways.MESSAGES, _("Messages that come in"), ways.address(found, ways.MESSAGES)))
        if found.provider != "twilio":
            shown.append((ways.STATUS, _("How messages of ours do"), ways.address(found, ways.STATUS)))
    return shown


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    found = one(number)
    form = LineForm(request.POST or None, initial=initial(found))
    back = reverse("line", args=[number])
    if request.method == "POST" and saving(form, lambda said: settings.change(look.actor, number, said, now=look.now)):
        return saved(request, back)
    remove = reverse("line_remove", args=[number])
    return form_page(request, look, HERE, form, title=found.name, cancel=back, trail=found.name, remove=remove)


@never_cache
@require_POST
@settings_page(RIGHT)
def rotate(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    return secret_page(request, look, one(number), settings.rotate(look.actor, number, now=look.now))


def secret_page(request: HttpRequest, look: Look, found: Line, key: str) -> HttpResponse:
    context = {
        "title": _("Secret"),
        "secret": key,
        "cancel": reverse("line", args=[found.pk]),
        "addresses": addresses(found),
        "heading": _("Ready to paste"),
        "example": example(found, key),
    }
    return show(request, "console/line_secret.html", look, HERE, **context)


def example(found: Line, key: str) -> str:
    """A missed call, or a message where the line takes none."""
    if found.calls:
        return examples.call(ways.address(found, ways.CALLS), key)
    return examples.message(ways.address(found, ways.MESSAGES), key, "sms" if found.sms else "whatsapp")


@require_POST
@settings_page(RIGHT)
def switch(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    on = request.POST.get("on") == "1"
    settings.switch(look.actor, number, on, now=look.now)
    return saved(request, reverse("line", args=[number]), _("Switched on") if on else _("Switched off"))


@require_POST
@settings_page(RIGHT)
def test(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Ask the provider whether it knows us, or send a message to the number typed."""
    found, to = one(number), request.POST.get("to", "").strip()
    try:
        tried = trying.message(look.actor, found, to, now=look.now) if to else trying.account(look.actor, found)
    except Invalid as refusal:
        tried = trying.Tried(False, refusal.sentence)
    return line_page(request, look, found, tried)


@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    found = one(number)
    if confirmed(request, found.name):
        settings.remove(look.actor, number, now=look.now)
        return saved(request, reverse(HERE), _("The number is not connected any more"))
    consequence = _("What its provider posts is refused from then on, and answers cannot leave by it. Tickets stay.")
    title, cancel = _("Disconnect %(name)s?") % {"name": found.name}, reverse("line_edit", args=[number])
    act = _("Disconnect")
    return confirm_page(request, look, HERE, found.name, title=title, consequence=consequence, act=act, cancel=cancel)


def one(number: int) -> Line:
    found = Line.objects.filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such line."))
    return found
