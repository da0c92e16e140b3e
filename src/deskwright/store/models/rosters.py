"""Shift plans that were asked for, each with what came out. They change nobody's shift: those stand in the workflow."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from deskwright.store.models.people import Agent


class ShiftPlan(models.Model):
    """One plan. `state`: waiting | done | failed."""

    asked_by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    rules = models.JSONField(default=dict)
    assumed = models.JSONField(default=dict)
    """What was assumed about the need."""
    state = models.CharField(max_length=12, default="waiting")
    attempts = models.SmallIntegerField(default=0)
    result = models.JSONField(null=True)
    fault = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index("id", name="shift_plan_due", condition=Q(state="waiting")),
            models.Index(F("asked_at").desc(), name="shift_plan_latest"),
        ]
