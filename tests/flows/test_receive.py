"""`deskwright receive`: a mail from a pipe is kept, taken in, and answered for in the exit codes mail servers read."""

from __future__ import annotations

import argparse
import io
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from deskwright.cli import receive
from deskwright.desk.arriving import intake
from deskwright.store import outage
from deskwright.store.models import RawInput, Ticket

MAIL = b"From: Mina <mina@harbor.example>\r\nSubject: Exports\r\nMessage-ID: <a@harbor.example>\r\n\r\nDown.\r\n"


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    receive.add_arguments(parser)
    return receive.main(parser.parse_args(words))


@pytest.fixture
def mail(tmp_path: Path) -> str:
    file = tmp_path / "mail.eml"
    file.write_bytes(MAIL)
    return str(file)


def test_a_mail_from_a_file_becomes_a_ticket(db: str, mail: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(mail, "--from", "mina@harbor.example", "--to", "support@desk.example") == 0

    ticket = Ticket.objects.get()
    assert ticket.subject == "Exports"
    assert capsys.readouterr().out == f"New ticket #{ticket.pk}.\n"
    assert RawInput.objects.get().envelope["to"] == ["support@desk.example"]


def test_a_mail_comes_by_a_pipe_too(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(MAIL)))

    assert run("-") == 0
    assert Ticket.objects.count() == 1


def test_the_same_mail_twice_is_a_duplicate_and_no_failure(
    db: str, mail: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [run(mail), run(mail)] == [0, 0]

    assert Ticket.objects.count() == 1
    assert capsys.readouterr().out.splitlines()[1] == f"Duplicate on ticket #{Ticket.objects.get().pk}."


def test_a_mail_without_a_sender_is_set_aside_with_its_reason(
    db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "nobody.eml").write_bytes(b"Subject: x\r\n\r\ny\r\n")

    assert run(str(tmp_path / "nobody.eml")) == 0

    assert "Set aside as input" in capsys.readouterr().out
    assert RawInput.objects.get().state == "quarantined"


def test_while_the_database_is_away_the_mail_server_is_told_to_try_again(
    mail: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(*_: Any) -> int:
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(intake, "journal", away)

    assert run(mail) == 75
    assert "cannot be kept now (connection refused); try again" in capsys.readouterr().err


def test_a_mail_that_was_kept_is_taken_even_if_the_database_goes_away_then(
    live_db: str, mail: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(*_: Any) -> int:
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(intake, "work_off", away)

    assert run(mail) == 0
    assert "a worker takes it in when the database is back" in capsys.readouterr().out
    assert RawInput.objects.get().state == "pending"
    assert outage.lookout.wait(threading.Event())
