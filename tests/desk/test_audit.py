"""The audit log: what is noted, what is masked, and that nobody can change it."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from deskwright.desk import audit, audit_log, housekeeping
from deskwright.desk.access import OPEN_EYES, Veil
from deskwright.desk.access.fields import ADDRESS
from deskwright.desk.errors import Invalid
from deskwright.desk.settings import tokens
from deskwright.desk.staff import teams
from deskwright.store.connection import deed
from deskwright.store.models import AuditEntry
from tests.factories import an_agent


def test_an_entry_says_who_when_from_where_and_what_was_before(db: str, now: datetime) -> None:
    admin = an_agent(role="admin")
    billing = teams.found(admin, "billing", "Billing", now=now)

    with audit.coming_from("web", "203.0.113.7"):
        teams.change(admin, billing.pk, "Invoices", [], now=now)

    entry = AuditEntry.objects.get(action="team.changed")
    assert (entry.at, entry.actor, entry.actor_name, entry.subject) == (now, admin.pk, admin.email, "billing")
    assert (entry.door, entry.address) == ("web", "203.0.113.7")
    assert entry.changes == {"name": ["Billing", "Invoices"]}


def test_an_entry_falls_with_the_deed_it_tells_of(db: str, now: datetime) -> None:
    with pytest.raises(Invalid), deed():
        audit.note(None, "team.founded", "billing", now=now)
        raise Invalid("no")

    assert not AuditEntry.objects.exists()


def test_secrets_are_masked_wherever_they_stand(db: str, now: datetime) -> None:
    audit.note(
        None, "mail.changed", now=now, before={"password": ""}, after={"password": "x1", "smtp": {"secret": "y2"}}
    )

    assert AuditEntry.objects.get().changes == {"password": ["", "•••"], "smtp": [None, {"secret": "•••"}]}


def test_a_token_leaves_no_trace_of_itself(db: str, now: datetime) -> None:
    token = tokens.issue(None, "Sync", ["tickets:read"], now=now)

    entry = AuditEntry.objects.get(action="token.issued")
    assert token not in str(entry.changes) and entry.actor_name == audit.OPERATOR


@pytest.mark.parametrize("change", ["UPDATE store_auditentry SET subject = 'x'", "DELETE FROM store_auditentry"])
def test_nobody_changes_or_deletes_an_entry(change: str, db: str, now: datetime) -> None:
    audit.note(None, "team.founded", "billing", now=now)

    with pytest.raises(psycopg.errors.RaiseException, match="append-only"), transaction.atomic(), deed() as sql:
        sql.execute(change)

    assert AuditEntry.objects.get().subject == "billing"


def test_only_retention_lets_old_entries_go(db: str, now: datetime) -> None:
    audit.note(None, "old", now=now - timedelta(days=400))
    audit.note(None, "new", now=now)

    assert audit.retain(now - timedelta(days=365), 10) == 1

    assert AuditEntry.objects.get().action == "new"


def test_looks_at_data_are_kept_for_a_time_of_their_own(db: str, now: datetime) -> None:
    old = now - timedelta(days=200)
    audit.note(None, "team.founded", "billing", now=old)
    audit.note(None, "agent.signed_in", now=old, kind=audit.SIGN_IN)
    for number in range(5):
        audit.looked(None, "ticket.seen", f"ticket:{number}", now=old)
    audit.looked(None, "ticket.seen", "ticket:9", now=now)
    kept = {"kept": timedelta(days=730), "access_kept": timedelta(days=180)}

    assert housekeeping.forget_audit(now, 3, **kept) == 3
    assert housekeeping.forget_audit(now, 3, **kept) == 2

    left = set(AuditEntry.objects.values_list("action", "thing"))
    assert left == {("team.founded", ""), ("agent.signed_in", ""), ("ticket.seen", "ticket:9")}


def test_one_look_is_one_entry_for_a_person_a_thing_and_a_token(db: str, now: datetime) -> None:
    ada, bram = an_agent("Ada Quill"), an_agent("Bram Oak")
    for who in (ada, ada, bram):
        audit.looked(who, "ticket.seen", "ticket:1", now=now)
    audit.looked(ada, "ticket.seen", "ticket:2", now=now)
    with audit.coming_from("api", token="Sync"):
        audit.looked(ada, "ticket.seen", "ticket:1", now=now)

    assert AuditEntry.objects.count() == 4


@pytest.mark.parametrize(
    ("written", "thing"),
    [
        ("#17", "ticket:17"),
        ("17", "ticket:17"),
        ("Ticket #17", "ticket:17"),
        ("customer 5", "customer:5"),
        ("customer:5", "customer:5"),
        ("organisation/3", "organisation:3"),
        ("invoice 3", ""),
        ("ticket", ""),
    ],
)
def test_a_thing_is_named_as_people_write_it(written: str, thing: str) -> None:
    assert audit_log.thing_of(written) == thing


def test_words_that_were_looked_for_are_hidden_from_who_may_not_see_them(db: str, now: datetime) -> None:
    ada = an_agent("Ada Quill")
    audit.looked(ada, "customers.searched", subject="mina@harbor.example", now=now)
    entry = AuditEntry.objects.get()

    assert audit_log.told(entry, Veil(frozenset({ADDRESS})))["subject"] == "•••"
    assert audit_log.told(entry, OPEN_EYES)["subject"] == "mina@harbor.example"
