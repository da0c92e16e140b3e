"""Saved views: lists of tickets that people named, and the claims of those who take the next one. Written by `desk`."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from deskwright.store.models.people import Agent, Team
from deskwright.store.models.tickets import Ticket


class SavedView(models.Model):
    """A condition with a name. Seen by its owner; by a team, if it has one; by everybody, if it says so."""

    name = models.CharField(max_length=80)
    icon = models.CharField(max_length=40, default="layers")
    condition = models.TextField()
    sort = models.CharField(max_length=16, default="due")
    columns = ArrayField(models.CharField(max_length=16), default=list)
    owner = models.ForeignKey(Agent, models.CASCADE, related_name="views")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="views")
    everybody = models.BooleanField(default=False)
    place = models.IntegerField(default=0)
    """Its order in the rail, rising."""
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    """Kept for a while, so that a deletion can be taken back."""

    class Meta:
        indexes = [models.Index("owner", "place", name="view_of_owner", condition=Q(deleted_at__isnull=True))]

    def __str__(self) -> str:
        return self.name


class TicketClaim(models.Model):
    """A ticket that was served to an agent as their next one, and until when nobody else gets it."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="claim")
    agent = models.OneToOneField(Agent, models.CASCADE, related_name="claim")
    until = models.DateTimeField()


class TicketSkip(models.Model):
    """A served ticket that an agent passed over, and why. It counts until the ticket changes or `until`."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="skips")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="skips")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "ticket"], name="skip_once")]
