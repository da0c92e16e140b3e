"""What leaves: deliveries, the addresses nothing is sent to, and notices to agents."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower

from deskwright.store.models.people import Agent
from deskwright.store.models.tickets import Message, Ticket


class Delivery(models.Model):
    """One thing to send to one recipient by mail, chat or message.

    `state`: due | sending | sent | failed (refused, or given up after many tries) | bounced (taken, then sent back) |
    withheld (the address is on the list of those nothing is sent to) | cancelled (given up by a person).
    """

    channel = models.CharField(max_length=16, default="email")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="deliveries")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="deliveries")
    recipient = models.CharField(max_length=320)
    mail_id = models.TextField(unique=True)
    """The Message-ID header, made with the row: a repeat after a crash carries the same Message-ID."""
    content = models.JSONField(default=dict)
    """subject, text, html, headers: all that `compose` needs."""
    state = models.CharField(max_length=12, default="due")
    due_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    answer = models.TextField(blank=True, default="", db_default="")
    """What the other server said when it took the mail."""
    bounced_at = models.DateTimeField(null=True)
    bounce = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+", db_index=False)
    """The report by which it came back."""
    again_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="again", db_index=False)
    """The delivery whose text this one sends anew."""
    reference = models.CharField(max_length=64, blank=True, db_default="")
    """The provider's own name of it."""
    receipt = models.CharField(max_length=12, blank=True, db_default="")
    """What the provider told of a message since it took it: sent | delivered | read."""
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    domain = models.GeneratedField(
        expression=Lower(Func(F("recipient"), Value("[^@]*$"), function="substring", output_field=models.TextField())),
        output_field=models.TextField(),
        db_persist=True,
    )
    """The recipient's, in lower case."""

    class Meta:
        indexes = [
            models.Index("due_at", "id", name="delivery_due", condition=~Q(channel="email") & Q(due_at__isnull=False)),
            models.Index(
                "domain", "due_at", "id", name="delivery_turns", condition=Q(channel="email", due_at__isnull=False)
            ),
            models.Index("message", name="delivery_message"),
            models.Index("state", F("id").desc(), name="delivery_unsent", condition=~Q(state="sent")),
            models.Index("bounce", name="delivery_bounce", condition=Q(bounce__isnull=False)),
            models.Index("again_of", name="delivery_again", condition=Q(again_of__isnull=False)),
        ]


class MailPace(models.Model):
    """How fast mail leaves: by the server of ours, or to a domain that receives it. See `desk.outbox.pace`."""

    key = models.TextField(primary_key=True)
    """`by:` for the server of ours, or `to:` with the domain of the recipients."""
    per_minute = models.FloatField()
    free_at = models.DateTimeField()
    """When every mail so far has had its share of time."""
    ready_at = models.DateTimeField()
    """Until then nothing leaves."""
    held_until = models.DateTimeField(null=True)
    """Until then the other side wants nothing."""
    because = models.TextField(blank=True)
    """What it said."""
    refusals = models.SmallIntegerField(default=0)
    """In a row."""
    busy = models.JSONField(default=dict)
    """Connections that are open: name -> until when their worker may hold them."""


class Suppression(models.Model):
    """An address nothing is sent to. `because`: bounce | complaint | unsubscribed | agent."""

    address = models.CharField(max_length=320)
    """In lower case, the domain in punycode."""
    kind = models.CharField(max_length=12, blank=True, db_default="")
    """Of the mail that is not sent: survey | proactive | broadcast; empty: any."""
    because = models.CharField(max_length=16)
    detail = models.TextField(blank=True)
    """What the other server said, or why an agent put it here."""
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="+")
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "kind"], name="suppression_once")]
        indexes = [models.Index(F("created_at").desc(), F("id").desc(), name="suppression_latest")]


class Notice(models.Model):
    """Something an agent should know; unique by cause, so nothing is told twice."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="notices")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="notices")
    subject = models.TextField()
    key = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "ticket", "key"], name="notice_once")]
        indexes = [
            models.Index("agent", F("created_at").desc(), name="notice_unread", condition=Q(read_at__isnull=True))
        ]
