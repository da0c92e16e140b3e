"""Deeds on tickets by hand: change fields, escalate, acknowledge, hand back. Rules hear of each as an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from deskwright.desk import access, workflows
from deskwright.desk.apply import change_status
from deskwright.desk.cases import Case, Happening
from deskwright.desk.errors import Invalid
from deskwright.desk.step import step
from deskwright.desk.working import take_up, take_up_one
from deskwright.engine import events
from deskwright.engine.events import Event
from deskwright.engine.values import COMPLEXITIES, LEVELS, PRIORITIES, STATUSES
from deskwright.store import facts as rows
from deskwright.store.connection import deed
from deskwright.store.models import Agent

CHANGEABLE: Mapping[str, tuple[str, ...] | None] = {
    "status": STATUSES,
    "priority": PRIORITIES,
    "impact": LEVELS,
    "urgency": LEVELS,
    "complexity": COMPLEXITIES,
    "category": None,
    "queue": None,
    "assignee": None,
    "tags": None,
    "type": None,
    "subject": None,
    "fields": None,
}
"""Field -> its closed set of words, None where any value of the right kind will do."""
COLUMN: Mapping[str, str] = {"assignee": "assignee_id"}
LONGEST_TAG = 60


def change(
    actor: Agent,
    ticket_ids: Sequence[int],
    changes: Mapping[str, Any],
    *,
    now: datetime,
    tag: Iterable[str] = (),
    untag: Iterable[str] = (),
) -> list[int]:
    """Change fields of several tickets in one deed, and give or take tags. Returns its events, for `undoing.undo`.

    Raises NotFound, Forbidden, Invalid (naming every wrong field).
    """
    given, taken = {spelled(word) for word in tag}, set(untag)
    with deed() as sql:
        present = rows.present(sql)
        refuse_wrong(changes, present.desk.agents)
        access.tickets_for(actor, ticket_ids, "change")
        cases = list(take_up(sql, ticket_ids, now).values())
        for case in cases:
            refuse_unknown_queue(case, changes)
            alter(case, {**changes, **retagged(case, given, taken)}, actor, now)
        step(sql, cases, present.desk)
        return [row["id"] for case in cases for row in case.events[:1]]


def spelled(tag: str) -> str:
    """A tag as the desk writes it: lower case, hyphens for blanks. Raises Invalid for none, or one that is too long."""
    word = "-".join(tag.replace("\x00", "").lower().split())
    if not word or len(word) > LONGEST_TAG:
        raise Invalid(f"A tag has at most {LONGEST_TAG} characters.", {"tags": "empty or too long"})
    return word


def retagged(case: Case, given: set[str], taken: set[str]) -> dict[str, list[str]]:
    """The change of the case's tags, if there is to be one."""
    return {"tags": sorted((set(case.row["tags"]) - taken) | given)} if given or taken else {}


def refuse_wrong(changes: Mapping[str, Any], agents: Mapping[int, Any]) -> None:
    wrong = {}
    for name, value in changes.items():
        words = CHANGEABLE.get(name)
        if name not in CHANGEABLE:
            wrong[name] = "cannot be changed"
        elif words is not None and value not in words:
            wrong[name] = f"must be one of {', '.join(words)}"
        elif name == "assignee" and value is not None and value not in agents:
            wrong[name] = "is not an agent of this desk"
    if wrong:
        raise Invalid("; ".join(f"{name} {what}" for name, what in wrong.items()), wrong)


def refuse_unknown_queue(case: Case, changes: Mapping[str, Any]) -> None:
    queues = workflows.version(case.row["workflow_version"]).queues
    if changes.get("queue") is not None and changes["queue"] not in queues:
        raise Invalid("This queue is not in the workflow.", {"queue": f"must be one of {', '.join(sorted(queues))}"})


def alter(case: Case, changes: Mapping[str, Any], actor: Agent | None, now: datetime) -> None:
    """Change fields of a case and let the workflow know what they were before; nothing happens when nothing moves."""
    before = {name: case.row[COLUMN.get(name, name)] for name in changes}
    moved = {name: (before[name], value) for name, value in changes.items() if before[name] != value}
    if not moved:
        return
    for name, (_, value) in moved.items():
        if name == "status":
            change_status(case, value, now)
        elif name == "fields":
            case.set(fields={**case.row["fields"], **value})
        else:
            case.set(**{COLUMN.get(name, name): value})
    by = ("agent", actor.pk) if actor else ("system", None)
    case.happen(Happening(events.FieldsChanged(changes=moved), now, *by))


def escalate(actor: Agent, ticket_id: int, *, now: datetime, reason: str = "manual") -> None:
    """Move the ticket up one tier. Raises NotFound, Forbidden, Invalid at the last tier."""
    happen(actor, ticket_id, events.EscalatedByHand(agent=actor.pk, reason=reason), "escalate", now)


def acknowledge(actor: Agent, ticket_id: int, *, now: datetime) -> None:
    """Say that the escalation is being worked on: it stops advancing. Raises NotFound, Forbidden."""
    happen(actor, ticket_id, events.EscalationAcknowledged(agent=actor.pk), "escalate", now)


def hand_back(actor: Agent, ticket_id: int, *, now: datetime, reason: str = "", to: str = "") -> None:
    """Give the ticket back one tier down, or down to the tier named; its history stays. Raises NotFound, Forbidden."""
    happen(actor, ticket_id, events.HandedBack(agent=actor.pk, reason=reason, to=to), "escalate", now)


def happen(actor: Agent, ticket_id: int, event: Event, verb: str, now: datetime) -> None:
    access.ticket_for(actor, ticket_id, verb)
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        case.happen(Happening(event, now, "agent", actor.pk))
        step(sql, [case], rows.present(sql).desk)
