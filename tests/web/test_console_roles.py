"""Roles of one's own and the audit log, as pages: made, given, told; nobody gives away what they do not hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from deskwright.desk import access, audit
from deskwright.desk.errors import Conflict, Forbidden, Invalid
from deskwright.desk.settings import roles
from deskwright.store.models import Agent, AuditEntry, Role
from tests.web import rows

SignIn = Callable[[Agent], Client]
BILLING = {
    "name": "Billing clerk",
    "about": "",
    "base": "agent",
    "grants": {"tickets:see": "teams", "tickets:reply": "teams"},
    "hidden": ["customer.phone"],
}


def test_a_role_is_made_given_and_counts_at_once(admin: Agent, ada: Agent, signed_in: SignIn) -> None:
    client = signed_in(admin)
    answer = client.post("/console/roles/new/", {"name": "Reader", "base": "light", "tickets:see": "all"})
    assert answer.status_code == 302, answer.content.decode()
    role = Role.objects.get(key="reader")
    assert role.grants == {"tickets:see": "all"}

    client.post(f"/console/people/{ada.pk}/role/", {"role": "reader"})

    ada = Agent.objects.get(pk=ada.pk)
    assert access.may(ada, "see") and access.sees_all(ada) and not access.may(ada, "reply")
    assert ada.role == "light"
    assert client.get("/console/roles/").status_code == client.get(f"/console/roles/{role.pk}/").status_code == 200


def test_nobody_gives_a_right_they_do_not_hold(desk: None, now: datetime) -> None:
    clerk = rows.agent("Cleo Marsh")
    clerk.custom_role = Role.objects.create(key="hr", name="HR", grants={"roles:manage": "all"})
    clerk.save()

    with pytest.raises(Forbidden):
        roles.make(clerk, "more", BILLING | {"grants": {"settings:manage": "all"}}, now=now)


def test_a_right_is_lent_no_further_than_it_is_held(admin: Agent, ada: Agent, now: datetime) -> None:
    clerk = rows.agent("Cleo Marsh")
    held = {"roles:manage": "all", "tickets:see": "teams", "tickets:delete": "teams"}
    clerk.custom_role = Role.objects.create(key="hr", name="HR", grants=held)
    clerk.save()
    wide = [{"tickets:see": "all"}, {"tickets:delete": "all"}]

    for number, grants in enumerate(wide):
        with pytest.raises(Forbidden):
            roles.make(clerk, f"more{number}", BILLING | {"grants": grants}, now=now)
        with pytest.raises(Forbidden):
            roles.give(
                clerk, ada.pk, roles.make(admin, f"wide{number}", BILLING | {"grants": grants}, now=now), now=now
            )
    narrow = {"tickets:see": "teams", "tickets:delete": "teams"}
    roles.give(clerk, ada.pk, roles.make(clerk, "narrow", BILLING | {"grants": narrow}, now=now), now=now)


@pytest.mark.parametrize(
    "wrong",
    [{"grants": {"tickets:fly": "all"}}, {"grants": {"audit:see": "teams"}}, {"base": "admin"}, {"hidden": ["name"]}],
)
def test_what_is_not_a_role_is_refused(wrong: dict[str, object], admin: Agent, now: datetime) -> None:
    with pytest.raises(Invalid):
        roles.make(admin, "wrong", BILLING | wrong, now=now)


def test_a_role_somebody_has_is_not_deleted(admin: Agent, ada: Agent, now: datetime) -> None:
    role = roles.make(admin, "billing", BILLING, now=now)
    roles.give(admin, ada.pk, role, now=now)
    with pytest.raises(Conflict):
        roles.delete(admin, role.pk, now=now)

    roles.give(admin, ada.pk, None, now=now)
    roles.delete(admin, role.pk, now=now)

    assert not Role.objects.exists()


def test_the_role_form_says_what_is_hidden_and_keeps_it(admin: Agent, signed_in: SignIn) -> None:
    client, role = signed_in(admin), {"name": "Veiled", "base": "agent", "tickets:see": "all"}
    client.post("/console/roles/new/", role | {"hidden": ["customer.email"]})
    made = Role.objects.get(key="veiled")
    assert made.hidden == ["customer.email"]
    assert "Customers&#x27; email addresses" in client.get(f"/console/roles/{made.pk}/").content.decode()

    client.post(f"/console/roles/{made.pk}/", role)

    assert Role.objects.get(key="veiled").hidden == []


def test_a_hidden_column_is_veiled_and_a_hidden_field_left_out(ada: Agent) -> None:
    ada.custom_role = Role(grants={}, hidden=["customer.email", "ticket.amount"])
    row = {
        "customer_email": "m@x.example",
        "identities": ["email:m@x.example", "phone:+1"],
        "fields": {"amount": 1, "os": 2},
    }

    seen = access.veil(ada).row(row)

    assert seen == {"customer_email": "•••", "identities": ["phone:+1"], "fields": {"os": 2}}


def test_the_audit_log_is_found_filtered_and_exported(
    admin: Agent, lead: Agent, now: datetime, signed_in: SignIn
) -> None:
    audit.note(admin, "team.renamed", "=Billing", now=now, before={"name": "a"}, after={"name": "b"})
    audit.note(admin, "skill.added", "Rust", now=now)
    client = signed_in(admin)

    assert "skill.added" in client.get("/console/audit/").content.decode()
    assert "skill.added" not in client.get("/console/audit/?q=renamed").content.decode()
    table = client.get("/console/audit/audit.csv?q=renamed").getvalue().decode()
    assert "team.renamed" in table and "'=Billing" in table and "skill.added" not in table
    assert b'"subject":"Rust"' in client.get("/console/audit/audit.jsonl").getvalue()
    assert AuditEntry.objects.filter(action="audit.exported").count() == 2
    assert signed_in(lead).get("/console/audit/").status_code == 403


def test_a_person_is_invited_from_their_page(admin: Agent, ada: Agent, signed_in: SignIn) -> None:
    client = signed_in(admin)

    client.post(f"/console/people/{ada.pk}/invite/")
    assert "Revoke the invitation" in client.get(f"/console/people/{ada.pk}/").content.decode()
    client.post(f"/console/people/{ada.pk}/uninvite/")

    assert "The invitation was revoked." in client.get(f"/console/people/{ada.pk}/").content.decode()
