"""Automations at run time: the switch and the sweep of each rule, and the log of what each run did."""

from __future__ import annotations

from django.db import models
from django.db.models import F

from deskwright.store.models.people import Agent
from deskwright.store.models.tickets import Ticket


class AutomationState(models.Model):
    """One rule by its name: switched on or off without publishing, and where a time-based one stands in its sweep."""

    name = models.TextField(unique=True)
    enabled = models.BooleanField(default=True, db_default=True)
    changed_by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """When a time-based rule goes over the open tickets next."""
    swept_to = models.BigIntegerField(default=0, db_default=0)
    """The last ticket a sweep under way has seen; 0 between sweeps."""


class ExperimentState(models.Model):
    """One experiment by its name, as far as somebody or a guard has touched it."""

    name = models.TextField(unique=True)
    stopped_at = models.DateTimeField(null=True)
    """It takes no more tickets since; None while it runs."""
    reason = models.TextField(blank=True, default="")
    changed_by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")


class AutomationRun(models.Model):
    """One run of one rule on one ticket. `outcomes` has a sentence for each action, `error` says why there are none."""

    rule = models.TextField()
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="automation_runs")
    at = models.DateTimeField()
    outcomes = models.JSONField(default=list)
    error = models.TextField(blank=True)
    workflow_version = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index("rule", F("at").desc(), name="automation_run_rule"),
            models.Index("ticket", "id", name="automation_run_ticket"),
        ]
