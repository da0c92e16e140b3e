"""The tables, by subject. Models carry columns, constraints and indexes; no logic."""

from deskwright.store.models.access import ApiToken
from deskwright.store.models.accounts import Attempt, Invitation, MagicLink, SignInPolicy
from deskwright.store.models.alerts import Alert, AlertSource
from deskwright.store.models.attention import Follower, Mention
from deskwright.store.models.audit import AuditEntry
from deskwright.store.models.automations import AutomationRun, AutomationState, ExperimentState
from deskwright.store.models.chat import Chat, Widget
from deskwright.store.models.due import DueWork, SearchDocument, SearchWord
from deskwright.store.models.intake import AwaitedMail, IdempotencyKey, RawInput
from deskwright.store.models.issues import KnownIssue
from deskwright.store.models.knowledge import Article, ArticleRevision
from deskwright.store.models.lab import Recommendation, Trial
from deskwright.store.models.lines import Call, Line, MessageTemplate
from deskwright.store.models.logs import EventLog
from deskwright.store.models.macros import ChecklistItem, Macro, TimeEntry
from deskwright.store.models.mailboxes import Mailbox, MailboxMail, MailDoor
from deskwright.store.models.outgoing import Delivery, MailPace, Notice, Suppression
from deskwright.store.models.people import (
    Absence,
    Agent,
    AgentLoad,
    AgentRecord,
    AgentSkill,
    Customer,
    DeskState,
    Identity,
    Merge,
    Organisation,
    Role,
    Team,
)
from deskwright.store.models.proofs import AddressProof, NumberProof
from deskwright.store.models.rosters import ShiftPlan
from deskwright.store.models.settings import Brand, DeskSettings, DkimKey, Heartbeat, LetterTemplate, MailServer, Sender
from deskwright.store.models.surveys import Survey
from deskwright.store.models.tagging import TagChange
from deskwright.store.models.tickets import Attachment, Clock, Message, Participant, Ticket, TicketEvent, TicketLink
from deskwright.store.models.views import SavedView, TicketClaim, TicketSkip
from deskwright.store.models.webhooks import Webhook, WebhookDelivery
from deskwright.store.models.workflows import WorkflowVersion
from deskwright.store.models.writing import Draft, DraftFile, HeldReply

__all__ = [
    "Absence",
    "AddressProof",
    "Agent",
    "AgentLoad",
    "AgentRecord",
    "AgentSkill",
    "Alert",
    "AlertSource",
    "ApiToken",
    "Article",
    "ArticleRevision",
    "Attachment",
    "Attempt",
    "AuditEntry",
    "AutomationRun",
    "AutomationState",
    "AwaitedMail",
    "Brand",
    "Call",
    "Chat",
    "ChecklistItem",
    "Clock",
    "Customer",
    "Delivery",
    "DeskSettings",
    "DeskState",
    "DkimKey",
    "Draft",
    "DraftFile",
    "DueWork",
    "EventLog",
    "ExperimentState",
    "Follower",
    "Heartbeat",
    "HeldReply",
    "IdempotencyKey",
    "Identity",
    "Invitation",
    "KnownIssue",
    "LetterTemplate",
    "Line",
    "Macro",
    "MagicLink",
    "MailDoor",
    "MailPace",
    "MailServer",
    "Mailbox",
    "MailboxMail",
    "Mention",
    "Merge",
    "Message",
    "MessageTemplate",
    "Notice",
    "NumberProof",
    "Organisation",
    "Participant",
    "RawInput",
    "Recommendation",
    "Role",
    "SavedView",
    "SearchDocument",
    "SearchWord",
    "Sender",
    "ShiftPlan",
    "SignInPolicy",
    "Suppression",
    "Survey",
    "TagChange",
    "Team",
    "Ticket",
    "TicketClaim",
    "TicketEvent",
    "TicketLink",
    "TicketSkip",
    "TimeEntry",
    "Trial",
    "Webhook",
    "WebhookDelivery",
    "Widget",
    "WorkflowVersion",
]
