"""What agents are writing and have not sent yet. Written by `desk` only."""

from __future__ import annotations

from django.db import models

from deskwright.store.models.people import Agent
from deskwright.store.models.tickets import Ticket


class Draft(models.Model):
    """A text in the making: one for each agent, ticket and kind (reply | note)."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=8)
    text = models.TextField()
    returned = models.TextField(blank=True, db_default="")
    """Why a reply that was to leave came back as a draft; gone with the next change."""
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "ticket", "kind"], name="draft_once")]


class HeldReply(models.Model):
    """A reply on its way out: it can be taken back until `leaves_at`, when due work `send_reply` sends it."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="held_replies")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="held_replies")
    text = models.TextField()
    solve = models.BooleanField(default=False)
    seen = models.BigIntegerField()
    """The newest message its agent had on screen; a later one of the customer keeps it from leaving."""
    counts_at = models.DateTimeField()
    """When the ticket was answered: the moment of sending, or the moment chosen for it to leave."""
    leaves_at = models.DateTimeField()
