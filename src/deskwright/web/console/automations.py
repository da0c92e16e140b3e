"""Automations as they run: switches, last runs, what one would do now. The document says what they are."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk import automations
from deskwright.store.models import AutomationRun
from deskwright.web.console.frame import saved, settings_page, show
from deskwright.web.look import Look, done

RIGHT, HERE = "automations:manage", "automations"
SHOWN = 100


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    rows = automations.listing(look.now)
    on = sum(row.enabled and row.switched_on for row in rows)
    return show(request, "console/automations.html", look, HERE, title=_("Automations"), rows=rows, on=on)


@settings_page(RIGHT)
def one(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    """One automation: its last runs, and with `?try=1` what it would do to the open tickets now."""
    automations.named(look.workflow, name)
    standing = next(row for row in automations.listing(look.now) if row.name == name)
    failed = request.GET.get("failed") == "1"
    runs = AutomationRun.objects.filter(rule=name).select_related("ticket").order_by("-at")
    runs = runs.exclude(error="") if failed else runs
    page = Paginator(runs, SHOWN).get_page(request.GET.get("page"))
    would = automations.dry_run(look.workflow, name, look.now) if request.GET.get("try") == "1" else None
    context = {"row": standing, "page": page, "would": would, "most": SHOWN, "failed": failed}
    return show(
        request,
        "console/automation.html",
        look,
        HERE,
        title=name,
        cancel=reverse(HERE),
        trail=_("Automations"),
        **context,
    )


@require_POST
@settings_page(RIGHT)
def switch(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    """On (`on` is 1) or off, for every ticket from now on."""
    on = request.POST.get("on", request.GET.get("on")) == "1"
    automations.switch(look.actor, name, on, now=look.now)
    if request.GET.get("undo"):
        return done(request, _("Taken back"), settled=True)
    undo = reverse("automation_switch", args=[name]) + f"?undo=1&on={0 if on else 1}"
    return saved(request, reverse(HERE), _("Switched on") if on else _("Switched off"), undo)


@require_POST
@settings_page(RIGHT)
def stop_all(request: HttpRequest, look: Look) -> HttpResponse:
    """The emergency stop: every automation off at once; each is switched on again by itself."""
    running = [row.name for row in automations.listing(look.now) if row.switched_on]
    for name in running:
        automations.switch(look.actor, name, False, now=look.now)
    return saved(request, reverse(HERE), _("All automations are off"))
