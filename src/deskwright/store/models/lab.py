"""What the lab keeps: drafts that were tried on the desk's own past, and what was recommended; each with its report."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from deskwright.store.models.people import Agent


class LabRun(models.Model):
    """Something a worker runs behind the page. `state`: waiting | running | done | failed | cancelled. It changes
    nothing else.
    """

    against = models.IntegerField(default=0)
    """The version that was live when it ran; 0 is the starter."""
    since = models.DateTimeField(null=True)
    """Only tickets opened since are counted; None counts all."""
    asked_by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="waiting")
    attempts = models.SmallIntegerField(default=0)
    progress = models.FloatField(default=0)
    """The share that is done, 0 to 1."""
    report = models.JSONField(null=True)
    fault = models.TextField(blank=True, default="")
    """Why it failed, in a sentence."""

    class Meta:
        abstract = True


class Trial(LabRun):
    """A draft tried on the past."""

    title = models.CharField(max_length=200)
    text = models.TextField()
    until = models.DateTimeField(null=True)
    """Only tickets opened before are counted; None counts all."""

    class Meta:
        indexes = [
            models.Index("id", name="trial_due", condition=Q(state__in=["waiting", "running"])),
            models.Index(F("asked_at").desc(), name="trial_latest"),
        ]


class Recommendation(LabRun):
    """What the history says of the live workflow, and which changes of it would keep more promises."""

    allowed = models.JSONField(default=list)
    """The kinds of change that may be tried; none: only the history is read."""
    runs = models.SmallIntegerField(default=8)
    """Simulated floors of each change: what the search may cost."""

    class Meta:
        indexes = [
            models.Index("id", name="recommendation_due", condition=Q(state__in=["waiting", "running"])),
            models.Index(F("asked_at").desc(), name="recommendation_latest"),
        ]
