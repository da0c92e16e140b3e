"""What was done to the installation and who looked at what. Append-only: a trigger refuses every change of a row."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One deed, one look at data, or one sign-in. The actor is kept by name too: the entry outlives the account."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=8, default="change", db_default="change")
    """change | access | sign_in: each kind is kept as long as the installation says."""
    actor = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=254)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=254, blank=True)
    thing = models.CharField(max_length=40, blank=True, db_default="")
    """What was looked at, as `ticket:17`; empty where it is nothing with a number."""
    changes = models.JSONField(default=dict)
    """name -> [before, after]; secrets are masked."""
    door = models.CharField(max_length=12)
    """web | api | cli | work | portal"""
    address = models.CharField(max_length=45, blank=True)
    token = models.CharField(max_length=120, blank=True, db_default="")
    """The name of the API token it was done with."""
    sitting = models.UUIDField(null=True)
    """Same person, deed, thing and quarter of an hour: noted once."""

    class Meta:
        indexes = [
            models.Index("at", "id", name="audit_by_time"),
            models.Index("kind", "at", "id", name="audit_by_kind"),
            models.Index("actor", "at", name="audit_by_actor"),
            models.Index("action", "at", name="audit_by_action"),
            models.Index("thing", "at", name="audit_by_thing", condition=~models.Q(thing="")),
        ]
        constraints = [
            models.UniqueConstraint("sitting", name="audit_once_a_sitting", condition=models.Q(sitting__isnull=False))
        ]
