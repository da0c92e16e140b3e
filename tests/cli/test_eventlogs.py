"""Importing an event log: what is kept, what is refused, how it is judged, and running it on."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deskwright.cli import eventlog, importing, simulate
from deskwright.cli.failures import Refused
from deskwright.desk import clock, eventlogs
from deskwright.desk.errors import NotFound


@pytest.fixture
def desk(db: str, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def log(tmp_path: Path, now: datetime) -> Path:
    """Two cases an hour on fifty days: a call, then a letter by somebody else."""
    rows = ["Ticket;Action;Agent;From;To"]
    for number in range(200):
        at = now + timedelta(days=number // 4, hours=number % 4 / 2)
        for action, agent, after, long in (("call", "Ada", 0, 10), ("letter", "Ben", 20, 15)):
            begin = at + timedelta(minutes=after)
            rows.append(
                f"{number};{action};{agent};{begin:%d.%m.%Y %H:%M};{begin + timedelta(minutes=long):%d.%m.%Y %H:%M}"
            )
    path = tmp_path / "old desk.csv"
    path.write_text("\n".join(rows))
    return path


MAP = ["--map", "case=Ticket,activity=Action,resource=Agent", "--map", "start=From,end=To"]


def imported(*argv: str) -> None:
    parser = argparse.ArgumentParser()
    importing.add_arguments(parser)
    importing.main(parser.parse_args(["eventlog", *argv]))


def simulated(*argv: str) -> None:
    parser = argparse.ArgumentParser()
    simulate.add_arguments(parser)
    simulate.main(parser.parse_args(list(argv)))


def test_a_log_is_kept_and_judged_by_its_later_half(desk: None, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(str(log), *MAP, "--runs", "2", "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["kept"], report["cases"], report["steps"], report["people"]) == (True, 200, 400, 2)
    assert abs(report["judgement"]["error"]) < 0.15
    (kept,) = eventlogs.listing()
    assert kept.name == "old desk" and len(eventlogs.cases_of("old desk")) == 200


def test_a_dry_run_says_the_same_and_keeps_nothing(desk: None, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(str(log), *MAP, "--dry-run", "--runs", "1")
    told = capsys.readouterr().out
    assert "Nothing was kept" in told and "Fitted on the earlier half" in told
    assert eventlogs.listing() == []


def test_a_log_of_the_same_name_gives_way(desk: None, log: Path) -> None:
    imported(str(log), *MAP, "--runs", "0", "--name", "desk")
    log.write_text("\n".join(log.read_text().splitlines()[:5]))
    imported(str(log), *MAP, "--runs", "0", "--name", "desk")
    assert [(kept.name, kept.cases) for kept in eventlogs.listing()] == [("desk", 2)]


def test_a_short_log_is_kept_and_the_report_says_why_it_is_not_judged(
    desk: None, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.write_text("\n".join(log.read_text().splitlines()[:5]))
    imported(str(log), *MAP)
    assert "2 cases are too few to fit a model" in capsys.readouterr().out


@pytest.mark.parametrize(("mapping", "sentence"), [("who=Agent", "the parts are start, case"), ("case", "'case'")])
def test_a_map_nobody_understands_is_refused(desk: None, log: Path, mapping: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        imported(str(log), "--map", mapping)


def test_a_wrong_row_keeps_everything_out(desk: None, log: Path) -> None:
    log.write_text(log.read_text() + "\n;call;Ada;01.01.2027 09:00;01.01.2027 09:10")
    with pytest.raises(Refused, match=r"Nothing of .* was kept:\n  Line 402: the case is empty"):
        imported(str(log), *MAP)
    assert eventlogs.listing() == []


def test_a_kept_log_is_run_on_with_more_cases(desk: None, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(str(log), *MAP, "--runs", "0", "--name", "desk")
    capsys.readouterr()
    simulated("--eventlog", "desk", "--demand", "300%", "--runs", "2", "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["cases"] == 200 and report["rows"][0]["difference"] > 0
    with pytest.raises(NotFound, match="kept: desk"):
        simulated("--eventlog", "desc")
    with pytest.raises(Refused, match="a share such as 120%"):
        simulated("--eventlog", "desk", "--demand", "much")


def listed(*argv: str) -> None:
    parser = argparse.ArgumentParser()
    eventlog.add_arguments(parser)
    eventlog.main(parser.parse_args(list(argv)))


def test_what_is_kept_is_listed_with_how_it_was_read_and_used_and_deleted(
    desk: None, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed()
    assert "No event log is kept" in capsys.readouterr().out
    imported(str(log), *MAP, "--runs", "0")
    simulated("--eventlog", "old desk", "--runs", "1", "--demand", "130%", "--like", "Ada")
    capsys.readouterr()

    listed()
    told = capsys.readouterr().out
    assert "old desk: 200 cases, 400 steps, 2 people" in told
    assert "cells parted by semicolons" in told and "case is 'Ticket'" in told
    assert "demand 130%, one more like Ada" in told
    listed("list", "--json")
    assert json.loads(capsys.readouterr().out)["logs"][0]["read_as"]["columns"]["resource"] == "Agent"

    listed("delete", "old desk")
    assert eventlogs.listing() == []
    with pytest.raises(NotFound, match="kept: none"):
        listed("delete", "old desk")
