"""Event logs of other systems, kept to be simulated. They are not tickets of this desk and never become any."""

from __future__ import annotations

from django.db import models


class EventLog(models.Model):
    """One log under its name. `body` is its cases as compressed JSON; the lab reads it whole."""

    name = models.CharField(max_length=80, unique=True)
    cases = models.IntegerField()
    steps = models.IntegerField()
    people = models.IntegerField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    imported_at = models.DateTimeField()
    read_as = models.JSONField(default=dict)
    """{columns: {part: what the file calls it}, delimiter, times}; {} of one that was kept before this was noted."""
    uses = models.JSONField(default=list)
    """The latest simulations that ran it on: {at, demand, without, like}, the last one first."""
    body = models.BinaryField()
