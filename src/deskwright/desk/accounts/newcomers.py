"""Who comes from the identity provider: taken on where the desk says so, and given the role their groups mean.

That the provider tells the truth was checked before; nothing is given beyond what the mapping says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from deskwright.desk.accounts import policy
from deskwright.desk.errors import Conflict
from deskwright.desk.settings.saving import saved
from deskwright.desk.staff import members, people
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Role, SignInPolicy


def groups_of(claims: Mapping[str, Any], claim: str) -> list[str]:
    """The groups the provider names: a list, or one word."""
    held = claims.get(claim) or []
    return [held] if isinstance(held, str) else [one for one in held if isinstance(one, str)]


def role_by(known: SignInPolicy, groups: Collection[str]) -> str:
    """The role of the first group of the mapping that they are in; empty for none."""
    return next((role for group, role in known.groups.items() if group in groups), "")


def take_on(email: str, name: str, groups: Collection[str], *, now: datetime) -> Agent | None:
    """Somebody the provider knows and the desk does not, with their role; None where the desk refuses them."""
    known = policy.known()
    role = role_by(known, groups) or known.newcomers
    if not known.newcomers or not role:
        return None
    with deed() as sql:
        agent = people.add_agent(name or email.split("@")[0], email, role="light")
        give(agent, role)
        saved(sql, None, "agent.provisioned", agent.email, now=now, after={"role": role}, people=True)
        return agent


def follow_groups(agent: Agent, groups: Collection[str], *, now: datetime) -> None:
    """Give an agent the role their groups mean today. Nothing changes where none means one; the last admin is kept."""
    role = role_by(policy.known(), groups)
    held = agent.custom_role.key if agent.custom_role else agent.role
    if not role or role == held:
        return
    with deed() as sql:
        agent = Agent.objects.select_for_update().get(pk=agent.pk)
        try:
            members.keep_an_admin(agent)
        except Conflict:
            return
        give(agent, role)
        before, after = {"role": held}, {"role": role}
        saved(sql, None, "agent.role_given", agent.email, now=now, people=True, before=before, after=after)


def give(agent: Agent, key: str) -> None:
    own = Role.objects.filter(key=key).first()
    agent.custom_role, agent.role = own, own.base if own else key
    agent.save(update_fields=["custom_role", "role"])
