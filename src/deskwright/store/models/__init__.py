"""The tables, by subject. Models carry columns, constraints and indexes; no logic."""

from deskwright.store.models.access import ApiToken
from deskwright.store.models.automations import AutomationRun, AutomationState
from deskwright.store.models.due import DueWork, SearchDocument
from deskwright.store.models.intake import IdempotencyKey, RawInput
from deskwright.store.models.outgoing import Delivery, Notice
from deskwright.store.models.people import (
    Agent,
    AgentLoad,
    AgentRecord,
    AgentSkill,
    Customer,
    DeskState,
    Identity,
    Organisation,
    Team,
)
from deskwright.store.models.tickets import Attachment, Clock, Message, Ticket, TicketEvent
from deskwright.store.models.workflows import WorkflowVersion
from deskwright.store.models.writing import Draft, HeldReply

__all__ = [
    "Agent",
    "AgentLoad",
    "AgentRecord",
    "AgentSkill",
    "ApiToken",
    "Attachment",
    "AutomationRun",
    "AutomationState",
    "Clock",
    "Customer",
    "Delivery",
    "DeskState",
    "Draft",
    "DueWork",
    "HeldReply",
    "IdempotencyKey",
    "Identity",
    "Message",
    "Notice",
    "Organisation",
    "RawInput",
    "SearchDocument",
    "Team",
    "Ticket",
    "TicketEvent",
    "WorkflowVersion",
]
