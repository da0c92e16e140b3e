"""The audit log in sentences: every deed has one, with its code beside, on the page and in the files."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import allauth
import orjson
import pytest
from django.test import Client, RequestFactory

import deskwright
from deskwright.desk import audit, audit_log
from deskwright.desk.access import OPEN_EYES, Veil
from deskwright.desk.access.fields import ADDRESS
from deskwright.desk.audit_actions import Action
from deskwright.store.models import Agent, AuditEntry, Customer
from deskwright.web.account.adapters import TOLD
from deskwright.web.console.audit_sentences import SENTENCES
from deskwright.web.console.audit_words import line_of
from deskwright.web.look import look_of

ACTIONS: frozenset[str] = frozenset(get_args(Action))
VOCABULARY = {"audit_actions.py", "audit_sentences.py"}
UNSERVED = ("email_",)
"""Mails of allauth's pages of addresses, which this desk does not serve."""


def test_every_deed_has_a_sentence() -> None:
    assert SENTENCES.keys() == ACTIONS


def test_every_deed_is_written_somewhere() -> None:
    sources = [path for path in Path(deskwright.__path__[0]).rglob("*.py") if path.name not in VOCABULARY]
    written = set(re.findall(r'"([a-z_-]+\.[a-z_]+)"', "\n".join(path.read_text("utf-8") for path in sources)))
    assert ACTIONS - written == set()


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_sentence_says_who_once_and_what_at_most_once(action: Action) -> None:
    sentence = str(SENTENCES[action])
    places = Counter(re.findall(r"%\((\w+)\)s", sentence))
    assert places["who"] == 1 and places["what"] <= 1 and places.total() == sentence.count("%")


def test_every_change_of_a_way_in_that_allauth_tells_of_has_its_deed() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in Path(allauth.__path__[0]).rglob("*.py"))
    told = set(re.findall(r'send_notification_mail\(\s*(?:[\w.]+,\s*)?"\w+/email/(\w+)"', sources))
    assert len(told) >= 8
    assert {name for name in told if not name.startswith(UNSERVED)} - TOLD.keys() == set()


def words(page: str) -> str:
    """The text of the table."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<tbody>")[2].partition("</tbody>")[0]))


def test_the_page_and_the_files_say_who_did_what_to_what_and_keep_the_code(
    admin: Agent, now: datetime, signed_in: Any
) -> None:
    audit.note(admin, "team.changed", "billing", now=now, before={"name": "A"}, after={"name": "B"})
    client = signed_in(admin)

    said = words(client.get("/console/audit/").content.decode())
    (line,) = client.get("/console/audit/audit.jsonl?kind=change").getvalue().splitlines()
    (row,) = csv.DictReader(io.StringIO(client.get("/console/audit/audit.csv?kind=change").getvalue().decode()))

    assert "Odile Marsh changed the team billing" in said and "team.changed" in said
    assert orjson.loads(line)["said"] == row["said"] == "Odile Marsh changed the team billing"
    assert orjson.loads(line)["action"] == row["action"] == "team.changed"


def shown(client: Client, entry: AuditEntry) -> str:
    return words(client.get(f"/console/audit/?person=0&kind={entry.kind}").content.decode())


@pytest.mark.parametrize(
    ("action", "known", "sentence"),
    [
        ("token.unknown", {"name": audit.SOMEBODY, "kind": "sign_in"}, "Somebody used an unknown API token"),
        ("desk.begun", {}, "The operator made the first account"),
        ("mail.seen", {"subject": "mail 12", "kind": "access"}, "The operator looked at mail 12 of the mail log"),
        ("tickets.searched", {"subject": "export", "kind": "access"}, "The operator searched tickets export"),
        ("agent.refused", {"subject": "x@y.example", "name": "x@y.example", "kind": "sign_in"}, "x@y.example failed"),
    ],
)
def test_what_the_desk_wrote_itself_is_in_words_too(
    action: Action, known: dict[str, Any], sentence: str, admin: Agent, now: datetime, signed_in: Any
) -> None:
    audit.note(None, action, now=now, **known)

    assert sentence in shown(signed_in(admin), AuditEntry.objects.get(action=action))


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("agent.changed", "Odile Marsh changed the account of {}"),
        ("agent.role_given", "Odile Marsh gave {} another role"),
        ("agent.skills", "Odile Marsh changed the skills of {}"),
        ("absence.planned", "Odile Marsh planned an absence of {}"),
        ("agent.steps_forgotten", "Odile Marsh took away the second steps of {}"),
        ("agent.signed_out", "Odile Marsh signed out"),
    ],
)
@pytest.mark.parametrize("veil", [OPEN_EYES, Veil(frozenset({ADDRESS}))])
def test_who_acts_on_themselves_is_named_where_the_sentence_names_somebody(
    veil: Veil, action: Action, sentence: str, admin: Agent, now: datetime
) -> None:
    audit.note(admin, action, admin.email, now=now)
    request = RequestFactory().get("/console/audit/")
    request.user = admin

    said = line_of(audit_log.told(AuditEntry.objects.get(), veil), admin.name, look_of(request))

    assert said == sentence.format(veil.masked(admin.email))


@pytest.mark.parametrize("written", ["mail 5", "customer 7", "ticket:9", "what-if 3", audit.SOMEBODY, audit.OPERATOR])
def test_words_that_were_looked_for_stay_as_they_were_written(
    written: str, admin: Agent, now: datetime, signed_in: Any
) -> None:
    audit.looked(admin, "tickets.searched", subject=written, now=now)

    page = signed_in(admin).get("/console/audit/?kind=access").content.decode()

    assert f"<strong>{written}</strong>" in page


@pytest.mark.parametrize(
    ("action", "subject", "said"),
    [
        ("mail.taken_in", "mail 5", '<a href="/console/mail-log/5/">mail 5 of the mail log</a>'),
        ("mail.source", "mail 5", '<a href="/console/mail-log/5/">mail 5 of the mail log</a>'),
        ("trial.exported", "what-if 3", "<strong>simulation 3</strong>"),
        ("customer.told", "customer 7", '<a href="/customers/7/">customer 7</a>'),
        ("customer.proved", "customer 7", '<a href="/customers/7/">customer 7</a>'),
        ("customer.signed_in", "customer 7", '<a href="/customers/7/">customer 7</a>'),
        ("provider.refused", audit.UNVERIFIED, f"<strong>{audit.UNVERIFIED}</strong>"),
    ],
)
def test_what_the_desk_calls_by_number_or_by_words_of_its_own_is_worded(
    action: Action, subject: str, said: str, admin: Agent, now: datetime, signed_in: Any
) -> None:
    audit.note(None, action, subject, now=now)

    assert said in signed_in(admin).get("/console/audit/?kind=change").content.decode()


def test_a_sentence_leads_to_what_it_is_about(mina: Customer, admin: Agent, now: datetime, signed_in: Any) -> None:
    audit.looked(admin, "customer.seen", f"customer:{mina.pk}", now=now)

    page = signed_in(admin).get("/console/audit/?kind=access").content.decode()

    assert f'<a href="/customers/{mina.pk}/">customer {mina.pk}</a>' in page
