"""What a rule is called where it is shown: its own name; one without says what it does, and which it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.engine.differences.rules import is_named
from deskwright.engine.values import FIRST_RESPONSE
from deskwright.engine.workflow import Assignee, Rule, Workflow
from deskwright.web import telling, words
from deskwright.web.workspace.sentences import value_of

NOBODY: Final[Mapping[int, str]] = {}
"""No rule sets a field to an agent."""


def rule_names(decided: Mapping[str, Collection[int]]) -> dict[str, str]:
    """Rules in words. `decided`: the name events know one by -> the versions of the workflow that decided under it."""
    return {name: rule_name(name, map(workflows.version, numbers)) for name, numbers in decided.items()}


def rule_name(name: str, deciding: Iterable[Workflow]) -> str:
    """In words. `name` is the one events know it by: "rule N" where its author gave none, and what such a one does is
    said where it is the same rule in all that decided.
    """
    found = [next((rule for rule in workflow.rules if rule.name == name), None) for workflow in deciding]
    first, *others = [None if rule is None else replace(rule, line=0) for rule in found] or [None]
    if first is None or is_named(first) or any(other != first for other in others):
        return words.spoken(name)
    return _("%(deed)s (rule %(number)s)") % {"deed": short(first), "number": first.number}


def short(rule: Rule) -> str:
    """The most telling of what it does."""
    action = rule.action
    if action.assign is not None:
        return recipient(action.assign)
    if action.set:
        field, value = next(iter(action.set.items()))
        return _("%(field)s: %(value)s") % {"field": words.field(field), "value": value_of(field, value, NOBODY)}
    if action.tag:
        return _("Tag %(tags)s") % {"tags": ", ".join(action.tag)}
    if promised := ", ".join(promises(rule)):
        return _("Promises %(target)s") % {"target": promised}
    if told := (*action.notify, *action.cc):
        return _("Tells %(whom)s") % {"whom": ", ".join(words.inside(telling.audience(one)) for one in told)}
    if action.status:
        status = words.word("status", action.substatus or action.status)
        return _("%(field)s: %(value)s") % {"field": words.field("status"), "value": status}
    return _("Raises the priority") if action.boost_priority else _("Does several things")


def recipient(assignee: Assignee) -> str:
    whom = assignee.name or assignee.queue
    return _("To %(whom)s") % {"whom": words.inside(words.spoken(whom))} if whom else _("To somebody suitable")


def promises(rule: Rule) -> Iterator[str]:
    """Its targets; the first response's alone needs no name."""
    first = {} if rule.sla_target is None else {FIRST_RESPONSE: rule.sla_target}
    for metric, target in {**first, **rule.targets}.items():
        length = telling.lasting(str(target))
        yield f"{words.inside(words.metric(metric))} {length}" if rule.targets else length
