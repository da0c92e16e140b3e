"""Reads what a rule, a tier or an automation does: `assign_to_X`, a mapping of deeds, or a list of either."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from deskwright.engine.conditions.constants import Fault, typed
from deskwright.engine.conditions.syntax import Literal
from deskwright.engine.document import Node
from deskwright.engine.loading import people
from deskwright.engine.loading.reading import Reading, plain
from deskwright.engine.problems import meant
from deskwright.engine.saying import _
from deskwright.engine.values import PRIORITIES, STATUSES
from deskwright.engine.workflow import Action, Assignee

ASSIGN_TO: Final = "assign_to_"
KEYS: Final = ("assign", "set", "tag", "boost_priority", "notify", "cc", "status", "escalate", "open_follow_up")
FOLLOW_UP_KEYS: Final = ("subject", "type", "priority", "assign", "after")
_WORDS: Final[Mapping[str, Action]] = {
    "escalate": Action(escalate=True),
    "boost_priority": Action(boost_priority=1),
    "solve": Action(status="solved"),
}


def action(reading: Reading, node: Node | None) -> Action:
    """Everything the node asks for; an empty action when there is nothing or nothing readable."""
    if node is None:
        return Action()
    if node.kind == "list":
        return merged(*(action(reading, item) for item in node.value))
    if node.kind == "text":
        return _word(reading, node)
    if not reading.known(node, KEYS, _("an action")):
        return Action()
    assigned, follow_up = node.get("assign"), node.get("open_follow_up")
    return Action(
        assign=assign(reading, assigned) if assigned else None,
        set=to_set(reading, node.get("set")),
        tag=reading.texts(node.get("tag")),
        boost_priority=reading.whole(node.get("boost_priority"), -3, 3) or 0,
        notify=reading.references(node.get("notify"), "audience"),
        cc=reading.references(node.get("cc"), "audience"),
        **status(reading, node.get("status")),
        escalate=bool(reading.flag(node.get("escalate"))),
        open_follow_up=follow_up_of(reading, follow_up) if follow_up else None,
    )


def _word(reading: Reading, node: Node) -> Action:
    word = node.value.strip()
    if word.startswith(ASSIGN_TO):
        return Action(assign=assign_to(reading, node, word.removeprefix(ASSIGN_TO)))
    if word in _WORDS:
        return _WORDS[word]
    known = [*_WORDS, *(ASSIGN_TO + name for name in (*reading.assignees, *reading.names["queue"]))]
    reading.refuse(node, _("%(word)s is no action", word=repr(word)), meant(word, known))
    return Action()


def assign(reading: Reading, node: Node) -> Assignee | None:
    """`assign: billing_specialist`, `assign: assign_to_billing_specialist`, or a mapping."""
    if node.kind == "text":
        return assign_to(reading, node, node.value.strip().removeprefix(ASSIGN_TO))
    return people.assignee(reading, "", node)


def assign_to(reading: Reading, node: Node, name: str) -> Assignee | None:
    """An assignee by name, else the queue of that name."""
    if name in reading.assignees:
        return reading.assignees[name]
    if name in reading.names["queue"]:
        return Assignee(name, queue=name)
    near = meant(name, [*reading.assignees, *reading.names["queue"]])
    prefix = ASSIGN_TO if str(node.value).strip().startswith(ASSIGN_TO) else ""
    reading.refuse(node, _("no assignee and no queue is named %(name)s", name=repr(name)), near and prefix + near)
    return None


def status(reading: Reading, node: Node | None) -> dict[str, str | None]:
    """`status` is the category; `substatus` the custom status of it, where one was named."""
    found = reading.one_of(node, dict.fromkeys((*STATUSES, *reading.statuses)), _("a status"))
    custom = reading.statuses.get(found or "")
    if custom is None or found in STATUSES:
        return {"status": found}
    return {"status": custom.category, "substatus": found}


def to_set(reading: Reading, node: Node | None) -> dict[str, Any]:
    """fact -> value, of the facts that may be set."""
    found: dict[str, Any] = {}
    for written, entry in reading.named(node, _("what to set")):
        assert node is not None
        name = reading.vocabulary.find(written)
        if name is None:
            reading.refuse(
                node,
                _("nothing is named %(written)s", written=repr(written)),
                reading.vocabulary.near(written),
                key=written,
            )
        elif not name.settable:
            reading.refuse(node, _("%(name)s cannot be set by an action", name=name.name), key=written)
        elif entry.kind == "nothing":
            found[name.name] = None
        else:
            try:
                found[name.name] = typed(Literal(entry.value), name).value
            except Fault as fault:
                reading.refuse(entry, fault.message, fault.suggestion)
    return found


def follow_up_of(reading: Reading, node: Node) -> dict[str, Any]:
    """subject, type, priority as given; `assign` as an Assignee."""
    if node.kind == "boolean" and node.value:
        return {}
    if not reading.known(node, FOLLOW_UP_KEYS, _("a follow-up")):
        return {}
    assigned = node.get("assign")
    read: Mapping[str, Callable[[Node], Any]] = {
        "subject": reading.text,
        "type": reading.text,
        "priority": lambda item: reading.one_of(item, PRIORITIES, _("a priority")),
        "after": reading.duration,
    }
    found = {key: read[key](item) for key in read if (item := node.get(key)) is not None}
    if assigned is not None:
        assign(reading, assigned)
        found["assign"] = plain(assigned)
    return found


def merged(*actions: Action) -> Action:
    """One action that does what all do; of two assignments, statuses or follow-ups the first stands."""
    found = Action()
    for each in actions:
        changes = {spec.name: _both(getattr(found, spec.name), getattr(each, spec.name)) for spec in fields(Action)}
        found = replace(found, **changes)
    return found


def _both(first: Any, second: Any) -> Any:
    if isinstance(first, tuple):
        return (*first, *(item for item in second if item not in first))
    if isinstance(first, bool):
        return first or second
    if isinstance(first, int):
        return first + second
    if isinstance(first, dict) and isinstance(second, dict):
        return {**second, **first}
    return second if first is None else first
