"""The simulate command: its words, its JSON, what it refuses."""

from __future__ import annotations

import argparse
import io
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deskwright.cli import simulate, staffed
from deskwright.cli.failures import Refused
from deskwright.desk import clock, workflows
from deskwright.desk.answering import replies
from deskwright.lab.staffed.studying import Compared, Honesty
from tests.factories import a_ticket, an_agent

LIVE = "extends: nothing\nqueues: {front: {}, exports: {}}\ndefault_queue: front\n"
DRAFT = (
    LIVE
    + "routing_rules: [{name: Exports, condition: \"subject CONTAINS 'export'\", action: {assign: {queue: exports}}}]\n"
)


@pytest.fixture
def desk(db: str, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    workflows.publish(LIVE, now=now)


def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str, *argv: str) -> tuple[int, str]:
    parser = argparse.ArgumentParser()
    simulate.add_arguments(parser)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code = simulate.main(parser.parse_args(["-", *argv]))
    return code, capsys.readouterr().out


def test_it_tells_what_would_move_and_by_which_rule(
    desk: None, now: datetime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = a_ticket(now, subject="An export")
    code, told = said(capsys, monkeypatch, DRAFT)
    assert code == 0
    assert "1 routed elsewhere" in told
    assert f"#{ticket.pk} An export: queue front -> exports; by Exports" in told
    assert said(capsys, monkeypatch, LIVE)[1].splitlines()[-1] == "Nothing would have been otherwise."


def test_it_tells_the_whole_report_as_json(
    desk: None, now: datetime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_ticket(now, subject="An export")
    report = json.loads(said(capsys, monkeypatch, DRAFT, "--json", "--since", "30d")[1])
    assert (report["tickets"], report["rerouted"], report["moved"][0]["rule"]) == (1, 1, "Exports")


def test_a_draft_with_problems_is_told_them_and_a_moment_nobody_understands_is_refused(
    desk: None, now: datetime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(capsys, monkeypatch, "queus: {}")[0] == 1
    with pytest.raises(Refused, match="a date like 2026-10-01 or a duration like 30d, not 'lately'"):
        said(capsys, monkeypatch, LIVE, "--since", "lately")
    for long_ago in ("9999999d", "999999999999d"):
        with pytest.raises(Refused, match=f"a duration like 30d, not '{long_ago}'"):
            simulate.moment(long_ago, now)


@pytest.mark.parametrize(("written", "day"), [("2026-10-01", 1), ("2026-10-02T00:00:00+00:00", 2), ("1d", 9)])
def test_a_beginning_is_a_date_or_so_long_ago(written: str, day: int) -> None:
    moment = simulate.moment(written, datetime(2026, 10, 10, tzinfo=UTC))
    assert moment is not None and moment.day == day


def test_simulated_people_are_told_with_how_far_to_trust_them(
    desk: None, now: datetime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = an_agent("Ada Quill", role="lead")
    replies.reply(agent, a_ticket(now).pk, "Done.", now=now + timedelta(minutes=20))
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=2))

    told = said(capsys, monkeypatch, DRAFT, "--staffed", "--runs", "2")[1]
    assert "1 ticket, under the live workflow and the draft; people are simulated." in told
    assert "Honesty score: none. The record is too short" in told
    assert "Ada Quill has no shift: taken to work in the hours in which they usually answered." in told
    report = json.loads(said(capsys, monkeypatch, DRAFT, "--staffed", "--runs", "2", "--seed", "3", "--json")[1])
    assert (report["tickets"], report["runs"], report["seed"], report["honesty"]) == (1, 2, 3, None)
    with pytest.raises(Refused, match="from 2 to 1000: one run has no spread"):
        said(capsys, monkeypatch, DRAFT, "--staffed", "--runs", "1")
    with pytest.raises(Refused, match=r"Name the workflow to try"):
        simulate.main(parsed())


@pytest.mark.parametrize(
    ("distance", "words"), [(0.05, "close"), (0.15, "trust the direction"), (0.4, "Do not decide")]
)
def test_the_score_is_put_in_words(distance: float, words: str) -> None:
    assert words in staffed.verdict(distance)


def test_a_half_that_was_never_answered_is_told_in_words() -> None:
    told = " ".join(staffed.trust(Honesty(0.2, 40, 0.25, 7200.0, None)))
    assert "half were answered within 2.0 h" in told
    assert "fewer than half were ever answered" in told


def parsed(*argv: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    simulate.add_arguments(parser)
    return parser.parse_args(list(argv))


def test_a_last_day_is_said_and_refused_where_people_are_simulated(
    desk: None, now: datetime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_ticket(now - timedelta(days=9), subject="An export")
    until = f"{now - timedelta(days=7):%Y-%m-%d}"
    assert f"1 ticket until {until}, under" in said(capsys, monkeypatch, DRAFT, "--until", until)[1]
    with pytest.raises(Refused, match="not for --staffed"):
        said(capsys, monkeypatch, DRAFT, "--staffed", "--until", until)


@pytest.mark.parametrize("asked", [("--runs", "5"), ("--seed", "3"), ("--scheduler", "tcp://127.0.0.1:9")])
def test_what_only_chance_needs_is_refused_where_nothing_is_left_to_chance(
    desk: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, asked: tuple[str, str]
) -> None:
    with pytest.raises(Refused, match="for --staffed"):
        said(capsys, monkeypatch, DRAFT, *asked)


@pytest.mark.parametrize(("low", "words"), [(-0.1, "no difference found"), (0.1, "(+0.1 to +2.0)")])
def test_a_difference_within_the_noise_is_called_none(low: float, words: str) -> None:
    row = Compared("all", "all", "first_response", 70.0, 71.0, 1.0, low, 2.0)
    assert list(staffed.promises([row], {}))[1].endswith(words)
    figure = replace(row, what="escalations")
    assert list(staffed.figures([figure]))[1].endswith(words)
