"""What an installation says of itself: name and looks, how mail leaves, the words of its letters, signs of life."""

from __future__ import annotations

from django.db import models

from deskwright.store.models.people import Team


class DeskSettings(models.Model):
    """One row. Empty values mean: as the environment or the programme has it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=80, blank=True)
    accent = models.CharField(max_length=7, blank=True)
    """`#rrggbb`; light and dark shades are made from it."""
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=40, blank=True)
    portal_title = models.CharField(max_length=120, blank=True)
    portal_about = models.TextField(blank=True)
    mail_from = models.EmailField(max_length=254, blank=True)
    signature = models.TextField(blank=True)
    signatures = models.JSONField(default=dict, db_default={})
    """Those of single languages: code -> Markdown. See `desk.answering.signatures`."""
    quoting = models.CharField(max_length=8, default="none", db_default="none")
    """What replies quote of the conversation: none | last | whole."""
    embed_origins = models.JSONField(default=list, db_default=[])
    """Sites that may show the customers' form in a frame."""
    setup = models.JSONField(default=dict)
    """Steps of the first run: name -> done | skipped."""
    set_up_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=0)
    """Moves with every change, so that each process knows when to read it anew."""


class Brand(models.Model):
    """How the help centre shows itself under another host name. Empty values mean: as the desk has it."""

    host = models.CharField(max_length=253, unique=True)
    name = models.CharField(max_length=80)
    accent = models.CharField(max_length=7, blank=True)
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=40, blank=True)
    portal_title = models.CharField(max_length=120, blank=True)
    portal_about = models.TextField(blank=True)
    tag = models.CharField(max_length=60, blank=True)
    """What questions asked there are tagged with."""
    address = models.EmailField(max_length=254, blank=True, db_default="")
    """Mails on its tickets come from it."""
    sender_name = models.CharField(max_length=80, blank=True, db_default="")
    """Whom they are from; empty: the brand's name."""
    signature = models.TextField(blank=True, db_default="")
    signatures = models.JSONField(default=dict, db_default={})


class Sender(models.Model):
    """How a team's mails are signed, and the address they come from."""

    team = models.OneToOneField(Team, models.CASCADE, related_name="sender")
    address = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=80, blank=True)
    signature = models.TextField(blank=True)
    signatures = models.JSONField(default=dict, db_default={})


class LetterTemplate(models.Model):
    """The desk's own words for one letter in one language; without a row the programme's words are used."""

    kind = models.CharField(max_length=24)
    language = models.CharField(max_length=12)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="letter_once")]


class MailServer(models.Model):
    """How mail leaves, and how fast. One row."""

    secret = models.TextField(blank=True)
    """Sealed: host, port, tls, user, password. Empty: as the environment says."""
    per_minute = models.IntegerField(default=0)
    """Mails that leave by it in a minute at most; 0: as many as it takes."""
    at_once = models.SmallIntegerField(default=0)
    """Connections at once at most; 0: as many as there are workers."""
    to_domain = models.IntegerField(default=60)
    """Mails a minute with which a domain that receives mail is begun; 0: nothing is held up."""


class DkimKey(models.Model):
    """A key that signs mails of a domain. `state`: prepared | signing (one of a domain) | resting."""

    domain = models.CharField(max_length=253)
    """In punycode, lower case."""
    selector = models.CharField(max_length=63)
    private = models.TextField()
    """Sealed; PEM."""
    public = models.TextField()
    """As the published record has it."""
    state = models.CharField(max_length=10, default="prepared")
    created_at = models.DateTimeField()
    signing_since = models.DateTimeField(null=True)
    rested_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["domain", "selector"], name="dkim_selector_once"),
            models.UniqueConstraint(fields=["domain"], condition=models.Q(state="signing"), name="dkim_signs_once"),
        ]


class Heartbeat(models.Model):
    """When a process of this name and place last said that it is there."""

    name = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()
