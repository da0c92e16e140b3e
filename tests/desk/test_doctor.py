"""The doctor: what is wrong is said once, with how to mend it, and how bad it is decides how the command ends."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from deskwright.cli import doctor as command
from deskwright.desk import heartbeats, workflows
from deskwright.desk.doctor import database, decisions, rounds, surroundings, work
from deskwright.desk.doctor.finding import BROKEN, FINE, WARNING, Finding, broken, fine, warning
from deskwright.store.models import Delivery, DueWork, RawInput, Webhook
from tests import factories

MINUTE = timedelta(minutes=1)


def severities(check: Any, now: datetime) -> list[str]:
    return [finding.severity for finding in check(now)]


def test_a_worker_that_was_never_heard_of_or_fell_silent_is_missed(db: str, now: datetime) -> None:
    assert severities(work.workers, now) == [BROKEN]
    heartbeats.beat("work", now)
    assert severities(work.workers, now + MINUTE) == [FINE]
    assert severities(work.workers, now + 5 * MINUTE) == [BROKEN]


def test_work_that_is_late_is_told_with_its_kind(db: str, now: datetime) -> None:
    assert severities(work.lag, now) == [FINE, FINE, FINE]
    DueWork.objects.create(kind="offer", subject=1, due_at=now - 5 * MINUTE)
    late = [finding for finding in work.lag(now) if finding.severity == WARNING]
    assert [finding.says.split(":")[0] for finding in late] == ["Work behind commits"]


def test_work_that_was_given_up_is_told_with_its_error(db: str, now: datetime) -> None:
    DueWork.objects.create(kind="offer", subject=1, due_at=now, attempts=20, last_error="KeyError: 7")
    (finding,) = work.stuck(now)
    assert (finding.severity, "KeyError: 7" in finding.says) == (WARNING, True)


@pytest.mark.parametrize(
    ("state", "words"), [("failed", "failed for good"), ("bounced", "came back"), ("due", "waiting for more than")]
)
def test_mail_that_failed_or_is_stuck_is_told(state: str, words: str, db: str, now: datetime) -> None:
    due = now if state == "due" else None
    Delivery.objects.create(
        recipient="a@b.example",
        mail_id="<1>",
        state=state,
        due_at=due,
        last_error="550 no",
        created_at=now - 60 * MINUTE,
    )
    (finding,) = work.outbox(now)
    assert (words in finding.says, "550 no" in finding.says, finding.place) == (True, True, "outbox")


def test_quarantined_mail_and_failing_webhooks_are_told(db: str, now: datetime) -> None:
    RawInput.objects.create(
        channel="email", received_at=now, body=b"", sha256="0", state="quarantined", reason="No From"
    )
    Webhook.objects.create(name="Shop", url="https://shop.example", secret="", created_at=now, failing_since=now)
    assert severities(work.set_aside, now) == [WARNING]
    assert severities(work.webhooks, now) == [WARNING]
    Webhook.objects.update(active=False, disabled_because="Gone.")
    assert severities(work.webhooks, now) == [BROKEN]


def test_a_calendar_that_never_opens_again_is_broken(db: str, now: datetime) -> None:
    closed = "workflow: Closed\ncalendars: {never: {timezone: UTC, hours: {mon: ['09:00-10:00']}, holidays: [%s]}}\n"
    days = [(now + timedelta(days=day)).date() for day in range(70)]
    workflows.publish(closed % ", ".join(str(day) for day in days), now=now)
    assert "never" in next(finding.says for finding in decisions.calendars(now) if finding.severity == BROKEN)


def test_a_desk_without_an_admin_or_a_workflow_is_told(db: str, now: datetime) -> None:
    assert severities(decisions.people, now) == [BROKEN]
    factories.an_agent(role="admin")
    assert severities(decisions.people, now) == [FINE]
    assert severities(decisions.workflow, now) == [WARNING]


def test_the_database_and_its_clock_are_looked_at(db: str, now: datetime) -> None:
    assert severities(database.version, now) == [FINE]
    assert severities(database.migrations, now) == [FINE]
    assert FINE in severities(database.connections, now)
    assert severities(database.clocks, now) == [WARNING], "the test's moment is not the database's"


def test_addresses_that_lead_nowhere_and_open_doors_are_told(db: str, now: datetime, monkeypatch: Any) -> None:
    def told(url: str, **known: Any) -> list[str]:
        monkeypatch.setattr(settings, "PUBLIC_URL", url)
        monkeypatch.setattr(settings, "ENV", replace(settings.ENV, **known))
        return severities(surroundings.addresses, now)

    hosts = ("desk.example",)
    assert told("https://desk.example", allowed_hosts=hosts) == [FINE]
    assert told("http://desk.example", allowed_hosts=hosts) == [BROKEN]
    assert told("http://localhost:8000", allowed_hosts=hosts) == [WARNING]
    assert told("https://desk.example", allowed_hosts=("*",)) == [FINE, WARNING]
    assert told("https://desk.example", allowed_hosts=hosts, debug=True) == [FINE, BROKEN]


def test_a_mail_server_that_does_not_answer_is_broken(db: str, now: datetime, monkeypatch: Any) -> None:
    assert severities(surroundings.mail_server, now) == [WARNING]
    away = replace(settings.ENV, smtp_host="127.0.0.1", smtp_port=1, smtp_tls="off")
    monkeypatch.setattr(settings, "ENV", away)
    assert severities(surroundings.mail_server, now) == [BROKEN]


def test_a_check_that_breaks_is_a_finding_and_no_end_of_the_round(now: datetime, db: str) -> None:
    def breaking(_: datetime) -> list[Finding]:
        raise RuntimeError("a bone")

    found = rounds.examine(now, [lambda _: [fine("a", "Well.")], breaking, lambda _: [warning("b", "Ill.", "Rest.")]])
    assert [finding.severity for finding in found] == [BROKEN, WARNING, FINE]
    assert "a bone" in found[0].says


@pytest.mark.parametrize(
    ("found", "code"),
    [([fine("a", "x")], 0), ([fine("a", "x"), warning("b", "y", "z")], 1), ([broken("c", "x", "y")], 2)],
)
def test_the_command_ends_as_the_worst_finding_says(
    found: list[Finding], code: int, monkeypatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "examine", lambda now: found)
    assert command.main(Namespace(json=True, quiet=False)) == code
    assert json.loads(capsys.readouterr().out)["healthy"] is (code == 0)
    command.main(Namespace(json=False, quiet=True))
    assert ("x" in capsys.readouterr().out) is (code == 2)


def test_every_page_that_mends_is_there(db: str, now: datetime) -> None:
    from django.urls import reverse

    for finding in rounds.examine(now):
        assert finding.severity == FINE or finding.mend
        assert not finding.place or reverse(finding.place)
