"""`forecast` and `need` on the command line: tables for people, JSON for scripts, sentences for refusals."""

from __future__ import annotations

import argparse
import json
from datetime import datetime

import pytest

from deskwright.cli import capacity, roster
from deskwright.cli.failures import Refused
from deskwright.desk import clock
from tests import factories
from tests.histories import a_history


@pytest.fixture(autouse=True)
def fixed(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


def run(command: str, *words: str) -> int:
    parser = argparse.ArgumentParser()
    if command == "plan":
        roster.add_arguments(parser)
        return roster.main(parser.parse_args(words))
    getattr(capacity, f"add_{command}_arguments")(parser)
    return int(getattr(capacity, command)(parser.parse_args(words)))


def test_the_forecast_is_a_table_with_its_back_test(db: str, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    a_history(now, 42)
    assert run("forecast", "--days", "2") == 0
    said = capsys.readouterr().out
    assert "From 42 days of history" in said
    assert "Mon 23 Nov 2026" in said
    assert "Over the last 14 days" in said


def test_the_need_is_json_for_scripts_and_its_exit_code_says_whether_somebody_is_missing(
    db: str, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    a_history(now, 42)
    assert run("need", "--json", "--handling", "10") == 1
    told = json.loads(capsys.readouterr().out)
    assert len(told["hours"]) == 168
    assert told["gaps"]


@pytest.mark.parametrize("words", [["--days", "0"], ["--days", "x"], ["--handling", "0"], ["--shrinkage", "nan"]])
def test_wrong_numbers_are_refused(db: str, now: datetime, words: list[str]) -> None:
    a_history(now, 20)
    with pytest.raises((Refused, SystemExit)):
        run("need", *words)


@pytest.mark.parametrize(
    ("command", "words", "said"),
    [
        ("need", ["--within", "0"], "--within takes a number from 0.1 to 120."),
        ("plan", ["--longest", "0"], "--longest takes a number from 1 to 12."),
    ],
)
def test_a_number_outside_its_limits_is_called_by_its_option(
    db: str, now: datetime, command: str, words: list[str], said: str
) -> None:
    a_history(now, 20)
    with pytest.raises(Refused) as refused:
        run(command, *words)
    assert str(refused.value) == said


def test_too_short_a_history_gets_a_sentence(db: str, now: datetime) -> None:
    a_history(now, 3)
    with pytest.raises(Refused, match="14 whole days"):
        run("forecast")


def test_a_plan_lists_the_shifts_and_says_what_stays_uncovered(
    db: str, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    a_history(now, 20)
    factories.an_agent("Cleo Marsh", shift="office")
    assert run("plan", "--hours", "20") == 1
    said = capsys.readouterr().out
    assert "Cleo Marsh, 20 hours" in said
    assert "stay uncovered" in said
