"""Who is away and when: absences planned, called off; what somebody who is away carries, handed on."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet

from deskwright.api.routing import Asked, Param
from deskwright.api.shapes import INSTANT, TEXT, TRUTH, WHOLE, Instant, Shape, Text, a_list, an_object
from deskwright.api.things import Things, as_told
from deskwright.desk import clock, workflows
from deskwright.desk.errors import Conflict
from deskwright.desk.staff import planning, returns
from deskwright.store.models import Absence, Agent

ABSENCE: Final = an_object(id=WHOLE, agent=WHOLE, begins_at=INSTANT, ends_at=INSTANT, note=TEXT, state=TEXT)
AWAY: Final = Shape({"from": Instant(required=True), "until": Instant(required=True), "note": Text(120)})
STATES: Final = ("planned", "begun", "over")
STATE: Final = Param("state", "Only those in this state.", STATES)
CONSIDERED: Final = an_object(considered=WHOLE)


def chosen(asked: Asked, rows: QuerySet[Absence]) -> QuerySet[Absence]:
    return rows.filter(state=asked.query["state"]) if "state" in asked.query else rows


def plan(asked: Asked) -> Any:
    sent, now = asked.sent, clock.now()
    made = planning.plan(asked.agent, asked.numbers[0], sent["from"], sent["until"], sent.get("note", ""), now=now)
    planning.begin_due(now, 1)
    return THINGS.told(asked, made.pk)


def hand_on(asked: Asked) -> Any:
    """Ask at once who gets the live tickets of somebody who is away. `considered` is how many."""
    agent = Agent.objects.filter(pk=asked.numbers[0], available=False, is_active=True).first()
    if agent is None:
        raise Conflict("They are not away.")
    return {"considered": returns.hand_on(agent, now=clock.now())}


def shifts(_asked: Asked) -> Any:
    """Calendars of the live workflow that are somebody's shift; "" are those without one."""
    found: dict[str, list[int]] = {}
    for number, shift in Agent.objects.filter(is_active=True).order_by("pk").values_list("pk", "shift"):
        found.setdefault(shift, []).append(number)
    known, now = workflows.live().calendars, clock.now()

    def told(name: str) -> dict[str, Any]:
        calendar = known.get(name)
        zone, is_open = (calendar.timezone, calendar.is_open(now)) if calendar else ("", not name)
        return {"name": name, "known": not name or name in known, "zone": zone, "open": is_open, "agents": found[name]}

    return {"shifts": [told(name) for name in sorted(found)]}


SHIFT: Final = an_object(name=TEXT, known=TRUTH, zone=TEXT, open=TRUTH, agents=a_list(WHOLE))
SHIFTS: Final = an_object(shifts=a_list(SHIFT))
THINGS: Final = Things(
    "/absences",
    "an absence",
    "absences",
    "absences:manage",
    lambda _: Absence.objects.all(),
    as_told(ABSENCE, agent="agent_id"),
    ABSENCE,
    scope="people:manage",
)
PLANNED: Final = "/agents/{id}/absences"
ROUTES: Final = (
    THINGS.lists(STATE, chosen=chosen),
    THINGS.shows(),
    THINGS.elsewhere("POST", PLANNED, plan, "Plan an absence", takes=AWAY, gives=ABSENCE, status=201),
    THINGS.removes(planning.cancel, "Cancel an absence"),
    THINGS.elsewhere("GET", "/shifts", shifts, "List shifts and who works in them", gives=SHIFTS),
    THINGS.elsewhere("POST", "/agents/{id}/hand-on", hand_on, "Hand on what somebody carries", gives=CONSIDERED),
)
