"""A long log under many states of the people is replayed in little memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bench._log import LIVE as MEASURED
from bench._log import OTHER, until, written
from bench._log import PEOPLE as MEASURED_PEOPLE
from deskwright.lab import replay
from deskwright.lab.replay import STATES, Replay, begin_deed, end_deed, happen
from deskwright.lab.whatif.rerunning import rerun
from tests.lab.test_sharing import LIVE, NOON, PEOPLE, WORDS, opened


def test_what_agents_fit_is_remembered_for_the_latest_people_only() -> None:
    course = Replay(lambda version: LIVE, lambda version: PEOPLE)
    for number in range(1, 3 * STATES):
        recorded = replace(opened(number, NOON + timedelta(hours=number), WORDS[0]), people=number)
        begin_deed(course, number)
        happen(course, recorded)
        end_deed(course)
    assert list(course.fitting) == list(range(2 * STATES, 3 * STATES))


def test_the_log_that_is_measured_comes_out_as_if_nothing_were_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the live version, run again on its own history, does what it did."""
    count = 150
    log, ends = list(written(count)), {number: 4 * number for number in range(1, count + 1)}
    drafts = [MEASURED, OTHER]
    fast = rerun(log, lambda version: MEASURED, lambda version: MEASURED_PEOPLE, until(count), drafts, ends)
    monkeypatch.setattr(replay, "same", lambda *of: False)
    slow = rerun(log, lambda version: MEASURED, lambda version: MEASURED_PEOPLE, until(count), drafts)
    assert fast == slow
    assert fast[0] == fast[1]
