"""Changing fields of tickets by hand, one or many in one deed. Rules hear of each change as an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from deskwright.desk import access, workflows
from deskwright.desk.apply import change_status
from deskwright.desk.cases import Case, Happening
from deskwright.desk.errors import Invalid
from deskwright.desk.fields.forms import refuse_unsolvable
from deskwright.desk.fields.values import PREFIX, understood
from deskwright.desk.step import step
from deskwright.desk.tickets.linking import refuse_open_children
from deskwright.desk.working import refuse_merged, take_up
from deskwright.engine import events
from deskwright.engine.values import COMPLEXITIES, LEVELS, PRIORITIES, STATUSES
from deskwright.engine.workflow import Workflow
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
    despite_children: bool = False,
) -> list[int]:
    """Change fields of several tickets in one deed, and give or take tags. Returns its events, for `undoing.undo`.

    `status` may be a custom one; `fields` are the custom fields to fill in; `despite_children`: parents may be solved
    before their children. Raises NotFound, Forbidden, Invalid (naming every wrong field, and what is missing before a
    ticket can be solved), and OpenChildren.
    """
    given, taken = {spelled(word) for word in tag}, set(untag)
    workflow = workflows.live()
    changes = spelled_out(changes, workflow)
    with deed() as sql:
        present = rows.present(sql)
        access.refuse_hidden(actor, changes)
        refuse_wrong(changes, present.desk.agents, workflow)
        access.tickets_for(actor, ticket_ids, "change")
        cases = list(take_up(sql, ticket_ids, now).values())
        refuse_merged(cases)
        for case in cases:
            refuse_unknown_queue(case, changes)
            alter(case, {**changes, **retagged(case, given, taken)}, actor, now)
        if "status" in changes:
            refuse_unsolvable(workflow, [case for case in cases if case.pending], now)
            if not despite_children:
                refuse_open_children([case for case in cases if case.pending])
        step(sql, cases, present.desk)
        return [row["id"] for case in cases for row in case.events[:1]]


def spelled(tag: str) -> str:
    """A tag as the desk writes it: lower case, hyphens for blanks. Raises Invalid for none, or one that is too long."""
    word = "-".join(tag.replace("\x00", "").lower().split())
    if not word or len(word) > LONGEST_TAG:
        raise Invalid(
            _("A tag has at most %(longest_tag)s characters.") % {"longest_tag": LONGEST_TAG},
            {"tags": "empty or too long"},
        )
    return word


def retagged(case: Case, given: set[str], taken: set[str]) -> dict[str, list[str]]:
    """The change of the case's tags, if there is to be one."""
    return {"tags": sorted((set(case.row["tags"]) - taken) | given)} if given or taken else {}


def spelled_out(changes: Mapping[str, Any], workflow: Workflow) -> dict[str, Any]:
    """The changes as rows have them: a custom status as its category and itself, each custom field by its name.

    Raises Invalid for values of fields that do not fit.
    """
    plain = {name: value for name, value in changes.items() if name not in {"fields", "substatus"}}
    custom = workflow.statuses.get(str(plain.get("status")))
    if custom is not None and custom.name not in STATUSES and not custom.archived:
        plain |= {"status": custom.category, "substatus": custom.name}
    values = understood(workflow, "ticket", changes.get("fields") or {})
    return plain | {PREFIX + name: value for name, value in values.items()}


def refuse_wrong(changes: Mapping[str, Any], agents: Mapping[int, Any], workflow: Workflow) -> None:
    wrong = {}
    for name, value in changes.items():
        words = tuple(workflow.types) or None if name == "type" else CHANGEABLE.get(name)
        if name.startswith(PREFIX) or (name == "substatus" and value is not None):
            continue
        if name not in CHANGEABLE:
            wrong[name] = _("cannot be changed")
        elif words is not None and value not in words:
            wrong[name] = _("must be one of %(words)s") % {"words": ", ".join(words)}
        elif name == "assignee" and value is not None and value not in agents:
            wrong[name] = _("is not an agent of this desk")
    if wrong:
        raise Invalid("; ".join(f"{name} {what}" for name, what in wrong.items()), wrong)


def refuse_unknown_queue(case: Case, changes: Mapping[str, Any]) -> None:
    queues = workflows.version(case.row["workflow_version"]).queues
    if changes.get("queue") is not None and changes["queue"] not in queues:
        raise Invalid(_("This queue is not in the workflow."), {"queue": f"must be one of {', '.join(sorted(queues))}"})


def alter(
    case: Case,
    changes: Mapping[str, Any],
    actor: Agent | None,
    now: datetime,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Change fields of a case and let the workflow know what they were before; nothing happens when nothing moves.

    A status that comes without a custom one ends the custom one. The event keeps what is `told` beside the changes.
    """
    if "status" in changes:
        changes = {"status": changes["status"], **changes, "substatus": changes.get("substatus")}
    moved = {name: (old, value) for name, value in changes.items() if (old := held(case, name)) != value}
    if not moved:
        return
    for name, (_old, value) in moved.items():
        put(case, name, value, now)
    by, agent = ("agent", actor.pk) if actor else ("system", None)
    case.happen(Happening(events.FieldsChanged(changes=moved), now, by, agent, data=dict(told or {})))


def held(case: Case, name: str) -> Any:
    """What a field, custom or not, holds now."""
    if name.startswith(PREFIX):
        return case.row["fields"].get(name.removeprefix(PREFIX))
    return case.row[COLUMN.get(name, name)]


def put(case: Case, name: str, value: Any, now: datetime) -> None:
    if name == "status":
        change_status(case, value, now)
    elif name.startswith(PREFIX):
        values = {**case.row["fields"], name.removeprefix(PREFIX): value}
        case.set(fields={key: known for key, known in values.items() if known is not None})
    else:
        case.set(**{COLUMN.get(name, name): value})
