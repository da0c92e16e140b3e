"""Workflows and facts for tests of the engine, built from values: what a test does not mention is empty."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from deskwright.engine import durations
from deskwright.engine.calendars import Calendar
from deskwright.engine.workflow import (
    AssignmentPolicy,
    Management,
    Replies,
    SlaPolicy,
    Targets,
    Workflow,
)

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar.from_document({"timezone": "Europe/Berlin", "hours": {"mon-fri": "09:00-17:00"}})
NEW_YORK = Calendar.from_document({"timezone": "America/New_York", "hours": {"mon-fri": "09:00-17:00"}})


def workflow(**known):
    """A workflow with the office calendars; a section not named is empty."""
    people = "signals queues assignees audiences"
    mappings = f"fields types statuses priority_matrix categories {people} sla_matrix duplicates surveys"
    empty = {name: {} for name in f"{mappings} proactive experiments variants reopen".split()}
    empty |= dict.fromkeys(("complexity", "rules", "tiers", "automations", "tests"), ())
    defaults = {
        "name": "test",
        "text": "",
        "content_hash": "",
        "calendars": {"office": OFFICE, "new_york": NEW_YORK},
        "rule_index": None,
        "assignment": AssignmentPolicy(),
        "sla": SlaPolicy(calendar="office"),
        "management": Management(),
        "replies": Replies(),
        "default_queue": "support",
    }
    return Workflow(**{**empty, **defaults, **known})


def matrix(**rows):
    """`matrix(medium_any={"first_response": 60})`: the cells of an SLA matrix by priority and tier."""
    cells = {}
    for name, targets in rows.items():
        priority, tier = name.split("_")
        by_metric = {metric: durations.parse(target) for metric, target in targets.items()}
        cells[priority, tier] = Targets(priority, tier, by_metric)
    return cells


def at(text, zone=BERLIN):
    """An instant from local text: `"10:00"` is Monday 2026-11-23, `"Tue 10:00"` that week, else a whole date."""
    days = {"Fri": 20, "Sat": 21, "Sun": 22, "Mon": 23, "Tue": 24, "Wed": 25, "Thu": 26}
    if text[:3] in days:
        text = f"2026-11-{days[text[:3]]} {text[4:]}"
    elif len(text) < 10:
        text = f"2026-11-23 {text}"
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
