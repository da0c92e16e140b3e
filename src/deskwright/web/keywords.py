"""The words that belong to the workflow's language rather than to one workflow, where a page reads them out.

A queue, a skill or a tier is named by whoever wrote the workflow and stays as they wrote it: see `words.spoken`.
"""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskwright.web.words import spoken

EVENTS: Final[dict[str, Promise]] = {
    "ticket_opened": _("Ticket opened"),
    "customer_wrote": _("Customer wrote"),
    "agent_replied": _("Agent replied"),
    "note_added": _("Note added"),
    "fields_changed": _("Fields changed"),
    "clock_mark": _("Mark of a clock reached"),
    "every": _("Time passed"),
    "escalated_by_hand": _("Escalated by hand"),
    "escalation_acknowledged": _("Escalation acknowledged"),
    "handed_back": _("Handed back"),
    "survey_answered": _("Survey answered"),
    "agent_returned": _("Agent is back"),
    "passed_on": _("Work handed on"),
    "reconsidered": _("Looked at again"),
    "workflow_reapplied": _("Workflow applied anew"),
    "snoozed": _("Snoozed"),
    "woken": _("Back from snooze"),
    "merged": _("Merged into another"),
    "merged_in": _("Took in another"),
    "unmerged": _("Unmerged"),
    "parted": _("Split"),
    "sla_warning": _("SLA warning"),
    "sla_breach": _("SLA breach"),
    "ticket_solved": _("Ticket solved"),
    "ticket_reopened": _("Ticket reopened"),
    "priority_changed": _("Priority changed"),
    "ticket_assigned": _("Ticket assigned"),
    "escalated": _("Escalated"),
}
FIELD_TYPES: Final[dict[str, Promise]] = {
    "text": _("Text"),
    "number": _("Number"),
    "boolean": _("Yes or no"),
    "date": _("Date"),
    "choice": _("Choice"),
}
OWNERS: Final[dict[str, Promise]] = {
    "ticket": _("Ticket"),
    "customer": _("Customer"),
    "organisation": _("Organisation"),
}
COMPLEXITIES: Final[dict[str, Promise]] = {
    "level_1": _("Level 1"),
    "level_2": _("Level 2"),
    "level_3": _("Level 3"),
}
KINDS: Final = {"event": EVENTS, "field": FIELD_TYPES, "owner": OWNERS, "complexity": COMPLEXITIES}


def keyword(name: str, kind: str) -> str:
    """An event, a field's type or owner, or a complexity in the reader's language. `kind` is one of `KINDS`."""
    return str(KINDS[kind].get(name) or spoken(name))
