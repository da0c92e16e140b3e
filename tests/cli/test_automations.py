"""The automations command: what it says and what it switches."""

from __future__ import annotations

import argparse
from datetime import datetime

import pytest

from deskwright.cli import automations
from deskwright.cli.failures import Refused
from deskwright.desk import workflows
from tests.factories import a_ticket

TEXT = """
automations:
  - {name: stale, every: 1h, per_hour: 5, do: [{tag: [stale]}]}
  - {name: thanks, on: survey_answered, enabled: false, do: [{tag: [thanks]}]}
"""


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> list[str]:
    parser = argparse.ArgumentParser()
    automations.add_arguments(parser)
    assert automations.main(parser.parse_args(argv)) == 0
    return capsys.readouterr().out.splitlines()


def test_it_lists_switches_and_tries_out(db: str, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    workflows.publish(TEXT, now=now)
    ticket = a_ticket(now, subject="Export is empty")
    assert said(capsys, "off", "stale") == ["stale is switched off."]
    assert said(capsys, "list") == [
        "stale: every 1h, at most 5 an hour; switched off; 0 runs in 24 hours",
        "thanks: on survey_answered; off in the workflow; 0 runs in 24 hours",
    ]
    assert said(capsys, "dry-run", "stale") == [
        f"#{ticket.pk} Export is empty: tagged stale",
        "It would run on 1 open ticket. Nothing was changed.",
    ]
    assert said(capsys, "on", "stale") == ["stale is switched on."]


def test_it_refuses_a_name_it_does_not_know(db: str, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    workflows.publish(TEXT, now=now)
    with pytest.raises(Refused, match="no automation named 'stael'"):
        said(capsys, "off", "stael")
