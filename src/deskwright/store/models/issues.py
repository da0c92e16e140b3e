"""Known issues: what customers read about a ticket that concerns many. Written by `desk` only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from deskwright.store.models.people import Agent
from deskwright.store.models.tickets import Ticket


class KnownIssue(models.Model):
    """A ticket shown on the status page, in words for customers; whether it is solved, the ticket says."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="known_issue")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    """Markdown."""
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    """Who wrote the latest words."""

    class Meta:
        indexes = [models.Index("published_at", name="issue_shown", condition=Q(withdrawn_at__isnull=True))]
