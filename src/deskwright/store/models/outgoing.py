"""What leaves: deliveries (mail now; webhooks, messages later) and notices to agents."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from deskwright.store.models.people import Agent
from deskwright.store.models.tickets import Message, Ticket


class Delivery(models.Model):
    """One thing to send to one recipient. `state`: due | sending | sent | failed | cancelled."""

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
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("due_at", "id", name="delivery_due", condition=Q(due_at__isnull=False)),
            models.Index("message", name="delivery_message"),
        ]


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
