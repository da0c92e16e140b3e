"""Shift plans for the days ahead: asked for on the page, made by a worker, kept. They change nobody's shift.

People are asked to work within the day of their own place: the zone of their shift's calendar, else the desk's.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.errors import DeskError, Invalid
from deskwright.desk.settings.rights import require
from deskwright.desk.studio import capacity, needs, running
from deskwright.desk.studio.needs import Assumed, Need
from deskwright.engine.facts import Agent as Colleague
from deskwright.engine.workflow import Workflow
from deskwright.lab.capacity import roster
from deskwright.lab.capacity.roster import NotInstalled, Person, Rules
from deskwright.store import facts, outage
from deskwright.store.connection import cursor, deed
from deskwright.store.live import STUDIO, say, work_is_due
from deskwright.store.models import Agent, ShiftPlan

EARLIEST, LATEST = 7, 21
"""Hours of the own day between which people are asked to work."""
SOCIAL: Final = range(8, 18)
"""Hours of a weekday that are nobody's burden."""
SOON: Final = 1
"""Days from today to the first one that is planned."""
DUE: Final = "shift_plan"
"""What is said when a plan waits for a worker."""
LIMITS: Final = {"shortest": (1, 12), "longest": (1, 12), "rest": (8, 24), "days": (1, 7), "hours": (1, 60)}

log = logging.getLogger("deskwright.rosters")


@dataclass(frozen=True, slots=True)
class Roster:
    """A plan with the need it was made for. Hours count from the first day's midnight on."""

    need: Need
    plan: roster.Plan
    names: dict[int, str]
    zones: dict[int, str]


def checked(rules: Rules) -> Rules:
    """Raises Outside, and Invalid for rules nobody can keep."""
    needs.within(LIMITS, rules)
    if rules.longest < rules.shortest:
        raise Invalid(_("The longest shift is shorter than the shortest."))
    return rules


def ask(actor: Agent, rules: Rules, assumed: Assumed, *, now: datetime) -> ShiftPlan:
    """Let a worker make a plan. Raises Forbidden, Invalid; also where the solver is not installed, or history short."""
    require(actor, capacity.RIGHT)
    installed()
    checked(rules)
    needs.need(actor, assumed, now=now)
    with deed() as sql:
        made = ShiftPlan.objects.create(asked_by=actor, asked_at=now, rules=asdict(rules), assumed=asdict(assumed))
        work_is_due(sql, DUE)
        return made


def installed() -> None:
    """Raises Invalid where OR-tools is missing."""
    try:
        roster.solver()
    except NotInstalled:
        raise Invalid(
            _("Shift plans need OR-tools, which is not installed: pip install 'deskwright[plan]', then start again.")
        ) from None


def latest(actor: Agent) -> ShiftPlan | None:
    """The plan that was asked for last. Raises Forbidden."""
    require(actor, capacity.RIGHT)
    return ShiftPlan.objects.select_related("asked_by").order_by("-asked_at", "-id").first()


def make_due(now: datetime, limit: int) -> int:
    """Make the oldest plan that waits; its row stays locked meanwhile. Returns 1, or 0 when none waits."""
    number = begun()
    if number is None:
        return 0
    with deed() as sql:
        waiting = due().filter(pk=number).first()
        if waiting is not None:  # otherwise another worker was faster
            ended = outcome(waiting)
            ShiftPlan.objects.filter(pk=number).update(**ended)
            say(sql, STUDIO, "shift_plan")
            log.info("Shift plan %s: %s", number, ended["state"])
    return 1


def due() -> QuerySet[ShiftPlan]:
    return ShiftPlan.objects.select_for_update(skip_locked=True).filter(state="waiting")


def begun() -> int | None:
    """The oldest plan that waits, its attempt counted for good before anything can go wrong."""
    with deed():
        waiting = due().order_by("pk").first()
        if waiting is None:
            return None
        ShiftPlan.objects.filter(pk=waiting.pk).update(attempts=F("attempts") + 1)
        return waiting.pk


def outcome(waiting: ShiftPlan) -> dict[str, Any]:
    """What its row is to say: the plan, or the sentence that says why there is none."""
    if waiting.attempts > running.ATTEMPTS:
        return {"state": "failed", "fault": running.interrupted()}
    try:
        with deed():
            found = made(None, Rules(**waiting.rules), Assumed(**waiting.assumed), now=waiting.asked_at)
            return {"state": "done", "result": told(found)}
    except DeskError as refusal:
        return {"state": "failed", "fault": refusal.sentence}
    except outage.AWAY:
        raise
    except Exception:
        log.exception("Shift plan %s broke", waiting.pk)
        return {"state": "failed", "fault": running.broke()}


def made(actor: Agent | None, rules: Rules, assumed: Assumed, *, now: datetime) -> Roster:
    """A plan for the seven days after today. Raises Forbidden, Invalid; it takes some seconds."""
    require(actor, capacity.RIGHT)
    installed()
    checked(rules)
    workflow = workflows.live()
    whole = needs.need(actor, assumed, now=now, ahead=capacity.AHEAD + SOON)
    ahead = after_today(whole)
    everybody = [one for one in facts.people(cursor()).values() if one.role in needs.WORKING]
    starts = [one.at for one in ahead.hours]
    away = needs.absences([one.id for one in everybody], starts[0], starts[-1] + timedelta(hours=1))
    zones = {one.id: zone_of(one, workflow, ahead.zone) for one in everybody}
    people = [person(one.id, zones[one.id], starts, away.get(one.id, ())) for one in everybody]
    plan = roster.plan([one.needed for one in ahead.hours], people, rules)
    return Roster(ahead, plan, {one.id: one.name for one in everybody}, zones)


def after_today(whole: Need) -> Need:
    hours = 24 * SOON
    kept = whole.days[SOON:], whole.hours[hours:]
    return Need(whole.zone, *kept, whole.handling, whole.measured, whole.shiftless, whole.alone)


def zone_of(one: Colleague, workflow: Workflow, zone: str) -> str:
    calendar = workflow.calendars.get(one.shift or "")
    return (calendar and calendar.timezone) or zone


def person(number: int, zone: str, starts: Sequence[datetime], away: Sequence[tuple[datetime, datetime]]) -> Person:
    local = [at.astimezone(ZoneInfo(zone)) for at in starts]
    may = [EARLIEST <= at.hour < LATEST and not any(begin <= at < end for begin, end in away) for at in local]
    return Person(number, may, [at.weekday() >= 5 or at.hour not in SOCIAL for at in local])


def told(found: Roster) -> dict[str, Any]:
    """The plan as JSON: shifts with instants, and hour by hour what is needed, planned and missing."""
    starts = [one.at for one in found.need.hours]
    hour = timedelta(hours=1)
    return {
        "zone": found.need.zone,
        "days": [day.isoformat() for day in found.need.days],
        "proved": found.plan.proved,
        "missing": sum(found.plan.missing),
        "needed": [one.needed for one in found.need.hours],
        "there": list(found.plan.there),
        "shifts": [
            {
                "agent": one.person,
                "begin": starts[one.begin].isoformat(),
                "end": (starts[one.end - 1] + hour).isoformat(),
                "hours": one.length,
            }
            for one in found.plan.shifts
        ],
        "people": [
            {"agent": number, "name": name, "zone": found.zones[number]} for number, name in found.names.items()
        ],
    }
