"""Keys to the API: made, shown once, revoked. Only a hash is kept."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from deskwright.desk.access import ALL, RIGHTS
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings import roles
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import digest
from deskwright.desk.staff import members
from deskwright.store.connection import deed
from deskwright.store.models import Agent, ApiToken

LONGEST: Final = timedelta(days=365)
"""How long a token of one's own lasts."""
SCOPES: Final[Mapping[str, str]] = {
    "tickets:read": gettext_noop("Read tickets, messages and events"),
    "tickets:write": gettext_noop("Open tickets, write to them and change them"),
    "people:read": gettext_noop("Read agents, teams and one's own notices"),
    "people:write": gettext_noop("Switch oneself on and off"),
    "people:manage": gettext_noop("Take on, change and retire people; skills and absences"),
    "roles:manage": gettext_noop("Make roles and give them"),
    "teams:manage": gettext_noop("Found, change and dissolve teams"),
    "tokens:manage": gettext_noop("Make and revoke tokens, within what it may itself"),
    "macros:write": gettext_noop("Write, change and put away macros"),
    "tags:manage": gettext_noop("Rename, merge and delete tags"),
    "templates:manage": gettext_noop("Write the desk's letters"),
    "branding:manage": gettext_noop("Change name and looks, brands of the help centre"),
    "mail:manage": gettext_noop("Change how mail arrives and leaves"),
    "channels:manage": gettext_noop("Connect phone numbers, messages and alerts"),
    "settings:manage": gettext_noop("Change chat widgets and how people sign in"),
    "doctor:see": gettext_noop("See what is wrong with the installation"),
    "customers:read": gettext_noop("Read customers and organisations"),
    "customers:write": gettext_noop("Change and merge customers and organisations"),
    "organisations:write": gettext_noop("Tell facts about organisations"),
    "knowledge:read": gettext_noop("Read articles"),
    "knowledge:write": gettext_noop("Write and publish articles"),
    "outbox:manage": gettext_noop("See how mails went, send again, keep the addresses nothing is sent to"),
    "webhooks:manage": gettext_noop("Set up webhooks and see what they were sent"),
    "audit:read": gettext_noop("Read the audit log"),
    "workflow:read": gettext_noop("Read the workflow and its versions"),
    "workflow:write": gettext_noop("Publish workflows and roll back"),
}
PREFIX: Final = "dw_"


def issue(
    actor: Agent | None,
    name: str,
    scopes: Collection[str],
    *,
    now: datetime,
    agent: Agent | None = None,
    expires_at: datetime | None = None,
) -> str:
    """A new token; the returned text is not kept. Raises Forbidden, also for one that may more than the actor, and
    Invalid for scopes nobody defined, or none.
    """
    require(actor, "tokens:manage")
    refuse_above(actor, agent)
    return make(actor, name, scopes, now=now, agent=agent, expires_at=expires_at)


def issue_own(actor: Agent, name: str, scopes: Collection[str], *, now: datetime, expires_at: datetime) -> str:
    """A token that acts for the agent themselves, within their rights; it ends within a year. Raises Invalid as
    `issue`.
    """
    if expires_at > now + LONGEST:
        raise Invalid(_("A token of one’s own ends within a year."), {"expires_at": "too late"})
    return make(actor, name, scopes, now=now, agent=actor, expires_at=expires_at)


def make(
    actor: Agent | None,
    name: str,
    scopes: Collection[str],
    *,
    now: datetime,
    agent: Agent | None,
    expires_at: datetime | None,
) -> str:
    if not scopes or set(scopes) - set(SCOPES):
        raise Invalid(_("Choose what the token may do."), {"scopes": _("Choose at least one.")})
    if expires_at is not None and expires_at <= now:
        raise Invalid(_("That has passed."), {"expires_at": _("This has passed.")})
    token = PREFIX + secrets.token_urlsafe(24)
    with deed() as sql:
        ApiToken.objects.create(
            name=name,
            token_sha256=digest(token),
            scopes=sorted(scopes),
            agent=agent,
            created_at=now,
            expires_at=expires_at,
        )
        told = {"scopes": sorted(scopes), "agent": agent.email if agent else "", "expires_at": expires_at}
        saved(sql, actor, "token.issued", name, now=now, after=told)
    return token


def refuse_above(actor: Agent | None, agent: Agent | None) -> None:
    """Nobody makes a token that may more than they. One that acts for nobody may whatever its scopes allow."""
    if agent is not None:
        members.refuse_above(actor, agent)
    else:
        roles.refuse_lending(actor, dict.fromkeys(RIGHTS, ALL))


def revoke_own(actor: Agent, number: int, *, now: datetime) -> None:
    """Raises NotFound for a token that is not one's own."""
    end(ApiToken.objects.filter(agent=actor), actor, number, now)


def revoke(actor: Agent | None, number: int, *, now: datetime) -> None:
    """It works no more, within seconds everywhere. Raises Forbidden, NotFound."""
    require(actor, "tokens:manage")
    end(ApiToken.objects.all(), actor, number, now)


def end(tokens: QuerySet[ApiToken], actor: Agent | None, number: int, now: datetime) -> None:
    with deed() as sql:
        token = tokens.select_for_update().filter(pk=number, revoked_at=None).first()
        if token is None:
            raise NotFound(_("There is no such token."))
        ApiToken.objects.filter(pk=number).update(revoked_at=now)
        saved(sql, actor, "token.revoked", token.name, now=now)
