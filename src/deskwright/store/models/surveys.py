"""Surveys: one row for each time a ticket was solved. Written by `desk` only."""

from __future__ import annotations

from django.db import models

from deskwright.store.models.tickets import Ticket


class Survey(models.Model):
    """A question to the customer. `state`: planned | sent | answered | cancelled | skipped."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="surveys")
    name = models.CharField(max_length=80)
    cycle = models.IntegerField()
    """How often the ticket had been reopened when it was solved."""
    state = models.CharField(max_length=12)
    reason = models.TextField(db_default="")
    """Why it was cancelled or skipped."""
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    csat = models.SmallIntegerField(null=True)
    comment = models.TextField(db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "cycle"], name="survey_once")]
