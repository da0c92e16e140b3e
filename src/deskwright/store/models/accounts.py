"""Ways into the desk: tries that were counted, invitations, customers' links. Tokens are kept as hashes only."""

from __future__ import annotations

from django.db import models

from deskwright.store.models.people import Agent, Customer


class Attempt(models.Model):
    """One try at something that is limited. `who` is a hash."""

    kind = models.CharField(max_length=24)
    who = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("kind", "who", "at", name="attempt_counted"),
            models.Index("at", name="attempt_forgotten"),
        ]


class Invitation(models.Model):
    """The link by which an agent chooses a first password; the latest one counts."""

    agent = models.OneToOneField(Agent, models.CASCADE, related_name="invitation")
    token_sha256 = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SignInPolicy(models.Model):
    """One row: what the desk asks of who signs in, and the identity provider it trusts."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    two_factor = models.JSONField(default=list)
    """Built-in roles that need a second step; the desk's own roles carry theirs."""
    confirm_minutes = models.PositiveSmallIntegerField(default=10)
    """How long a confirmation counts before what matters asks again who it is."""
    provider = models.TextField(blank=True)
    """Sealed: name, server, client_id, secret. Empty: none is entered."""
    saml = models.TextField(blank=True, db_default="")
    """JSON of the SAML provider: what its metadata say, and names of attributes; nothing secret. Empty: none."""
    newcomers = models.CharField(max_length=40, blank=True)
    """The role of people the provider knows and the desk does not; empty: they are refused."""
    claim = models.CharField(max_length=80, default="groups")
    groups = models.JSONField(default=dict)
    """group at the provider -> role here; the first that fits counts, at every signing in."""


class MagicLink(models.Model):
    """A link by which a customer signs in, once."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
