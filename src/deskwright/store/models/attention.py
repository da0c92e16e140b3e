"""Who is to look at a ticket: agents named in a note, and those who follow it. Written by `desk` only."""

from __future__ import annotations

from django.db import models

from deskwright.store.models.people import Agent
from deskwright.store.models.tickets import Message, Ticket


class Mention(models.Model):
    """An agent named in a note with `@`, who sees the ticket."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="mentions")
    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="mentions")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "agent"], name="mention_once")]
        indexes = [models.Index("agent", "ticket", name="mention_of")]


class Follower(models.Model):
    """An agent who is told when somebody writes on the ticket."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="followers")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="followed")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "agent"], name="follower_once")]
