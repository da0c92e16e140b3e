"""Tickets and everything that hangs on them. Written by `desk` only."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from deskwright.store.models.intake import RawInput
from deskwright.store.models.people import Agent, Customer, Organisation
from deskwright.store.models.settings import Brand

LIVE = Q(status__in=["new", "open", "waiting_on_customer", "on_hold"])
WAITING = Q(status__in=["new", "open"], assignee__isnull=True)
"""For an agent."""


class Ticket(models.Model):
    """The current state of a ticket: a snapshot of its events, kept for the screens and the next decision."""

    subject = models.TextField()
    description = models.TextField(blank=True)
    channel = models.CharField(max_length=16)
    type = models.CharField(max_length=40, default="question")
    status = models.CharField(max_length=24, default="new")
    substatus = models.CharField(max_length=40, null=True)
    """The workflow's own status within it."""
    priority = models.CharField(max_length=16)
    impact = models.CharField(max_length=16, null=True)
    urgency = models.CharField(max_length=16, null=True)
    category = models.CharField(max_length=80, null=True)
    complexity = models.CharField(max_length=16, null=True)
    language = models.CharField(max_length=12, null=True)
    sentiment = models.FloatField(null=True)
    tags = ArrayField(models.TextField(), default=list)
    signals = ArrayField(models.TextField(), default=list)
    fields = models.JSONField(default=dict)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tickets")
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, related_name="tickets")
    queue = models.CharField(max_length=80, null=True)
    assignee = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="tickets")
    units = models.FloatField(default=0)
    ask_again_at = models.DateTimeField(null=True)
    """When somebody may take a waiting ticket: a shift opens, or skills are relaxed."""
    declined_by = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    """Agents who passed it on; they are not asked again."""
    rule = models.TextField(null=True)
    sla_target = models.TextField(null=True)
    tier = models.CharField(max_length=80, null=True)
    tier_number = models.IntegerField(default=0)
    tier_since = models.DateTimeField(null=True)
    tier_signals = ArrayField(models.TextField(), default=list)
    tier_acknowledged = models.BooleanField(default=False)
    triggers_fired = ArrayField(models.TextField(), default=list)
    boosted = models.BooleanField(default=False)
    snoozed_since = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    """When it wakes by itself; None with `snoozed_since`: when the customer writes."""
    snoozed_by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+", db_index=False)
    reopen_count = models.IntegerField(default=0)
    csat = models.SmallIntegerField(null=True)
    survey = models.CharField(max_length=80, null=True)
    """The survey planned or sent since it was solved last."""
    by_agent = models.BooleanField(default=False)
    imported = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    first_response_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    last_customer_at = models.DateTimeField(null=True)
    last_agent_at = models.DateTimeField(null=True)
    last_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    unanswered_since = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    next_due_metric = models.CharField(max_length=24, null=True)
    at_risk_at = models.DateTimeField(null=True)
    breached = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="sources", db_index=False)
    """The ticket of which it is a part; its messages stay its own and are shown there."""
    brand = models.ForeignKey(
        Brand, models.SET_NULL, null=True, related_name="tickets", db_constraint=False, db_index=False
    )
    """Of the help centre it came in by. Intake knows brands from memory: one removed meanwhile is as none."""
    arms = ArrayField(models.TextField(), default=list, db_default=[])
    """`experiment=variant` or `experiment=control`, of those that ran when it was opened."""
    workflow_version = models.IntegerField(default=0)
    revision = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(F("next_due_at").asc(nulls_last=True), "id", name="ticket_live_due", condition=LIVE),
            models.Index("assignee", F("next_due_at").asc(nulls_last=True), "id", name="ticket_mine", condition=LIVE),
            models.Index(
                F("queue"),
                F("next_due_at").asc(nulls_last=True),
                F("id"),
                name="ticket_queue",
                condition=LIVE,
                include=["assignee", "snoozed_since", "at_risk_at"],  # all that the rail counts by
            ),
            models.Index(
                F("next_due_at").asc(nulls_last=True),
                "id",
                name="ticket_unassigned",
                condition=LIVE & Q(assignee__isnull=True),
            ),
            models.Index(F("updated_at").desc(), F("id").desc(), name="ticket_updated"),
            models.Index(F("updated_at").desc(), F("id").desc(), name="ticket_live_updated", condition=LIVE),
            models.Index("queue", "created_at", "id", name="ticket_waiting", condition=WAITING),
            models.Index(
                "ask_again_at", "id", name="ticket_ask_again", condition=WAITING & Q(ask_again_at__isnull=False)
            ),
            models.Index(F("created_at").desc(), F("id").desc(), name="ticket_created"),
            models.Index(
                "unanswered_since",
                "id",
                name="ticket_unanswered",
                condition=LIVE & Q(unanswered_since__isnull=False),
            ),
            GinIndex(fields=["tags"], name="ticket_tags", fastupdate=False),
            models.Index("snoozed_until", "id", name="ticket_snoozed", condition=Q(snoozed_since__isnull=False)),
            models.Index("customer", F("created_at").desc(), name="ticket_customer"),
            models.Index("organisation", F("created_at").desc(), name="ticket_organisation"),
            models.Index("organisation", F("updated_at").desc(), name="ticket_organisation_changed"),
            models.Index("organisation", name="ticket_live_organisation", condition=LIVE),
            models.Index("at_risk_at", name="ticket_at_risk", condition=LIVE & Q(next_due_at__isnull=False)),
            models.Index("merged_into", name="ticket_merged_into", condition=Q(merged_into__isnull=False)),
            models.Index("brand", name="ticket_brand", condition=Q(brand__isnull=False)),
            GinIndex("arms", name="ticket_arms", condition=~Q(arms=[])),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"


