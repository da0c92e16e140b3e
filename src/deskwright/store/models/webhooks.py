"""Outgoing webhooks, and every message to them: queue, log and what is replayed are the same rows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from deskwright.store.models.tickets import Ticket


class Webhook(models.Model):
    """An address that is told of events. Secrets are sealed; the previous one signs too until `previous_until`."""

    name = models.CharField(max_length=120)
    url = models.URLField(max_length=500)
    events = ArrayField(models.CharField(max_length=40), default=list)
    condition = models.TextField(blank=True)
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True)
    disabled_because = models.TextField(blank=True)
    created_at = models.DateTimeField()


class WebhookDelivery(models.Model):
    """One message to one webhook. `state`: due | sending | sent | failed | cancelled. `event_id` stays over replays."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="+")
    event_id = models.CharField(max_length=64)
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=12, default="due")
    due_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True)
    """The HTTP status of the last answer."""
    answer = models.TextField(blank=True)
    """The beginning of the last answer, or why there was none."""
    milliseconds = models.IntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "event_id"], name="webhook_event_once")]
        indexes = [
            models.Index("due_at", "id", name="webhook_due", condition=Q(due_at__isnull=False)),
            models.Index("webhook", "ticket", "id", name="webhook_order", condition=Q(due_at__isnull=False)),
            models.Index("webhook", F("id").desc(), name="webhook_log"),
            models.Index("webhook", "state", F("id").desc(), name="webhook_by_state"),
        ]
