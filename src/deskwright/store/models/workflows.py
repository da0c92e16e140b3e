"""Published versions of the workflow: immutable texts, one of them live."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from deskwright.store.models.people import Agent


class WorkflowVersion(models.Model):
    number = models.IntegerField(unique=True)
    name = models.CharField(max_length=200)
    text = models.TextField()
    content_hash = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    published_by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField()
    live = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["live"], condition=Q(live=True), name="one_live_workflow")]
