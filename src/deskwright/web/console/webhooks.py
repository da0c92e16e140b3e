"""Outgoing webhooks: where they point, what they hear, how their messages went; secrets are shown once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from deskwright.desk import workflows
from deskwright.desk.errors import NotFound
from deskwright.desk.webhooks import catalogue, hooks
from deskwright.store.models import Webhook, WebhookDelivery
from deskwright.web.console.forms import Moment
from deskwright.web.console.frame import confirm_page, confirmed, form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = hooks.RIGHT, "webhooks"
SHOWN = 50


class WebhookForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("Where messages are posted to, https:// first."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("It hears of"),
        choices=[(name, name) for name in catalogue.EVENTS],
        widget=forms.CheckboxSelectMultiple,
    )
    condition = forms.CharField(
        label=gettext_lazy("Only when"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy(
            "A condition of the workflow's language, such as priority == 'critical'. Empty: always."
        ),
    )


class RangeForm(forms.Form):
    since = Moment(label=gettext_lazy("From"))
    until = Moment(label=gettext_lazy("Until"))
    failed_only = forms.BooleanField(label=gettext_lazy("Only what failed"), required=False)

    def __init__(self, *args: Any, zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("since", "until"):
            self.fields[name].zone = zone  # type: ignore[attr-defined]
            self.fields[name].help_text = _("Time in %(zone)s.") % {"zone": zone}


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    waiting = Count("deliveries", filter=Q(deliveries__due_at__isnull=False))
    failed = Count("deliveries", filter=Q(deliveries__state="failed"))
    rows = Webhook.objects.annotate(waiting=waiting, failed=failed).order_by("name")
    return show(request, "console/webhooks.html", look, HERE, title=_("Webhooks"), rows=rows)


@never_cache
@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    form, made = WebhookForm(request.POST or None), []

    def act(said: dict[str, Any]) -> None:
        made.append(hooks.set_up(look.actor, now=look.now, **said))

    if request.method == "POST" and saving(form, act):
        hook, secret = made[0]
        return secret_page(request, look, hook.pk, secret)
    return form_page(request, look, HERE, form, title=_("New webhook"), cancel=reverse(HERE), trail=_("Webhooks"))


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    hook = one(number)
    initial = {name: getattr(hook, name) for name in ("name", "url", "events", "condition")}
    form = WebhookForm(request.POST or None, initial=initial)
    back = reverse("webhook", args=[number])
    if request.method == "POST" and saving(form, lambda said: hooks.change(look.actor, number, now=look.now, **said)):
        return saved(request, back)
    remove = reverse("webhook_remove", args=[number])
    return form_page(request, look, HERE, form, title=hook.name, cancel=back, trail=hook.name, remove=remove)


@settings_page(RIGHT)
def log(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """One webhook: its standing, and its messages, newest first."""
    hook, state = one(number), request.GET.get("state", "")
    found = WebhookDelivery.objects.filter(webhook=hook).order_by("-id")
    found = found.filter(state=state) if state in {"due", "sent", "failed"} else found
    page = Paginator(found, SHOWN).get_page(request.GET.get("page"))
    form = RangeForm(zone=workflows.zone(look.workflow), initial={"until": look.now, "failed_only": True})
    context = {"title": hook.name, "cancel": reverse(HERE), "trail": _("Webhooks"), "hook": hook, "page": page}
    carried = f"state={state}" if state else ""
    return show(request, "console/webhook.html", look, HERE, form=form, state=state, carried=carried, **context)


@settings_page(RIGHT)
def message(request: HttpRequest, look: Look, number: int, delivery: int) -> HttpResponse:
    found = WebhookDelivery.objects.filter(pk=delivery, webhook_id=number).select_related("webhook").first()
    if found is None:
        raise NotFound(_("There is no such message."))
    cancel = reverse("webhook", args=[number])
    context = {"title": found.event, "cancel": cancel, "trail": found.webhook.name, "delivery": found}
    return show(request, "console/webhook_message.html", look, HERE, **context)


@never_cache
@require_POST
@settings_page(RIGHT)
def rotate(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    return secret_page(request, look, number, hooks.rotate(look.actor, number, now=look.now), rotated=True)


def secret_page(request: HttpRequest, look: Look, number: int, secret: str, *, rotated: bool = False) -> HttpResponse:
    cancel = reverse("webhook", args=[number])
    context = {"title": _("Signing secret"), "secret": secret, "cancel": cancel, "rotated": rotated}
    return show(request, "console/webhook_secret.html", look, HERE, **context)


@require_POST
@settings_page(RIGHT)
def switch(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    on = request.POST.get("on") == "1"
    hooks.switch(look.actor, number, on, now=look.now)
    return saved(request, reverse("webhook", args=[number]), _("Switched on") if on else _("Switched off"))


@require_POST
@settings_page(RIGHT)
def test(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    made = hooks.test(look.actor, number, now=look.now)
    return saved(request, reverse("webhook_message", args=[number, made]), _("The test is on its way"))


@require_POST
@settings_page(RIGHT)
def replay(request: HttpRequest, look: Look, number: int, delivery: int) -> HttpResponse:
    count = hooks.replay(look.actor, number, [delivery], now=look.now)
    return saved(request, reverse("webhook_message", args=[number, delivery]), again(count))


@require_POST
@settings_page(RIGHT)
def replay_range(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    form, counts = RangeForm(request.POST, zone=workflows.zone(look.workflow)), []

    def act(said: dict[str, Any]) -> None:
        only = said["failed_only"]
        made = hooks.replay_range(look.actor, number, said["since"], said["until"], now=look.now, failed_only=only)
        counts.append(made)

    back = reverse("webhook", args=[number])
    if saving(form, act):
        return saved(request, back, again(counts[0]))
    return form_page(request, look, HERE, form, title=_("Send again"), cancel=back, save=_("Send again"))


def again(count: int) -> str:
    sentence = ngettext("%(number)s message is sent again", "%(number)s messages are sent again", count)
    return sentence % {"number": count}


@settings_page(RIGHT)
def remove(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    hook = one(number)
    if confirmed(request, hook.name):
        hooks.remove(look.actor, number, now=look.now)
        return saved(request, reverse(HERE), _("Webhook deleted"))
    consequence = _("Its log goes with it, and what is waiting is not sent.")
    title, cancel = _("Delete %(name)s?") % {"name": hook.name}, reverse("webhook_edit", args=[number])
    act = _("Delete the webhook")
    return confirm_page(request, look, HERE, hook.name, title=title, consequence=consequence, act=act, cancel=cancel)


def one(number: int) -> Webhook:
    hook = Webhook.objects.filter(pk=number).first()
    if hook is None:
        raise NotFound(_("There is no such webhook."))
    return hook
