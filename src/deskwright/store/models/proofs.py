"""Addresses and numbers that customers say are theirs, until a link or a code proves it. Kept as hashes only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from deskwright.store.models.people import Customer


class AddressProof(models.Model):
    """A link to an address; following it while signed in as `customer` joins the address to them."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="proofs")
    value = models.CharField(max_length=320)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class NumberProof(models.Model):
    """A code that was sent to a number; typing it while signed in as `customer` joins the number to them."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="number_proofs")
    value = models.CharField(max_length=32)
    """E.164"""
    code_hmac = models.CharField(max_length=64)
    tries = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], name="numberproof_one_open", condition=Q(used_at__isnull=True))
        ]
