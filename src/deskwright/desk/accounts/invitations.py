"""Inviting people to the desk: a mail with a link by which they choose their password. Links expire and are revoked."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from deskwright.desk import audit
from deskwright.desk.accounts.post import post
from deskwright.desk.errors import Conflict, NotFound
from deskwright.desk.settings.house import house
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import digest
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Invitation

LASTS: Final = timedelta(days=7)


def invite(actor: Agent | None, number: int, *, now: datetime) -> None:
    """Mail the person a link, also once more; earlier links stop working. Raises Forbidden, NotFound, Conflict."""
    require(actor, "people:manage")
    with deed() as sql:
        agent = Agent.objects.select_for_update().filter(pk=number).first()
        if agent is None:
            raise NotFound(_("There is nobody like that at this desk."))
        if not agent.is_active:
            raise Conflict(_("They have left the desk. Bring them back first."))
        token = secrets.token_urlsafe(24)
        known = {"token_sha256": digest(token), "sent_at": now, "expires_at": now + LASTS, "revoked_at": None}
        Invitation.objects.update_or_create(agent=agent, defaults={**known, "accepted_at": None})
        post(agent.email, _("You are invited to %(desk)s") % {"desk": house().name}, letter(agent, token), now=now)
        saved(sql, actor, "invitation.sent", agent.email, now=now)


def letter(agent: Agent, token: str) -> str:
    greeting = _("Hello %(name)s,") % {"name": agent.name}
    says = _("you have been invited to work at %(desk)s. Follow this link to choose your password:")
    ends = _("The link works for seven days, once.")
    says = says % {"desk": house().name}
    return f"{greeting}\n\n{says}\n\n{settings.PUBLIC_URL}/welcome/{token}/\n\n{ends}"


def revoke(actor: Agent | None, number: int, *, now: datetime) -> None:
    """The link that was sent works no more. Raises Forbidden, NotFound."""
    require(actor, "people:manage")
    with deed() as sql:
        found = Invitation.objects.select_related("agent").filter(agent=number, accepted_at=None, revoked_at=None)
        open_one = found.select_for_update(of=("self",)).first()
        if open_one is None:
            raise NotFound(_("There is no open invitation."))
        Invitation.objects.filter(pk=open_one.pk).update(revoked_at=now)
        saved(sql, actor, "invitation.revoked", open_one.agent.email, now=now)


def invited(token: str, now: datetime) -> Agent:
    """Whom the link is for. Raises NotFound for one that was used, revoked, has expired or never was."""
    row = Invitation.objects.select_related("agent").filter(token_sha256=digest(token)).first()
    if row is None or row.accepted_at or row.revoked_at or row.expires_at <= now or not row.agent.is_active:
        raise NotFound(_("This invitation works no more. Ask for another one."))
    return row.agent


def accept(token: str, password: str, *, now: datetime) -> Agent:
    """Keep the password, once. Raises as `invited`."""
    with deed() as sql:
        sql.execute("SELECT 1 FROM store_invitation WHERE token_sha256 = %s FOR UPDATE", [digest(token)])
        agent = invited(token, now)
        Invitation.objects.filter(agent=agent).update(accepted_at=now)
        Agent.objects.filter(pk=agent.pk).update(password=make_password(password))
        agent.refresh_from_db()
        saved(sql, agent, "invitation.accepted", agent.email, now=now, kind=audit.SIGN_IN)
        return agent
