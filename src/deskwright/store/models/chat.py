"""Chat: the widgets on the desk's sites, and what is known of each conversation beside its ticket."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from deskwright.store.models.people import Agent
from deskwright.store.models.settings import Brand
from deskwright.store.models.tickets import Ticket


class Widget(models.Model):
    """A chat window on somebody's site. `key` is public and stands in the snippet; `secret` signs who a visitor is."""

    key = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=80)
    colour = models.CharField(max_length=7, blank=True)
    """`#rrggbb`; empty: the desk's accent."""
    origins = models.JSONField(default=list)
    """Sites it may stand on, as `https://shop.example`; `*` is any."""
    greetings = models.JSONField(default=dict)
    """Language -> the desk's own words; a language without them has the widget's."""
    hours = models.CharField(max_length=80, blank=True)
    """A calendar of the workflow; empty: always open."""
    asks = models.JSONField(default=list)
    """What is asked before the first message: `name`, `email`."""
    brand = models.ForeignKey(Brand, models.SET_NULL, null=True, related_name="+")
    """Of its conversations; none: that of the host its script comes from."""
    secret = models.TextField()
    """Sealed."""
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Chat(models.Model):
    """A live conversation: one for its ticket, at most one that is open for a visitor."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="chat")
    widget = models.ForeignKey(Widget, models.SET_NULL, null=True, related_name="chats")
    visitor = models.CharField(max_length=64)
    page = models.TextField(blank=True)
    """Where it was begun."""
    language = models.CharField(max_length=12, blank=True)
    """The widget's, as the visitor saw it."""
    started_at = models.DateTimeField()
    here_at = models.DateTimeField()
    """When the visitor's browser was last connected."""
    visitor_seen = models.BigIntegerField(default=0)
    """The newest message the visitor has had before their eyes."""
    agent_seen = models.BigIntegerField(default=0)
    """The same for the agents."""
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    by_mail_since = models.DateTimeField(null=True)
    """Since when answers go by mail: the visitor left."""
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=8, blank=True)
    """visitor | agent"""

    class Meta:
        constraints = [
            models.UniqueConstraint("widget", "visitor", name="chat_open_once", condition=Q(ended_at__isnull=True))
        ]
        indexes = [
            models.Index("visitor", "id", name="chat_visitor"),
            models.Index("started_at", name="chat_started"),
        ]
