"""A long log under many states of the people is replayed in little memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from deskwright.lab.replay import STATES, Replay, begin_deed, end_deed, happen
from tests.lab.test_sharing import LIVE, NOON, PEOPLE, WORDS, opened


def test_what_agents_fit_is_remembered_for_the_latest_people_only() -> None:
    course = Replay(lambda version: LIVE, lambda version: PEOPLE)
    for number in range(1, 3 * STATES):
        recorded = replace(opened(number, NOON + timedelta(hours=number), WORDS[0]), people=number)
        begin_deed(course, number)
        happen(course, recorded)
        end_deed(course)
    assert list(course.fitting) == list(range(2 * STATES, 3 * STATES))
