"""Agents and their teams, skills and loads; customers, their addresses and organisations."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


class Team(models.Model):
    key = models.SlugField(unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Agent(AbstractBaseUser):
    """Somebody who works at the desk and signs in."""

    ROLES = [("admin", "Admin"), ("lead", "Lead"), ("agent", "Agent"), ("light", "Light agent")]
    LEVELS = [("junior", "Junior"), ("regular", "Regular"), ("senior", "Senior")]

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=ROLES, default="agent")
    level = models.CharField(max_length=16, choices=LEVELS, default="regular")
    teams = models.ManyToManyField(Team, related_name="agents", blank=True)
    languages = models.JSONField(default=list, blank=True)
    available = models.BooleanField(default=True)
    away_since = models.DateTimeField(null=True, blank=True)
    away_until = models.DateTimeField(null=True, blank=True)
    shift = models.CharField(max_length=80, blank=True, help_text="Calendar of the workflow; empty: any time.")
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    signature = models.TextField(blank=True)
    theme = models.CharField(max_length=8, default="auto")
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

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="customers")
    tier = models.CharField(max_length=40, null=True, blank=True)
    language = models.CharField(max_length=12, null=True, blank=True)
    preferred_channel = models.CharField(max_length=16, null=True, blank=True)
    fields = models.JSONField(default=dict, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name or self.email


class Identity(models.Model):
    """An address by which a customer is known. Values are normalised: lower case, punycode domain, E.164."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=16, default="email")
    value = models.CharField(max_length=320)
    bounced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_once")]
