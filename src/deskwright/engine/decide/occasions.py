"""Which function decides on which event: one for each. Some begin before anybody looks at what the agents carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from deskwright.engine import events
from deskwright.engine.decide import changes, conversation, deadlines, joining, versions
from deskwright.engine.decide.course import Course
from deskwright.engine.events import Event

BEGINNINGS: Final[Mapping[type[Event], Callable[[Course], None]]] = {events.TicketOpened: conversation.received}
OCCASIONS: Final[Mapping[type[Event], Callable[[Course], None]]] = {
    events.TicketOpened: conversation.opened,
    events.CustomerWrote: conversation.customer_wrote,
    events.AgentReplied: conversation.agent_replied,
    events.NoteAdded: conversation.note_added,
    events.SurveyAnswered: conversation.survey_answered,
    events.FieldsChanged: changes.fields_changed,
    events.AgentReturned: changes.agent_returned,
    events.PassedOn: changes.passed_on,
    events.Reconsidered: changes.reconsidered,
    events.Snoozed: changes.snoozed_or_woken,
    events.Woken: changes.snoozed_or_woken,
    events.WorkflowReapplied: versions.reapplied,
    events.Merged: joining.merged,
    events.MergedIn: joining.merged_in,
    events.Unmerged: joining.unmerged,
    events.Parted: joining.parted,
    events.ClockMark: deadlines.clock_mark,
    events.TimePassed: deadlines.time_passed,
    events.EscalatedByHand: deadlines.escalated_by_hand,
    events.EscalationAcknowledged: deadlines.escalation_acknowledged,
    events.HandedBack: deadlines.handed_back,
}
