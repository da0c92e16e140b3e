"""Organisations: found, made and changed. What other programs tell of them is in `desk.organisations`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk import access, workflows
from deskwright.desk.customers import reading
from deskwright.desk.customers.consequences import carry_organisation, find_anew, heard_by_tickets
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.fields.values import understood
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Customer, Organisation

READERS: Final[Mapping[str, reading.Reader]] = {
    "name": reading.text(200, needed=True),
    "domain": reading.domain,
    "tier": reading.tier,
    "vip": bool,
    "outreach": bool,
    "csm": lambda value: value or None,
    "account_manager": lambda value: value or None,
    "notes": reading.text(reading.LONGEST_NOTE),
}
COLUMNS: Final = {"csm": "csm_id", "account_manager": "account_manager_id"}
WORTH: Final = frozenset({"tier", "vip", "csm_id", "account_manager_id", "no_outreach"})


def organisation_for(actor: Agent | None, number: int, right: str = "customers:see") -> Organisation:
    """The organisation; one that was merged is found as the one it went into. Raises NotFound, Forbidden."""
    require(actor, right)
    everything = Organisation.objects.select_related("csm", "account_manager", "merged_into")
    found = everything.filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such organisation."))
    return everything.get(pk=found.merged_into_id) if found.merged_into_id else found


def create(actor: Agent | None, given: Mapping[str, Any], *, now: datetime) -> int:
    """A new organisation; people of its domain who belong to none are its people from now on. Returns the id.

    Raises Forbidden, and Invalid, also for a domain that another has.
    """
    require(actor, "customers:change")
    with deed() as sql:
        values = checked(actor, {"name": "", **given}, Organisation())
        made = Organisation.objects.create(**values)
        gather(sql, actor, made, now)
        saved(sql, actor, "organisation.created", made.name, now=now, after={"id": made.pk})
    return int(made.pk)


def change(actor: Agent | None, number: int, given: Mapping[str, Any], *, now: datetime) -> dict[str, list[Any]]:
    """Change what is known of an organisation; what is not named stays. Returns what moved: name -> [before, after].

    Live tickets of its people hear of another tier, or that they are very important now. Raises as `create`, NotFound.
    """
    number = int(organisation_for(actor, number, "customers:change").pk)
    with deed() as sql:
        held = Organisation.objects.select_for_update().get(pk=number)
        values = checked(actor, given, held)
        before = {name: getattr(held, name) for name in values}
        moved = {name: [before[name], value] for name, value in values.items() if before[name] != value}
        if not moved:
            return {}
        with heard_by_tickets(sql, actor, now, organisations=[number]):
            Organisation.objects.filter(pk=number).update(**values, checked_at=None)
        if "name" in moved:
            find_anew(sql, now, organisations=[number])
        if "domain" in moved:
            gather(sql, actor, Organisation.objects.get(pk=number), now)
        saved(sql, actor, "organisation.changed", held.name, now=now, before=before, after=values)
    return moved


def checked(actor: Agent | None, given: Mapping[str, Any], held: Organisation) -> dict[str, Any]:
    access.refuse_hidden(actor, [*(f"organisation.{name}" for name in given), *given.get("fields", ())])
    values = reading.read(READERS, {name: value for name, value in given.items() if name != "fields"})
    values = {COLUMNS.get(name, name): value for name, value in values.items()}
    if "outreach" in values:
        values["no_outreach"] = not values.pop("outreach")
    if any(values[name] != getattr(held, name) for name in WORTH & values.keys()):
        require(actor, "organisations:manage")
    refuse_strangers(values)
    if values.get("domain") and Organisation.objects.filter(domain=values["domain"]).exclude(pk=held.pk).exists():
        said = _("Another organisation has the domain %(domain)s.") % {"domain": values["domain"]}
        raise Invalid(said, {"domain": said})
    if "fields" in given:
        laid = {**held.fields, **understood(workflows.live(), "organisation", given["fields"])}
        values["fields"] = {name: value for name, value in laid.items() if value is not None}
    return values


def refuse_strangers(values: Mapping[str, Any]) -> None:
    asked = {name: values[name] for name in COLUMNS.values() if values.get(name)}
    known = set(Agent.objects.filter(pk__in=asked.values(), is_active=True).values_list("pk", flat=True))
    wrong = {name.removesuffix("_id"): _("is not an agent of this desk") for name in asked if asked[name] not in known}
    if wrong:
        raise Invalid(_("Nobody of this desk."), wrong)


def gather(sql: Any, actor: Agent | None, organisation: Organisation, now: datetime) -> None:
    """People who write from its domain and belong to no organisation are its people."""
    if not organisation.domain:
        return
    ending = "@" + organisation.domain
    theirs = Customer.objects.filter(organisation=None, merged_into=None, email__endswith=ending)
    people = sorted(theirs.values_list("pk", flat=True))
    if people:
        with heard_by_tickets(sql, actor, now, customers=people):
            Customer.objects.filter(pk__in=people).update(organisation=organisation)
            carry_organisation(sql, people)
        find_anew(sql, now, customers=people)
