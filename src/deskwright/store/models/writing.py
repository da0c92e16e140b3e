"""What agents are writing and have not sent yet. Written by `desk` only."""

from __future__ import annotations

from django.db import models

from deskwright.store.models.people import Agent
from deskwright.store.models.tickets import Ticket


class Draft(models.Model):
    """A text in the making: one for each agent, ticket and kind (reply | note)."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=8)
    text = models.TextField()
    returned = models.TextField(blank=True, db_default="")
    """Why a reply that was to leave came back as a draft; gone with the next change."""
    recipients = models.JSONField(null=True)
    """{"cc": [addresses], "bcc": [addresses]} as its agent left them; None: those the conversation proposes."""
    by = models.CharField(max_length=16, blank=True, db_default="")
    """The channel the reply was asked to leave by, before it came back."""
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "ticket", "kind"], name="draft_once")]


class HeldReply(models.Model):
    """A reply on its way out: it can be taken back until `leaves_at`, when due work `send_reply` sends it."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="held_replies")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="held_replies")
    text = models.TextField()
    status = models.CharField(max_length=24, blank=True, db_default="")
    """What the ticket becomes as the reply leaves; empty: as it is."""
    recipients = models.JSONField(null=True)
    kind = models.CharField(max_length=12, blank=True, db_default="")
    """What its readers can unsubscribe from; see `desk.outbox.unsubscribing`."""
    seen = models.BigIntegerField()
    """The newest message its agent had on screen; a later one of the customer keeps it from leaving."""
    counts_at = models.DateTimeField()
    """When the ticket was answered: the moment of sending, or the moment chosen for it to leave."""
    leaves_at = models.DateTimeField()
    template = models.JSONField(null=True)
    """The approved template it is written by, with what is filled in; None for free words."""
    by = models.CharField(max_length=16, blank=True, db_default="")
    """The channel its agent asked for; empty: as the customer prefers, or as the ticket goes on."""


class DraftFile(models.Model):
    """A file that goes with a draft, or with a held reply; it becomes an attachment as the message is written."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="draft_files")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="draft_files")
    kind = models.CharField(max_length=8)
    held = models.ForeignKey(HeldReply, models.SET_NULL, null=True, related_name="files")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.TextField()
    """What the text calls a picture by: `![name](cid:...)`."""
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index("agent", "ticket", "kind", name="draft_file_of"),
            models.Index("created_at", name="draft_file_age"),
            models.Index("sha256", name="draft_file_sha256"),
        ]
