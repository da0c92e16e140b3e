"""What arrived, before anybody understood it: raw bytes first, and the keys that make a repeat harmless."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class RawInput(models.Model):
    """Raw input of any channel. `state`: pending | done | quarantined | duplicate; kept for its retention."""

    channel = models.CharField(max_length=16)
    received_at = models.DateTimeField()
    envelope = models.JSONField(default=dict)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="pending")
    disposition = models.CharField(max_length=24, blank=True)
    reason = models.TextField(blank=True)
    ticket_id = models.BigIntegerField(null=True)
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    sender = models.CharField(max_length=320, blank=True, db_default="")
    """As read from it, lower case; empty until somebody read it."""
    subject = models.CharField(max_length=300, blank=True, db_default="")
    mail_id = models.TextField(blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index("sender", "id", name="raw_sender", condition=~Q(sender="")),
            models.Index("mail_id", name="raw_mail_id", condition=~Q(mail_id="")),
            models.Index("due_at", "id", name="raw_pending", condition=Q(state="pending")),
            models.Index("sha256", name="raw_sha256"),
            models.Index("received_at", name="raw_quarantined", condition=Q(state="quarantined")),
        ]


class IdempotencyKey(models.Model):
    """The answer given to a keyed request; the same key with the same body gets the same answer for a day."""

    token_id = models.BigIntegerField()
    key = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_id", "key"], name="idempotency_once")]
        indexes = [models.Index("created_at", name="idempotency_age")]


class AwaitedMail(models.Model):
    """A Message-ID that a ticket's mail answers and nobody has seen: its mail may still be on the way."""

    mail_id = models.TextField(unique=True)
    ticket = models.ForeignKey("store.Ticket", models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_index=True)
