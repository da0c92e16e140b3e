"""Chance by name, and what few runs can tell. Held to published tables."""

from __future__ import annotations

from itertools import product

import pytest

from deskwright.lab.staffed.chances import between, between_shares, by_chance, chance, student


def test_chance_hangs_on_its_name_alone() -> None:
    assert chance(1, 2, 3) == chance(1, 2, 3)
    assert len({chance(*name) for name in product(range(10), repeat=4)}) == 10_000


def test_chances_of_neighbouring_names_are_spread_evenly_and_know_nothing_of_each_other() -> None:
    for shift in ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)):
        names = [
            (run, ticket, place, what)
            for run in range(4)
            for ticket in range(500)
            for place in (0, 1)
            for what in (0, 3)
        ]
        ours = [chance(*name) for name in names]
        theirs = [chance(*map(sum, zip(name, shift, strict=True))) for name in names]
        assert sum(ours) / len(ours) == pytest.approx(0.5, abs=0.015)
        together = sum((one - 0.5) * (other - 0.5) for one, other in zip(ours, theirs, strict=True)) * 12 / len(ours)
        assert abs(together) < 0.05


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (7, 2.3646), (19, 2.0930), (99, 1.9842), (999, 1.9623)],
)
def test_the_quantiles_of_student_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert student(freedom) == pytest.approx(quantile, abs=0.0001)


def test_the_interval_of_a_mean_holds_the_true_one_nineteen_times_of_twenty_however_few_the_runs() -> None:
    for runs in (2, 4, 8):
        held = 0
        for study in range(2000):
            changes = [sum(chance(study, run, part) for part in range(12)) - 6 for run in range(runs)]
            _, low, high = between(changes)
            held += low <= 0 <= high
        assert held / 2000 == pytest.approx(0.95, abs=0.015)


def test_what_never_differs_has_no_interval() -> None:
    assert between([0.0, 0.0, 0.0]) == (0, 0, 0)


def test_two_samples_of_one_distribution_are_seldom_farther_apart_than_chance_allows() -> None:
    """Smirnov's table: 0.192 for a hundred and a hundred."""
    assert by_chance(100, 100) == pytest.approx(0.192, abs=0.001)


def test_shares_differ_by_no_more_than_all_of_them() -> None:
    assert between_shares([-80.0, 100.0]) == (10.0, -100.0, 100.0)
