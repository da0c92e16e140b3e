"""`deskwright receive --dry-run` says exactly what would become of a mail, and leaves no trace."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pysequoia import Tsk, encrypt

from deskwright.cli import receive
from deskwright.desk.arriving import intake
from deskwright.desk.staff import people
from deskwright.store.models import Customer, RawInput, Ticket

ASKED = (
    b"From: Mina Holt <mina@harbor.example>\r\nTo: support@desk.example\r\nCc: Tom <tom@harbor.example>\r\n"
    b"Subject: =?utf-8?q?Stra=C3=9Fe?=\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\nMessage-ID: <q1@harbor.example>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nIt broke.\r\n-- \r\nMina\r\n"
    b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=log.pdf\r\n"
    b"\r\n%PDF-1.7\r\n--b--\r\n"
)
ANSWER = (
    b"From: mina@harbor.example\r\nSubject: Re: it\r\nMessage-ID: <q2@harbor.example>\r\n"
    b"In-Reply-To: <q1@harbor.example>\r\n\r\nStill broken.\r\n\r\nOn 1.1.2026 Ada wrote:\r\n> Better?\r\n"
)
BOUNCE = (
    b"From: MAILER-DAEMON@relay.example\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n"
    b"--r\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: rfc822; gone@harbor.example\r\nAction: failed\r\n"
    b"Status: 5.1.1\r\n\r\n--r--\r\n"
)


def foretold(mail: bytes, tmp_path: Path, *more: str, **variables: str) -> dict[str, Any]:
    """By the real command, in a directory without a desk."""
    (tmp_path / "mail.eml").write_bytes(mail)
    command = [sys.executable, "-m", "deskwright", "receive", "--dry-run", "--json", "mail.eml", *more]
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "MAIL_FROM": "support@desk.example", **variables},  # noqa: TID251
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert os.listdir(tmp_path) == ["mail.eml"], "a dry run made something"
    return dict(json.loads(done.stdout))


def test_what_is_encrypted_for_the_desk_is_read_as_the_desk_would(tmp_path: Path) -> None:
    ours = Tsk.generate("Desk <support@desk.example>")
    sealed = encrypt(b"It broke.", [ours.extract_certificate()])

    told = foretold(b"From: mina@harbor.example\r\n\r\n" + sealed, tmp_path, PGP_KEYS=str(ours))

    assert told["text"] == "It broke."
    assert told["notes"] == ["The mail came encrypted; the desk has read it with its key."]


def test_without_a_desk_a_mail_is_read_whole_and_nothing_is_made(tmp_path: Path) -> None:
    assert foretold(ASKED, tmp_path) == {
        "disposition": "ticket",
        "reason": "",
        "thread": None,
        "desk": False,
        "from": {"name": "Mina Holt", "email": "mina@harbor.example"},
        "to": [{"name": "", "email": "support@desk.example"}],
        "cc": [{"name": "Tom", "email": "tom@harbor.example"}],
        "reply_to": [],
        "subject": "Straße",
        "date": "2026-11-23T09:00:00Z",
        "message_id": "<q1@harbor.example>",
        "references": [],
        "text": "It broke.\n-- \nMina",
        "new_text": "It broke.\n-- \nMina",
        "new_text_without_signature": "It broke.",
        "html": None,
        "attachments": [{"name": "log.pdf", "type": "application/pdf", "size": 8, "inline": False}],
        "auto": None,
        "bounce": None,
        "damaged": False,
        "notes": [],
    }


def test_a_bounce_names_who_did_not_get_the_mail(tmp_path: Path) -> None:
    told = foretold(BOUNCE, tmp_path)

    assert told["disposition"] == "quarantined"
    assert told["auto"] == "auto-replied: delivery failed"
    assert (told["bounce"]["recipient"], told["bounce"]["status"]) == ("gone@harbor.example", "5.1.1")
    assert told["bounce"]["permanent"]


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        (b"Subject: hello\r\n\r\nwho?", "the mail names no sender"),
        (b"From: support+x@desk.example\r\n\r\nus", "the mail comes from an address of this desk (a loop)"),
    ],
)
def test_what_would_be_set_aside_says_why(tmp_path: Path, mail: bytes, reason: str) -> None:
    told = foretold(mail, tmp_path)

    assert (told["disposition"], told["reason"]) == ("quarantined", reason)


def test_a_database_that_is_away_is_as_no_desk(tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(ASKED)
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://desk@127.0.0.1:1/desk"}  # noqa: TID251
    command = [sys.executable, "-m", "deskwright", "receive", "--dry-run", "mail.eml"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert "Would be: ticket" in done.stdout
    assert "Read without a desk" in done.stdout


def said(capsys: pytest.CaptureFixture[str], mail: Path, database_url: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    receive.add_arguments(parser)
    environment = SimpleNamespace(smime_keys="", pgp_keys="", database_url=database_url)
    known = argparse.Namespace(environment=environment)
    assert receive.main(parser.parse_args(["--dry-run", "--json", str(mail)], known)) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_with_a_desk_it_says_the_thread_the_duplicate_and_what_comes_too_late(
    db: str, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people.add_agent("Ada Quill", "ada@desk.example", teams=[people.add_team("support", "Support")], level="senior")
    answer, asked = tmp_path / "answer.eml", tmp_path / "asked.eml"
    answer.write_bytes(ANSWER)
    asked.write_bytes(ASKED)
    assert said(capsys, answer, db)["disposition"] == "ticket", "nothing is known yet"
    assert not Customer.objects.exists()
    raw = intake.journal("email", {}, ASKED, now)
    intake.work_off(now)
    ticket = RawInput.objects.get(pk=raw).ticket_id

    told, again = said(capsys, answer, db), said(capsys, asked, db)

    assert (told["disposition"], told["thread"]) == ("reply", {"ticket": ticket, "proof": "known"})
    assert told["new_text"] == "Still broken."
    assert (again["disposition"], again["thread"]) == ("duplicate", {"ticket": ticket, "proof": "known"})
    assert (Ticket.objects.count(), RawInput.objects.count()) == (1, 1)
