"""What was set aside can be seen, and brought back by a person who knows better."""

from __future__ import annotations

import argparse
from datetime import datetime

import psycopg
import pytest

from deskwright.cli import quarantine
from deskwright.cli.failures import Refused
from deskwright.desk.arriving import brakes, intake, opening
from deskwright.desk.errors import NotFound
from deskwright.desk.staff import people
from deskwright.store.models import Agent, Delivery, RawInput, Ticket

NOBODY = b"Subject: \x1b[2JWho am I\nMessage-ID: <n1@harbor.example>\n\nIt broke.\n"
ALONE = b"From: mina@harbor.example\nMessage-ID: <a1@harbor.example>\nAuto-Submitted: auto-replied\n\nAway.\n"
OURS = b"From: support@desk.example\nSubject: Us\nMessage-ID: <o1@desk.example>\n\nHello.\n"


@pytest.fixture
def agent(db: str) -> Agent:
    team = people.add_team("support", "Support")
    return people.add_agent("Ada Quill", "ada@desk.example", teams=[team], level="senior")


def set_aside(body: bytes, now: datetime) -> int:
    raw = intake.journal("email", {"from": "bounce@relay.example", "to": ["support@desk.example"]}, body, now)
    intake.work_off(now)
    assert RawInput.objects.get(pk=raw).state == "quarantined"
    return raw


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    parser = argparse.ArgumentParser()
    quarantine.add_arguments(parser)
    assert quarantine.main(parser.parse_args(argv)) == 0
    return capsys.readouterr().out


def test_a_mail_without_a_sender_becomes_a_ticket_of_the_one_named(agent: Agent, now: datetime) -> None:
    raw = set_aside(NOBODY, now)

    intake.recover(raw, now, author="mina@harbor.example")
    intake.work_off(now)

    assert Ticket.objects.get().customer.email == "mina@harbor.example"


@pytest.mark.parametrize("body", [ALONE, OURS])
def test_what_a_person_brings_back_is_taken_in_and_never_acknowledged(agent: Agent, now: datetime, body: bytes) -> None:
    raw = set_aside(body, now)

    intake.recover(raw, now)
    intake.work_off(now)

    assert RawInput.objects.get(pk=raw).disposition == "ticket"
    assert not Delivery.objects.exists(), "an automatic answer would begin the loop again"


def test_only_what_is_set_aside_can_be_brought_back(agent: Agent, now: datetime) -> None:
    with pytest.raises(NotFound):
        intake.recover(4711, now)


def test_what_another_worker_took_in_meanwhile_is_not_set_aside(agent: Agent, now: datetime) -> None:
    raw = intake.journal("email", {}, OURS.replace(b"support@desk", b"mina@harbor"), now)
    intake.work_off(now)

    intake.quarantine(raw, "it could not be understood", now)

    assert RawInput.objects.values_list("state", "reason").get(pk=raw) == ("done", "")


def test_an_outage_is_not_held_against_the_mail(agent: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk fails every try for hours; the mail is no worse for it."""
    raw = intake.journal("email", {}, OURS.replace(b"support@desk", b"mina@harbor"), now)

    def full(*_: object) -> None:
        raise psycopg.errors.DiskFull("could not extend file")

    monkeypatch.setattr(opening, "take_in", full)
    with pytest.raises(psycopg.errors.DiskFull):
        intake.work_off(now)

    assert RawInput.objects.get(pk=raw).attempts == 0


def test_the_command_lists_shows_and_recovers(agent: Agent, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "list") == "Nothing is set aside.\n"
    raw = set_aside(NOBODY, now)

    listed = said(capsys, "list")
    assert "the mail names no sender" in listed and "Who am I" in listed
    assert "\x1b" not in listed, "a mail must not command the terminal"
    assert "It broke." in said(capsys, "show", str(raw))
    assert "New ticket #" in said(capsys, "recover", str(raw), "--from", "mina@harbor.example")
    with pytest.raises(Refused):
        said(capsys, "show", str(raw))


def test_the_command_recovers_a_whole_storm(agent: Agent, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    mails = [b"From: mina@harbor.example\nSubject: Disk %d\n\nFull.\n" % number for number in range(brakes.ALIKE + 2)]
    *_, last = intake.journal_many("email", [({}, mail) for mail in mails], now)
    intake.work_off(now)

    assert said(capsys, "recover", str(last), "--storm") == "2 mails are taken in, 100 a second.\n"
    assert not RawInput.objects.exclude(state="done").exists()
