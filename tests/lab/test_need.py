"""How many people an interval takes, for those who wait on the line and for work that may wait."""

from __future__ import annotations

import numpy as np
import pytest

from deskwright.lab.capacity.erlang import Unstable, impatient, served_within
from deskwright.lab.capacity.need import Promise, at_once, carried, live_need


def test_one_fewer_would_break_the_promise() -> None:
    promise = Promise(share=0.8, within=1 / 3)
    people = at_once(100 / 30, 3.0, promise)
    assert people == 14
    assert served_within(people, 100 / 30, 1 / 3, 1 / 3) >= 0.8 > served_within(people - 1, 100 / 30, 1 / 3, 1 / 3)


def test_with_patience_so_few_are_lost_as_was_promised() -> None:
    promise = Promise(patience=2.0, lost=0.05)
    people = at_once(5.0, 4.0, promise)
    assert impatient(people, 5.0, 1 / 4, 1 / 2)[0] <= 0.05 < impatient(people - 1, 5.0, 1 / 4, 1 / 2)[0]


def test_nobody_is_needed_where_nothing_comes_and_a_mistake_is_refused() -> None:
    assert at_once(0.0, 5.0, Promise()) == 0
    with pytest.raises(Unstable, match="More than 2000 people"):
        at_once(1000.0, 5.0, Promise())


def test_people_who_are_away_are_added() -> None:
    arrivals = np.array([[0.0, 60.0]])
    present = live_need(arrivals, 30, 3.0, Promise())
    rostered = live_need(arrivals, 30, 3.0, Promise(), shrinkage=0.3)
    assert present.shape == (1, 2)
    assert rostered[0].tolist() == [0.0, np.ceil(present[0, 1] / 0.7)]


def test_work_that_may_wait_is_spread_over_the_time_it_has() -> None:
    """Sixty mails of ten minutes at nine o'clock, and four hours: 600 minutes in 5 slots of 60 minutes."""
    arrivals = np.array([60.0, 0, 0, 0, 0, 0])
    assert carried(arrivals, 60, 10.0, delay=4).tolist() == [2, 2, 2, 2, 2, 0]
    assert carried(arrivals, 60, 10.0, delay=0).tolist() == [10, 0, 0, 0, 0, 0]


def test_every_deadline_is_met_at_the_rate_found_and_missed_just_below() -> None:
    dice = np.random.default_rng(7)
    arrivals, opened = dice.poisson(20, 48).astype(float), np.tile([False] * 4 + [True] * 8, 4)
    people = carried(arrivals, 60, 6.0, delay=12, open_slots=opened)
    assert not people[~opened].any()
    assert people.sum() >= arrivals.sum() * 6 / 60 - 1e-9
    with pytest.raises(Unstable, match="nobody is there"):
        carried(arrivals, 60, 6.0, delay=2, open_slots=opened)