class Message(models.Model):
    """One message or note of the timeline. `kind`: customer | agent | note | automatic."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(blank=True)
    new_text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    mail_id = models.TextField(null=True)
    """The Message-ID header, ours or theirs."""
    recipients = models.JSONField(default=dict)
    raw = models.ForeignKey(RawInput, models.SET_NULL, null=True, related_name="+")
    sentiment = models.FloatField(null=True)
    verified = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("ticket", "created_at", "id", name="message_timeline"),
            models.Index("mail_id", name="message_by_mail_id", condition=Q(mail_id__isnull=False)),
        ]


class Attachment(models.Model):
    """A file of a message; the bytes are a blob named by their sha256."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.TextField(blank=True)
    inline = models.BooleanField(default=False)
    logo = models.BooleanField(default=False, db_default=False)
    """A picture that its sender's domain sends again and again: not listed."""

    class Meta:
        indexes = [models.Index("sha256", name="attachment_sha256")]


class Participant(models.Model):
    """Somebody beside the requester who gets the answers. `because`: to | cc | wrote | agent | merged."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="participants")
    email = models.CharField(max_length=320)
    because = models.CharField(max_length=8)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    """Who added them, or took them off."""
    removed = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "email"], name="participant_once")]


class TicketLink(models.Model):
    """Two tickets belong together. `kind`: child | incident | related | follow_up | split | duplicate.

    `ticket` is that of `other`, which is its parent, its problem, what it follows, came from or looks like.
    """

    kind = models.CharField(max_length=12)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, models.CASCADE, related_name="linked", db_index=False)
    share = models.FloatField(null=True)
    """How alike they are, where the desk found them so."""
    because = models.TextField(blank=True)
    dismissed = models.BooleanField(default=False)
    """Somebody said that they are no duplicates."""
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "other", "kind"], name="link_once")]
        indexes = [models.Index("other", "kind", name="link_other")]


class TicketEvent(models.Model):
    """What happened, append-only: the audit trail, the timeline, the input of replay."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=16, default="system")
    """customer | agent | system | rule"""
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    data = models.JSONField(default=dict)
    cause = models.BigIntegerField(null=True)
    trace = models.JSONField(null=True)
    workflow_version = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index("ticket", "id", name="event_timeline"),
            models.Index("at", "id", name="event_history"),
        ]


class Clock(models.Model):
    """Snapshot of one clock; a mark is due work claimed through `clock_marks`."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=24)
    cycle = models.IntegerField(default=1)
    state = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    target = models.CharField(max_length=24)
    calendar = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField(null=True)
    used_seconds = models.BigIntegerField(default=0)
    running_since = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    fired = models.FloatField(default=0)
    next_mark_at = models.DateTimeField(null=True)
    next_mark = models.FloatField(null=True)
    version = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "metric", "cycle"], name="clock_once")]
        indexes = [models.Index("next_mark_at", "id", name="clock_marks", condition=Q(next_mark_at__isnull=False))]
