"""A desk's own proposals: nothing is published, what cannot be asked is refused."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deskwright.cli import optimise
from deskwright.cli.failures import Refused
from deskwright.desk import advising, clock, optimising, staffed, workflows
from deskwright.desk.answering import replies
from deskwright.desk.errors import Invalid
from deskwright.lab.staffed.studying import one_after_another
from deskwright.store.models import TicketEvent, WorkflowVersion
from tests import factories
from tests.desk.test_staffed import LIVE, busy_desk


def test_a_proposal_is_a_text_and_changes_nothing(db: str, now: datetime) -> None:
    busy_desk(now, days=6)
    events, shares = TicketEvent.objects.count(), list[float]()

    later = now + timedelta(days=10)
    past = staffed.read(later, None)
    found = optimising.optimise(past, now=later, runs=2, spread=one_after_another, progress=shares.append)

    assert {tried.kind for tried in found.tried} >= {"capacity", "skills", "warnings"}
    assert [tried.said for tried in found.people] == ["front"]
    assert workflows.load(found.text)
    assert (WorkflowVersion.objects.count(), TicketEvent.objects.count()) == (1, events)
    assert shares[-1] == 1.0


def test_one_ticket_of_an_agent_without_a_shift_is_tried_and_shows_nothing(db: str, now: datetime) -> None:
    agent = factories.an_agent("Ada Quill", role="lead")
    workflows.publish(LIVE, now=now)
    replies.reply(agent, factories.a_ticket(now).pk, "Done.", now=now + timedelta(minutes=20), solve=True)

    later = now + timedelta(hours=1)
    past = staffed.read(later, None)
    found = optimising.optimise(past, now=later, runs=2, spread=one_after_another)

    assert (found.chosen, found.honesty, found.text) == ((), None, workflows.live().text)
    assert [(one.said, one.sure) for one in found.people] == [("front", False)]
    assert advising.advise(past, now=later) == []


def test_the_command_tells_what_was_tried(
    db: str, now: datetime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    busy_desk(now, days=2)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=10))
    parser = argparse.ArgumentParser()
    optimise.add_arguments(parser)

    draft = tmp_path / "draft.yaml"
    assert optimise.main(parser.parse_args(["--runs", "2", "--allow", "warnings", "--draft", str(draft)])) == 0
    told = capsys.readouterr().out
    assert "3 changes of the live workflow tried, up to 2 runs each" in told
    assert "nothing is proposed" in told and not draft.exists()
    optimise.main(parser.parse_args(["--runs", "2", "--allow", "warnings", "--json"]))
    assert json.loads(capsys.readouterr().out)["chosen"] == []

    with pytest.raises(Refused, match="from 2 to 1000"):
        optimise.main(parser.parse_args(["--runs", "1"]))
    with pytest.raises(Invalid, match="magic is not among them"):
        optimise.main(parser.parse_args(["--allow", "magic"]))
    with pytest.raises(Invalid, match="there is nothing to try"):
        optimise.main(parser.parse_args(["--allow", ""]))
