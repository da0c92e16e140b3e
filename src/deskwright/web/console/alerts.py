"""Alert sources: their address, their secret (shown once), what they told last, a test that really opens a ticket."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from deskwright.desk.alerts import sources
from deskwright.desk.errors import NotFound
from deskwright.store.models import AlertSource
from deskwright.web.console import examples
from deskwright.web.console.frame import confirm_page, confirmed, form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look
from deskwright.web.workspace.alerts import lasting

RIGHT, HERE = sources.RIGHT, "alerts"
SHOWN = 50
GROUPED = [("group", gettext_lazy("Each group it sends")), ("alert", gettext_lazy("Each alert by itself"))]


class SourceForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Tickets are opened in its name.")
    )
    form = forms.ChoiceField(label=gettext_lazy("It posts"), choices=AlertSource.FORMS)
    grouped = forms.ChoiceField(
        label=gettext_lazy("One ticket for"),
        choices=GROUPED,
        help_text=gettext_lazy("Alertmanager only. Plain alerts carry a key of their own."),
    )
    by = forms.CharField(
        label=gettext_lazy("Or for the same"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Labels with commas between, such as service, alertname. Empty: as said above."),
    )
    solves = forms.BooleanField(
        label=gettext_lazy("Solve the ticket when the alert ends"), required=False, initial=True
    )

    def clean_by(self) -> list[str]:
        return [part.strip()[:80] for part in self.cleaned_data["by"].split(",") if part.strip()]


def initial(source: AlertSource) -> dict[str, Any]:
    known = {name: getattr(source, name) for name in ("name", "form", "grouped", "solves")}
    return known | {"by": ", ".join(source.by)}


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    firing = Count("alerts", filter=Q(alerts__firing=True))
    rows = AlertSource.objects.annotate(firing=firing).order_by("name")
    return show(request, "console/alerts.html", look, HERE, title=_("Alerts"), rows=rows)


@never_cache
@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    form, made = SourceForm(request.POST or None), []
    if request.method == "POST" and saving(
        form, lambda said: made.append(sources.set_up(look.actor, said, now=look.now))
    ):
        source, secret = made[0]
        return secret_page(request, look, source.pk, secret)
    return form_page(request, look, HERE, form, title=_("New source"), cancel=reverse(HERE), trail=_("Alerts"))


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    source = one(number)
    form = SourceForm(request.POST or None, initial=initial(source))
    back = reverse("alert_source", args=[number])
    if request.method == "POST" and saving(form, lambda said: sources.change(look.actor, number, said, now=look.now)):
        return saved(request, back)
    remove = reverse("alert_source_remove", args=[number])
    return form_page(request, look, HERE, form, title=source.name, cancel=back, trail=source.name, remove=remove)


@settings_page(RIGHT)
def source(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """One source: where it posts, and its troubles, the latest first."""
    found = one(number)
    rows = found.alerts.select_related("ticket").order_by("-last_at")[:SHOWN]
    context = {
        "title": found.name,
        "cancel": reverse(HERE),
        "trail": _("Alerts"),
        "source": found,
        "address": sources.address(found),
        "alerts": [lasting({**vars(row), "ticket": row.ticket}, look.now) for row in rows],
    }
    return show(request, "console/alert_source.html", look, HERE, **context)


@never_cache
@require_POST
@settings_page(RIGHT)
def rotate(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    return secret_page(request, look, number, sources.rotate(look.actor, number, now=look.now), rotated=True)


def secret_page(request: HttpRequest, look: Look, number: int, secret: str, *, rotated: bool = False) -> HttpResponse:
    found = one(number)
    context = {
        "title": _("Secret"),
        "secret": secret,
        "cancel": reverse("alert_source", args=[number]),
        "rotated": rotated,
        "source": found,
        "address": sources.address(found),
        "heading": _("Ready to paste"),
        "example": examples.alert(found.form, sources.address(found), secret),
    }
    return show(request, "console/alert_secret.html", look, HERE, **context)


@require_POST
@settings_page(RIGHT)
def switch(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    on = request.POST.get("on") == "1"
    sources.switch(look.actor, number, on, now=look.now)
    return saved(request, reverse("alert_source", args=[number]), _("Switched on") if on else _("Switched off"))


@require_POST
@settings_page(RIGHT)
def test(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    ticket = sources.test(look.actor, number, now=look.now)
    sentence = _("A test alert fired and ended: it is ticket #%(number)s") % {"number": ticket}
    return saved(request, reverse("alert_source", args=[number]), sentence)


@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    found = one(number)
    if confirmed(request, found.name):
        sources.remove(look.actor, number, now=look.now)
        return saved(request, reverse(HERE), _("Source deleted"))
    consequence = _("What it posts is refused from then on. Its tickets stay, and are solved by nobody but you.")
    title, cancel = _("Delete %(name)s?") % {"name": found.name}, reverse("alert_source_edit", args=[number])
    act = _("Delete the source")
    return confirm_page(request, look, HERE, found.name, title=title, consequence=consequence, act=act, cancel=cancel)


def one(number: int) -> AlertSource:
    found = AlertSource.objects.filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such source."))
    return found
