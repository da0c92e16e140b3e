"""Prepared answers with what they do, and what is done on a ticket beside writing: items ticked off, time spent."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from deskwright.store.models.people import Agent, Team
from deskwright.store.models.tickets import Ticket


class Macro(models.Model):
    """Texts in several languages and actions. `owner`: only theirs; `team`: only its agents'; neither: everybody's."""

    name = models.CharField(max_length=120)
    folder = models.CharField(max_length=80, blank=True)
    texts = models.JSONField(default=dict)
    """language -> Markdown with variables; "" is for every other language."""
    note = models.TextField(blank=True)
    actions = models.JSONField(default=dict)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="macros")
    owner = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="macros")
    used = models.IntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["folder", "name", "id"]

    def __str__(self) -> str:
        return self.name


class ChecklistItem(models.Model):
    """One thing to do on a ticket, ticked off by somebody."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="checklist")
    place = models.IntegerField()
    text = models.CharField(max_length=300)
    done_by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["place", "id"]
        indexes = [models.Index("ticket", "place", "id", name="checklist_ticket")]


class TimeEntry(models.Model):
    """Time an agent spent on a ticket. Without `ended_at` the timer runs; the events keep what a correction changed."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="time_entries")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="time_entries")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    minutes = models.IntegerField(default=0)
    billable = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)
    corrected_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent"], name="one_timer_runs", condition=Q(ended_at__isnull=True))
        ]
        indexes = [
            models.Index("ticket", "id", name="time_ticket"),
            models.Index("agent", F("started_at").desc(), name="time_agent"),
        ]
