"""A tag renamed, merged into another or deleted over all tickets: what is to be done, and how far it has come."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from deskwright.store.models.people import Agent


class TagChange(models.Model):
    """One sweep over the tickets. An empty `becomes` takes the tag away."""

    tag = models.CharField(max_length=60)
    becomes = models.CharField(max_length=60, blank=True)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    swept_to = models.BigIntegerField(default=0)
    """The last ticket that was seen."""
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag"], condition=Q(finished_at__isnull=True), name="one_change_of_a_tag")
        ]
