"""What a macro does beside its text: read from a form or a program, checked when it is saved and again when used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from deskwright.desk.errors import Invalid
from deskwright.desk.fields.values import understood
from deskwright.desk.tickets.changing import spelled
from deskwright.desk.work.checklists import LONGEST as LONGEST_ITEM
from deskwright.engine.values import PRIORITIES, STATUSES
from deskwright.engine.workflow import Workflow

ME, NOBODY = "me", "nobody"
MOST_ITEMS: Final = 50
KEYS: Final = ("status", "priority", "type", "queue", "assignee", "tag", "untag", "fields", "checklist")


def checked(actions: Mapping[str, Any], workflow: Workflow) -> dict[str, Any]:
    """The actions without what they leave alone. Raises Invalid, naming every one that cannot be done."""
    words = {
        "status": (*STATUSES, *(one.name for one in workflow.statuses.values() if not one.archived)),
        "priority": PRIORITIES,
        "type": tuple(workflow.types),
        "queue": tuple(workflow.queues),
    }
    given = {name: value for name, value in actions.items() if value not in (None, "", [], {})}
    wrong = {name: "is nothing a macro can do" for name in given if name not in KEYS}
    wrong |= {
        name: f"must be one of {', '.join(known)}"
        for name, known in words.items()
        if name in given and given[name] not in known
    }
    if wrong:
        raise Invalid("; ".join(f"{name} {what}" for name, what in wrong.items()), wrong)
    for name in ("tag", "untag"):
        if name in given:
            given[name] = sorted({spelled(tag) for tag in given[name]})
    if "fields" in given:
        given["fields"] = {k: v for k, v in understood(workflow, "ticket", given["fields"]).items() if v is not None}
    if "checklist" in given:
        given["checklist"] = items(given["checklist"])
    return given


def items(lines: Iterable[str]) -> list[str]:
    """The lines of a checklist. Raises Invalid for too many, or one that is too long."""
    found = [text for line in lines if (text := " ".join(line.replace("\x00", "").split()))]
    if len(found) > MOST_ITEMS or any(len(text) > LONGEST_ITEM for text in found):
        said = f"A checklist has at most {MOST_ITEMS} items of {LONGEST_ITEM} characters."
        raise Invalid(said, {"checklist": said})
    return found


def changes_of(actions: Mapping[str, Any], agent: int) -> dict[str, Any]:
    """The actions as changes of a ticket, made by this agent."""
    found = {name: actions[name] for name in ("status", "priority", "type", "queue", "fields") if name in actions}
    if (wanted := actions.get("assignee")) is not None:
        found["assignee"] = {ME: agent, NOBODY: None}.get(wanted, wanted)
    return found
