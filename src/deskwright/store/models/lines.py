"""Phone numbers of the desk with who provides them, and the calls that were made over them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from deskwright.store.models.people import Agent, Customer
from deskwright.store.models.tickets import Ticket


class Line(models.Model):
    """One number of the desk. `credentials` are sealed JSON: what its provider needs."""

    PROVIDERS = [("twilio", "Twilio"), ("plain", _("Plain JSON"))]

    name = models.CharField(max_length=120)
    number = models.CharField(max_length=32)
    """E.164"""
    key = models.CharField(max_length=40, unique=True)
    """Its part of the addresses its provider posts to; no secret."""
    provider = models.CharField(max_length=16, choices=PROVIDERS, default="twilio")
    calls = models.BooleanField(default=True)
    sms = models.BooleanField(default=False)
    whatsapp = models.BooleanField(default=False)
    credentials = models.TextField()
    dial = models.CharField(max_length=500, blank=True)
    """Where a click on a number leads; {number}, {agent} and {ticket} are filled in. Empty: tel:"""
    flow = models.JSONField(default=dict, db_default={})
    """How a call is answered: greeting, hours, menu, whom it rings, voicemail. Empty: somebody else answers."""
    active = models.BooleanField(default=True)
    received_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    refused_because = models.TextField(blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class MessageTemplate(models.Model):
    """A message its provider has approved, for times when free words are not taken."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="templates")
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=16)
    text = models.TextField()
    """As it was approved, with {{1}} where something is filled in."""
    variables = models.JSONField(default=dict)
    """name in the text -> what it stands for, as agents read it"""
    reference = models.CharField(max_length=80, blank=True)
    """What the provider calls it; empty: its name."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "name", "language"], name="template_once")]


class Call(models.Model):
    """One call, however often and in whatever order its events came. `state`: ringing | answered | missed | ended."""

    line = models.ForeignKey(Line, models.SET_NULL, null=True, related_name="taken_calls")
    call_id = models.CharField(max_length=120)
    """The provider's name of it."""
    outgoing = models.BooleanField(default=False)
    number = models.CharField(max_length=40, blank=True)
    """The other side's, E.164 where it is one; empty: withheld."""
    name = models.CharField(max_length=200, blank=True)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="calls")
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="calls")
    phones = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    """The agents whose phones ring or rang; empty where nobody says: then it rings for all."""
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="calls")
    state = models.CharField(max_length=12, default="ringing")
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seconds = models.IntegerField(null=True)
    noted_at = models.DateTimeField(null=True)
    """When its wrap-up note was written, or put aside."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "call_id"], name="call_once")]
        indexes = [
            models.Index(F("rang_at").desc(), F("id").desc(), name="call_latest"),
            models.Index("ticket", name="call_ticket"),
            models.Index("rang_at", name="call_now", condition=Q(state__in=["ringing", "answered"])),
            models.Index("agent", "ended_at", name="call_to_note", condition=Q(state="ended", noted_at__isnull=True)),
        ]
