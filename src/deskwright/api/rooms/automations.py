"""The live workflow's automations: how they stand, their switches, what one would do now."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django.db.models import QuerySet

from deskwright.api.routing import Asked, Param, Route
from deskwright.api.shapes import INSTANT, OBJECT, TEXT, TRUTH, WHOLE, WORDS, Flag, Shape, Text, a_list, an_object
from deskwright.api.things import Things, as_told
from deskwright.desk import automations, clock, workflows
from deskwright.engine.saying import again
from deskwright.store.models import AutomationRun

READ, WRITE = "workflow:read", "workflow:write"
NAMED: Final = Shape({"name": Text(200, required=True)})
SWITCHED: Final = Shape({"name": Text(200, required=True), "on": Flag(required=True)})


def listed(asked: Asked) -> Any:
    return {"automations": [asdict(each) for each in automations.listing(clock.now())]}


def switch(asked: Asked) -> Any:
    automations.switch(asked.agent, asked.sent["name"], asked.sent["on"], now=clock.now())
    return {"name": asked.sent["name"], "on": asked.sent["on"]}


def dry_run(asked: Asked) -> Any:
    found = automations.dry_run(workflows.live(), asked.sent["name"], clock.now())
    return {"tickets": [asdict(each) for each in found]}


def chosen(asked: Asked, rows: QuerySet[AutomationRun]) -> QuerySet[AutomationRun]:
    rows = rows.filter(rule=asked.query["name"]) if "name" in asked.query else rows
    return rows.exclude(error="") if "failed" in asked.query else rows


def stop_all(asked: Asked) -> Any:
    """Each is switched on again by itself."""
    running = [each.name for each in automations.listing(clock.now()) if each.switched_on]
    for name in running:
        automations.switch(asked.agent, name, False, now=clock.now())
    return {"stopped": running}


RUN: Final = an_object(
    id=WHOLE, rule=TEXT, ticket=WHOLE, at=INSTANT, outcomes=WORDS, error=TEXT, workflow_version=WHOLE
)
RUNS: Final = Things(
    "/automations/runs",
    "a run",
    "runs of automations, the oldest first",
    "automations:manage",
    lambda _: AutomationRun.objects.all(),
    as_told(RUN, ticket="ticket_id", outcomes=lambda run: [str(again(each)) for each in run.outcomes]),
    RUN,
    scope=WRITE,
    reads=(READ, ""),
)
OF: Final = Param("name", "Only runs of this automation.")
FAILED: Final = Param("failed", "Only those that failed.", ("true",))
STOPPED: Final = an_object(stopped=WORDS)
ROUTES: Final = (
    RUNS.lists(OF, FAILED, chosen=chosen),
    RUNS.elsewhere("POST", "/automations/stop", stop_all, "Switch all of them off at once", gives=STOPPED),
    Route(
        "GET",
        "/automations",
        READ,
        listed,
        "List automations",
        gives=an_object(automations=a_list(OBJECT)),
        asks="automations:manage",
    ),
    Route(
        "POST",
        "/automations/switch",
        WRITE,
        switch,
        "Switch one",
        SWITCHED,
        an_object(name=TEXT, on=TRUTH),
        asks="automations:manage",
    ),
    Route(
        "POST",
        "/automations/dry-run",
        READ,
        dry_run,
        "Try one out",
        NAMED,
        an_object(tickets=a_list(OBJECT)),
        asks="automations:manage",
    ),
)
