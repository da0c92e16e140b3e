"""What a rule is called where it is shown: its own name; one without says what it does, and which it is."""

from __future__ import annotations

from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.engine.differences.wording import deed, someone
from deskwright.engine.workflow import Rule
from deskwright.web import words


def rule_name(name: str) -> str:
    """In words. `name` is the one events know it by: "rule N" where its author gave none."""
    rule = next((rule for rule in workflows.latest().rules if rule.name == name), None)
    if rule is None or rule.name != f"rule {rule.number}":
        return words.spoken(name)
    return _("%(deed)s (rule %(number)s)") % {"deed": short(rule), "number": rule.number}


def short(rule: Rule) -> str:
    """The most telling of what it does."""
    action = rule.action
    if action.assign is not None:
        whom = action.assign.name or action.assign.queue or someone(action.assign)
        return _("To %(whom)s") % {"whom": whom.replace("_", " ")}
    if action.set:
        field, value = next(iter(action.set.items()))
        return _("%(field)s: %(value)s") % {"field": words.field(field), "value": words.spoken(value)}
    if action.tag:
        return _("Tag %(tags)s") % {"tags": ", ".join(action.tag)}
    if rule.override is not None:
        return _("Promises %(target)s") % {"target": rule.override}
    if action.notify or action.cc:
        return _("Tells %(whom)s") % {"whom": ", ".join((*action.notify, *action.cc)).replace("_", " ")}
    return words.spoken(deed(action))
