"""What the desk asks of who signs in: a second step by role, how long a confirmation counts, which provider it trusts.

Read with the house (`settings.house`), so pages ask nobody; the provider, whose secret is sealed, is read when used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from deskwright.channels import identity
from deskwright.desk import audit
from deskwright.desk.access import RIGHTS
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings import house
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import Unreadable, seal, unseal
from deskwright.desk.staff import members
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Role, SignInPolicy

STEPS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second step; recovery codes alone do not."""
MINUTES: Final = range(1, 241)


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider; `server` is its address without `/.well-known/...`."""

    name: str
    server: str
    client_id: str
    secret: str
    vouches: bool = False
    """It has checked every address it names, though it does not say so of each."""


def needs_second_step(agent: Agent) -> bool:
    """Whether the agent's role asks for one. One statement at most, for a role of the desk's own."""
    if agent.custom_role is not None:
        return agent.custom_role.two_factor
    return agent.role in house.house().two_factor


def has_second_step(agent: Agent) -> bool:
    return Authenticator.objects.filter(user=agent, type__in=STEPS).exists()


def without_second_step() -> QuerySet[Agent]:
    """Everybody active who has none, by name."""
    held = Authenticator.objects.filter(user=OuterRef("pk"), type__in=STEPS)
    found = Agent.objects.filter(~Exists(held), is_active=True)
    return found.select_related("custom_role").order_by("name")


def forget_steps(actor: Agent | None, number: int, *, now: datetime) -> None:
    """Somebody lost what they sign in with: their second steps are gone, and they are signed out everywhere.

    Nobody does this to somebody with rights they lack. Raises Forbidden, NotFound.
    """
    require(actor, "people:manage")
    with deed() as sql:
        agent = Agent.objects.select_for_update().filter(pk=number).first()
        if agent is None:
            raise NotFound(_("There is nobody like that at this desk."))
        members.refuse_above(actor, agent)
        Authenticator.objects.filter(user=agent).delete()
        for session in UserSession.objects.filter(user=agent):
            session.end()
        saved(sql, actor, "agent.steps_forgotten", agent.email, now=now, kind=audit.SIGN_IN)


def ask(actor: Agent | None, two_factor: Iterable[str], confirm_minutes: int, *, now: datetime) -> None:
    """Which built-in roles need a second step, and for how many minutes a confirmation counts. Raises as `change`."""
    if set(two_factor) - dict(Agent.ROLES).keys():
        raise Invalid(_("There is no such role."), {"two_factor": _("There is no such role.")})
    if confirm_minutes not in MINUTES:
        says = _("Between 1 and 240 minutes.")
        raise Invalid(says, {"confirm_minutes": says})
    require(actor, "settings:manage")
    change(actor, {"two_factor": sorted(two_factor), "confirm_minutes": confirm_minutes}, now=now)


def trust(actor: Agent | None, provider: Provider | None, *, now: datetime) -> None:
    """Enter the provider people sign in at, or with None trust none. Raises Forbidden, Invalid.

    Who names the provider says who everybody is: it takes every right there is.
    """
    require_everything(actor)
    if provider is not None:
        check(provider)
    held = seal(json.dumps(asdict(provider))) if provider else ""
    change(actor, {"provider": held}, now=now, told=lambda row: said(opened(row.provider)))


def admit(actor: Agent | None, newcomers: str, claim: str, groups: Mapping[str, str], *, now: datetime) -> None:
    """What becomes of people only the provider knows, and which of its groups means which role. Raises as `trust`."""
    require_everything(actor)
    known = roles()
    if newcomers and newcomers not in known:
        raise Invalid(_("There is no such role."), {"newcomers": _("There is no such role.")})
    for role in groups.values():
        if role not in known:
            says = _("There is no role “%(role)s”.") % {"role": role}
            raise Invalid(says, {"groups": says})
    change(actor, {"newcomers": newcomers, "claim": claim or "groups", "groups": dict(groups)}, now=now)


def require_everything(actor: Agent | None) -> None:
    """Raises Forbidden for who lacks some right."""
    for right in RIGHTS:
        require(actor, right)


def roles() -> dict[str, str]:
    """Every role by its key: the built-in ones and the desk's own."""
    return {**{key: str(name) for key, name in Agent.ROLES}, **dict(Role.objects.values_list("key", "name"))}


def check(provider: Provider) -> None:
    """Raises Invalid for what cannot be a provider, and for one that is not reached by TLS."""
    address = urlsplit(provider.server)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise Invalid(_("An address begins with https://."), {"server": _("An address begins with https://.")})
    if address.scheme == "http" and address.hostname not in identity.LOOPBACK:
        says = _("A provider is asked by https only: who could change its answers could be anybody.")
        raise Invalid(says, {"server": says})


def change(
    actor: Agent | None, values: Mapping[str, Any], *, now: datetime, told: Callable[[SignInPolicy], Any] | None = None
) -> None:
    """Write columns of the one row. `told` says what of it the audit log may hold; without it, the columns."""
    told = told or (lambda row: {name: getattr(row, name) for name in values})
    with deed() as sql:
        row = locked()
        before = told(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
        saved(sql, actor, "sign_in.changed", "", now=now, before=before, after=told(row))
    house.forget()


def locked() -> SignInPolicy:
    """The one row, which nobody else changes until the deed around this is done."""
    row = SignInPolicy.objects.get_or_create(pk=1)[0]
    return SignInPolicy.objects.select_for_update().get(pk=row.pk)


def said(provider: Provider | None) -> dict[str, str]:
    """What the audit log may hold of a provider: everything but its secret, and that there is one."""
    return asdict(provider) if provider else {}


def provider() -> Provider | None:
    """The provider people sign in at: the environment's, else the one that was entered. None: there is none."""
    env = settings.ENV
    if env.oidc_server:
        return Provider(env.oidc_name, env.oidc_server, env.oidc_client_id, env.oidc_client_secret)
    return opened(SignInPolicy.objects.filter(pk=1).values_list("provider", flat=True).first() or "")


def opened(sealed: str) -> Provider | None:
    """None too for one that was sealed with another key: it must be entered again."""
    try:
        return Provider(**json.loads(unseal(sealed))) if sealed else None
    except Unreadable:
        return None


def known() -> SignInPolicy:
    """The policy as it stands; a fresh one where nothing was ever chosen."""
    return SignInPolicy.objects.filter(pk=1).first() or SignInPolicy()
