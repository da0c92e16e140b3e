"""Chat widgets: where they may stand, how they look and speak, the snippet to paste, a page to try each on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from deskwright.desk import workflows
from deskwright.desk.answering.wording import LANGUAGES
from deskwright.desk.chat import widgets
from deskwright.desk.errors import NotFound
from deskwright.store.models import Brand, Widget
from deskwright.web.console.frame import confirm_page, confirmed, form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look
from deskwright.web.words import spoken

RIGHT, HERE = widgets.RIGHT, "widgets"
GREETING = "greeting_"


class Lines(forms.CharField):
    """One thing a line: a list, each once."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class WidgetForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    origins = Lines(
        label=gettext_lazy("Sites"),
        required=False,
        help_text=gettext_lazy("Where it may stand, one a line, as https://shop.example. A * is any site."),
    )
    colour = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=gettext_lazy("Colour"),
        required=False,
        help_text=gettext_lazy("As #4f46e5. Empty: the desk's own."),
        error_messages={"invalid": gettext_lazy("Write the colour as # and six digits.")},
    )
    hours = forms.ChoiceField(label=gettext_lazy("Hours"), required=False)
    brand_id = forms.TypedChoiceField(
        label=gettext_lazy("Brand"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("Of its conversations."),
    )
    asks = forms.MultipleChoiceField(
        label=gettext_lazy("Asked before the first message"),
        choices=[("name", gettext_lazy("Name")), ("email", gettext_lazy("Email"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        calendars = [(name, spoken(name)) for name in workflows.live().calendars]
        brands = Brand.objects.order_by("name").values_list("pk", "name")
        of_host = ("", _("That of the host its script comes from"))
        self.fields["brand_id"].choices = [of_host, *brands]  # type: ignore[attr-defined]
        self.fields["hours"].choices = [("", _("Always open")), *calendars]  # type: ignore[attr-defined]
        for code, language in LANGUAGES.items():
            label = _("Greeting in %(language)s") % {"language": language}
            self.fields[GREETING + code] = forms.CharField(label=label, required=False, max_length=400)

    @property
    def said(self) -> dict[str, Any]:
        """What the deed takes."""
        known = {name: value for name, value in self.cleaned_data.items() if not name.startswith(GREETING)}
        return known | {"greetings": {code: self.cleaned_data[GREETING + code] for code in LANGUAGES}}


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    rows = Widget.objects.annotate(open=Count("chats", filter=Q(chats__ended_at=None))).order_by("name")
    return show(request, "console/widgets.html", look, HERE, title=_("Chat"), rows=rows)


@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    form, made = WidgetForm(request.POST or None), []

    def act(said: dict[str, Any]) -> None:
        made.append(widgets.set_up(look.actor, now=look.now, **form.said))

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse("widget", args=[made[0].pk]), _("The widget is ready: paste its snippet"))
    return form_page(request, look, HERE, form, title=_("New widget"), cancel=reverse(HERE), trail=_("Chat"))


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    row = one(number)
    form = WidgetForm(request.POST or None, initial=initial(row))
    back = reverse("widget", args=[number])

    def act(said: dict[str, Any]) -> None:
        widgets.change(look.actor, number, now=look.now, **form.said)

    if request.method == "POST" and saving(form, act):
        return saved(request, back)
    remove = reverse("widget_remove", args=[number])
    return form_page(request, look, HERE, form, title=row.name, cancel=back, trail=row.name, remove=remove)


def initial(row: Widget) -> dict[str, Any]:
    known = {name: getattr(row, name) for name in ("name", "origins", "colour", "hours", "brand_id", "asks")}
    return known | {GREETING + code: row.greetings.get(code, "") for code in LANGUAGES}


@settings_page(RIGHT)
def page(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The snippet, a live preview, and where it stands."""
    row = one(number)
    snippet = f'<script src="{settings.PUBLIC_URL}/chat.js" data-desk="{row.key}" async></script>'
    context = {"title": row.name, "cancel": reverse(HERE), "trail": _("Chat"), "row": row, "snippet": snippet}
    return show(request, "console/widget.html", look, HERE, **context)


@never_cache
@require_POST
@settings_page(RIGHT)
def secret(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """A fresh secret, shown this once: nobody needs to see the one before."""
    made = widgets.rotate(look.actor, number, now=look.now)
    context = {"title": _("Signing secret"), "secret": made, "cancel": reverse("widget", args=[number])}
    return show(request, "console/widget_secret.html", look, HERE, **context)


@require_POST
@settings_page(RIGHT)
def switch(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    on = request.POST.get("on") == "1"
    widgets.switch(look.actor, number, on, now=look.now)
    return saved(request, reverse("widget", args=[number]), _("Switched on") if on else _("Switched off"))


@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    row = one(number)
    if confirmed(request, row.name):
        widgets.remove(look.actor, number, now=look.now)
        return saved(request, reverse(HERE), _("Widget deleted"))
    consequence = _("It disappears from every site. Its conversations stay tickets.")
    title, cancel = _("Delete %(name)s?") % {"name": row.name}, reverse("widget_edit", args=[number])
    act = _("Delete the widget")
    return confirm_page(request, look, HERE, row.name, title=title, consequence=consequence, act=act, cancel=cancel)


def one(number: int) -> Widget:
    row = Widget.objects.filter(pk=number).first()
    if row is None:
        raise NotFound(_("There is no such widget."))
    return row
