"""Who is away now, who will be, and what happens to their work. Shifts are the workflow's calendars."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk import workflows
from deskwright.desk.errors import Invalid
from deskwright.desk.staff import planning, returns
from deskwright.store.models import Absence, Agent
from deskwright.web.console.forms import Moment, active
from deskwright.web.console.frame import form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look, done

RIGHT, HERE = "absences:manage", "absences"


class AbsenceForm(forms.Form):
    agent = forms.ModelChoiceField(label=gettext_lazy("Who"), queryset=active(), empty_label=None)
    begins_at = Moment(label=gettext_lazy("From"))
    ends_at = Moment(label=gettext_lazy("Until"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=120, required=False)

    def __init__(self, *args: Any, zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("begins_at", "ends_at"):
            self.fields[name].zone = zone  # type: ignore[attr-defined]
            self.fields[name].help_text = _("Time in %(zone)s.") % {"zone": zone}


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    planned = Absence.objects.exclude(state="over").filter(ends_at__gt=look.now).select_related("agent")
    policy = look.workflow.assignment.hand_on_after
    context = {
        "title": _("Shifts and absences"),
        "away": Agent.objects.filter(available=False, is_active=True).select_related("load").order_by("away_since"),
        "planned": planned.order_by("begins_at"),
        "policy": str(policy) if policy else "",
        "shifts": list(shifts(look)),
    }
    return show(request, "console/absences.html", look, HERE, **context)


def shifts(look: Look) -> list[dict[str, Any]]:
    """Each calendar of the workflow that is somebody's shift: whether it is open now, who works in it."""
    people: dict[str, list[str]] = {}
    for name, shift in active().values_list("name", "shift"):
        people.setdefault(shift, []).append(name)
    known = look.workflow.calendars
    found = [
        {
            "name": name,
            "people": people[name],
            "known": name in known,
            "zone": known[name].timezone if name in known else "",
        }
        | {"open": name in known and known[name].is_open(look.now)}
        for name in sorted(filter(None, people))
    ]
    return [*found, {"name": "", "people": people[""], "known": True, "open": True}] if people.get("") else found


@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    zone = workflows.zone(look.workflow)
    form = AbsenceForm(request.POST or None, zone=zone, initial={"begins_at": look.now.astimezone(ZoneInfo(zone))})

    def act(said: dict[str, Any]) -> None:
        planning.plan(look.actor, said["agent"].pk, said["begins_at"], said["ends_at"], said["note"], now=look.now)
        planning.begin_due(look.now, 1)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE), _("Absence planned"))
    return form_page(request, look, HERE, form, title=_("Plan an absence"), cancel=reverse(HERE), trail=_("Absences"))


@require_POST
@settings_page(RIGHT)
def cancel(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    was = planning.cancel(look.actor, number, now=look.now)
    undo = reverse("absence_again", args=[was["agent"]]) + f"?from={was['begins_at']}&until={was['ends_at']}"
    return saved(request, reverse(HERE), _("Absence cancelled"), undo.replace("+", "%2B"))


@require_POST
@settings_page(RIGHT)
def again(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The undo of a cancelled absence."""
    begins, ends = (parse_datetime(request.GET.get(name, "")) for name in ("from", "until"))
    if begins is None or ends is None:
        raise Invalid(_("That absence cannot be planned again."))
    planning.plan(look.actor, number, begins, ends, now=look.now)
    planning.begin_due(look.now, 1)
    return done(request, _("Absence planned"), settled=True)


@require_POST
@settings_page(RIGHT)
def hand_on(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Hand on what somebody who is away carries, now."""
    agent = Agent.objects.filter(pk=number, available=False, is_active=True).first()
    if agent is None:
        raise Invalid(_("They are not away."))
    asked = returns.hand_on(agent, now=look.now)
    return saved(request, reverse(HERE), _("Asked who takes %(number)s tickets") % {"number": asked})
