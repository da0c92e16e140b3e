"""Mailboxes the desk fetches from, and which of their mails it has taken in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from deskwright.store.models.intake import RawInput
from deskwright.store.models.settings import Brand


class Mailbox(models.Model):
    """One folder of one account on an IMAP server, with the cursor in it.

    `auth`: password | google | microsoft | oauth2. `after`, once a mail is kept: nothing | seen | flag | move.
    """

    name = models.CharField(max_length=80)
    address = models.EmailField(max_length=254)
    """Mail to it reaches this mailbox: it is the desk's own."""
    host = models.CharField(max_length=253)
    port = models.IntegerField(default=993)
    tls = models.CharField(max_length=10, default="tls")
    """tls | starttls | off"""
    user = models.CharField(max_length=254)
    auth = models.CharField(max_length=12, default="password")
    secret = models.TextField(blank=True)
    """Sealed JSON: a password, or client, client secret, refresh token and token address."""
    folder = models.CharField(max_length=200, default="INBOX")
    after = models.CharField(max_length=10, default="nothing")
    move_to = models.CharField(max_length=200, blank=True)
    begins_at = models.DateTimeField(null=True)
    """Mail that reached the server before is left alone; null: everything is taken in."""
    brand = models.ForeignKey(Brand, models.SET_NULL, null=True, related_name="+")
    """Of the tickets that come in by it."""
    queue = models.CharField(max_length=80, blank=True, db_default="")
    """Where its tickets begin; empty: as the workflow says."""
    plus = models.BooleanField(default=False, db_default=False)
    """Whether the server delivers mail to support+anything@ as well: answers come back by signed addresses then."""
    reply_to = models.BooleanField(default=False, db_default=False)
    """Whether the requester is who stands in Reply-To: for mail that forms and marketplaces send for somebody."""
    active = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    """Grows with every change of the settings, so that who fetches begins anew."""
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    """The cursor: mails up to it were looked at under this UIDVALIDITY."""
    looked_at = models.DateTimeField(null=True)
    """When the server last answered (UTC)."""
    error = models.TextField(blank=True)
    failing_since = models.DateTimeField(null=True)
    missing = models.IntegerField(default=0)
    """Mails on the server that were never taken in, by the last audit."""
    audited_at = models.DateTimeField(null=True)
    fetch_missing = models.BooleanField(default=False)
    """Somebody asked for what is missing."""
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "user", "folder"], name="mailbox_once")]


class MailboxMail(models.Model):
    """One mail of a mailbox by its number there; `raw` is null while it could not be fetched (`error` says why)."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="mails")
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    raw = models.ForeignKey(RawInput, models.SET_NULL, null=True, related_name="+")
    message_id = models.CharField(max_length=500, blank=True)
    size = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "uid_validity", "uid"], name="mailbox_mail_once")]
        indexes = [
            models.Index("mailbox", "message_id", name="mailbox_mail_id", condition=~Q(message_id="")),
        ]


class MailDoor(models.Model):
    """An address by which a provider hands in mail over HTTP. The secret in the address and the key are sealed."""

    provider = models.CharField(max_length=20, unique=True)
    secret = models.TextField()
    key = models.TextField(blank=True)
    """What the provider signs with, where it signs."""
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
