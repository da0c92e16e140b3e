"""Keys to the API. Only a hash is kept; the token is shown once."""

from __future__ import annotations

from django.db import models

from deskwright.store.models.people import Agent


class ApiToken(models.Model):
    name = models.CharField(max_length=120)
    token_sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="tokens")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    """To the minute."""
    revoked_at = models.DateTimeField(null=True, blank=True)
