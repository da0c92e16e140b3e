"""Agents and their teams, skills and loads; customers, their addresses and organisations."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Team(models.Model):
    key = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A desk's own role: rights with how far each reaches, and what it does not get to see."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    about = models.CharField(max_length=200, blank=True)
    base = models.CharField(max_length=16, default="agent")
    """The built-in role the workflow takes its holders for."""
    grants = models.JSONField(default=dict)
    """right -> `teams` | `all`."""
    hidden = models.JSONField(default=list)
    two_factor = models.BooleanField(default=False, db_default=False)
    """Whether its holders need a second step to sign in."""

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Agent(AbstractBaseUser):
    """Somebody who works at the desk and signs in."""

    ROLES = [("admin", _("Admin")), ("lead", _("Lead")), ("agent", _("Agent")), ("light", _("Light agent"))]
    LEVELS = [("junior", _("Junior")), ("regular", _("Regular")), ("senior", _("Senior"))]

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=ROLES, default="agent")
    """What the workflow calls them; their rights too, unless a custom role says otherwise."""
    custom_role = models.ForeignKey("Role", models.PROTECT, null=True, blank=True, related_name="agents")
    level = models.CharField(max_length=16, choices=LEVELS, default="regular")
    teams = models.ManyToManyField(Team, related_name="agents", blank=True)
    languages = models.JSONField(default=list, blank=True)
    available = models.BooleanField(default=True)
    takes_chats = models.BooleanField(default=True, db_default=True)
    chat_habits = models.JSONField(default=dict, blank=True, db_default={})
    """How the agent likes to chat: `enter` sends (true unless false), `sound` and `title` tell of what waits."""
    away_since = models.DateTimeField(null=True, blank=True)
    away_until = models.DateTimeField(null=True, blank=True)
    shift = models.CharField(max_length=80, blank=True, help_text="Calendar of the workflow; empty: any time.")
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    phone = models.CharField(max_length=120, blank=True, default="", db_default="")
    """Where calls of the desk ring for them: E.164, `client:name` or `sip:name@host`; empty: nowhere."""
    signature = models.TextField(blank=True)
    follows_mentions = models.BooleanField(default=True, db_default=True)
    """Whether being mentioned on a ticket makes them follow it."""
    theme = models.CharField(max_length=8, default="auto")
    interface_language = models.CharField(max_length=8, blank=True, default="", db_default="")
    """Of the pages; empty: as the browser asks."""
    time_zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    """Empty: the browser's."""
    shortcuts = models.BooleanField(default=True, db_default=True)
    """Whether single keys do things."""
    told_by = models.JSONField(default=dict, blank=True, db_default={})
    """kind of notice -> further ways it is told, of `mail` and `browser`; the page always keeps it."""
    lists = models.JSONField(default=dict, blank=True, db_default={})
    """How the agent likes ticket lists: `density`, and by view its `sort` and `columns`."""
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = BaseUserManager["Agent"]()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="agent_email_once")]

    def __str__(self) -> str:
        return self.name


class AgentSkill(models.Model):
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="skills")
    skill = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(default=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "skill"], name="skill_once_per_agent")]


class AgentLoad(models.Model):
    """What an agent carries now; moved by differences inside the transaction that assigns or solves."""

    agent = models.OneToOneField(Agent, models.CASCADE, primary_key=True, related_name="load")
    units = models.FloatField(default=0)
    tickets = models.IntegerField(default=0)
    turn = models.BigIntegerField(default=0)
    given = models.FloatField(default=0, db_default=0)
    """Everything given so far, in full loads; it only grows."""


class DeskState(models.Model):
    """One row: the desk's running counters. `people_version` moves when agents, teams or skills change."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    people_version = models.BigIntegerField(default=0)


class AgentRecord(models.Model):
    """What decisions knew of an agent from one people version on; without `facts` they were gone. Append-only."""

    agent = models.BigIntegerField()
    version = models.BigIntegerField()
    facts = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "version"], name="agent_record_once")]


class Organisation(models.Model):
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, unique=True, null=True, blank=True)
    tier = models.CharField(max_length=40, null=True, blank=True)
    vip = models.BooleanField(default=False)
    csm = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    account_manager = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    fields = models.JSONField(default=dict, blank=True)
    notes = models.TextField(blank=True)
    no_outreach = models.BooleanField(default=False, db_default=False)
    """They do not want to be asked how they are getting on."""
    checked_at = models.DateTimeField(null=True, blank=True)
    """When proactive support looked at them last; nothing since their facts changed."""
    visited_at = models.DateTimeField(null=True, blank=True)
    """When their last health check was opened."""
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    """The organisation that stands for this one since they were merged; its domain still leads there."""

    class Meta:
        indexes = [
            models.Index(Lower("name"), "id", name="organisation_by_name"),
            models.Index(
                F("checked_at").asc(nulls_first=True),
                "id",
                name="organisation_check",
                condition=models.Q(no_outreach=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="customers")
    tier = models.CharField(max_length=40, null=True, blank=True)
    language = models.CharField(max_length=12, null=True, blank=True)
    preferred_channel = models.CharField(max_length=16, null=True, blank=True)
    sees_organisation = models.BooleanField(default=False, db_default=False)
    """Whether the help centre shows them the questions of their whole organisation."""
    fields = models.JSONField(default=dict, blank=True)
    notes = models.TextField(blank=True)
    away_until = models.DateField(null=True)
    """What their latest out-of-office note says, in their own days."""
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    """The customer who stands for this one since they were merged."""

    class Meta:
        indexes = [models.Index(Lower("name"), "id", name="customer_by_name")]

    def __str__(self) -> str:
        return self.name or self.email


class Merge(models.Model):
    """Two customers or organisations that became one, with everything that moved: enough to take it back exactly."""

    of = models.CharField(max_length=16)
    """`customer` or `organisation`"""
    kept = models.BigIntegerField()
    gone = models.BigIntegerField()
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("of", "kept", name="merge_kept"), models.Index("of", "gone", name="merge_gone")]


class Identity(models.Model):
    """An address by which a customer is known. Values are normalised: lower case, punycode domain, E.164."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=16, default="email")
    value = models.CharField(max_length=320)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_once")]


class Absence(models.Model):
    """A time an agent will be away. `state`: planned | begun | over."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="absences")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, default="planned")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("begins_at")), name="absence_ends")
        ]
        indexes = [models.Index("begins_at", "id", name="absence_next", condition=models.Q(state="planned"))]
