"""Where alerts come from, and the troubles they tell of: one row for each key, with the ticket it is worked on in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from deskwright.store.models.tickets import Ticket


class AlertSource(models.Model):
    """Somebody who may post alerts. Secrets are sealed; the previous one is good too until `previous_until`."""

    FORMS = [("plain", _("Plain JSON")), ("alertmanager", "Alertmanager")]

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=40, unique=True)
    """Its part of the address; no secret."""
    form = models.CharField(max_length=16, choices=FORMS, default="plain")
    by = ArrayField(models.CharField(max_length=80), default=list)
    """Labels that say which alerts are the same trouble; none: the sender's own key."""
    grouped = models.CharField(max_length=8, default="group")
    solves = models.BooleanField(default=True)
    """Whether the ticket is solved when the trouble ends."""
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)
    received_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refused_because = models.TextField(blank=True)
    created_at = models.DateTimeField()


class Alert(models.Model):
    """One trouble of a source. `count` is of the episode that its ticket is about."""

    source = models.ForeignKey(AlertSource, models.CASCADE, related_name="alerts")
    key = models.CharField(max_length=500)
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="alerts")
    title = models.TextField(blank=True)
    severity = models.CharField(max_length=80, blank=True)
    firing = models.BooleanField(default=False)
    count = models.BigIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="alert_once")]
        indexes = [models.Index("source", F("last_at").desc(nulls_last=True), name="alert_latest")]
