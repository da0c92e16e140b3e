"""The simulation against theory: each figure within the confidence interval that its own runs give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf

import numpy as np
import pytest

from deskwright.lab.capacity import erlang
from deskwright.lab.queueing.floor import Person, Work, simulate
from deskwright.lab.queueing.line import poisson_line, waits
from tests.lab import theory

Draw = Callable[[np.random.Generator], float]
RUNS, EACH, WARM = 20, 3000, 400


def interval(figures: Iterator[float]) -> tuple[float, float]:
    """Mean of the runs and four standard errors of it: a true figure is outside once in 16,000 times."""
    found = np.array(list(figures))
    return float(found.mean()), 4 * float(found.std(ddof=1)) / len(found) ** 0.5


def floor_waits(
    rates: list[float], service: Draw, servers: int, patience: float = inf
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(rank, wait, lost) of the work of each run, after warming up; waits of the lost are their patience."""
    for seed in range(RUNS):
        dice = np.random.default_rng(seed)
        moments = np.cumsum(dice.exponential(1 / sum(rates), EACH))
        ranks = dice.choice(len(rates), EACH, p=np.array(rates) / sum(rates))
        patient = [dice.exponential(patience) if patience < inf else inf for _ in range(EACH)]
        work = [
            Work(moment, (service(dice),), rank=int(rank), patience=left)
            for moment, rank, left in zip(moments.tolist(), ranks.tolist(), patient, strict=True)
        ]
        found = simulate(work, [Person() for _ in range(servers)])
        wait = np.where(found.lost, patient, found.begun - moments)
        yield ranks[WARM:], wait[WARM:], found.lost[WARM:]


def exponential(dice: np.random.Generator) -> float:
    return float(dice.exponential(1.0))


@pytest.mark.parametrize(("servers", "rate"), [(1, 0.6), (5, 4.0)], ids=["M/M/1", "M/M/c, Erlang C"])
def test_the_mean_wait_of_a_line_is_erlang_s(servers: int, rate: float) -> None:
    mean, error = interval(wait.mean() for _, wait, _ in floor_waits([rate], exponential, servers))
    assert mean == pytest.approx(theory.mean_wait(servers, rate, 1.0), abs=error)
    assert error < 0.35 * mean


def test_a_line_with_any_service_time_waits_as_pollaczek_and_khinchine_say() -> None:
    """Half the work takes 0.2, half 1.8: mean 1, second moment 1.64."""
    service = [0.2, 1.8]
    found = floor_waits([0.6], lambda dice: service[int(dice.random() < 0.5)], 1)
    mean, error = interval(wait.mean() for _, wait, _ in found)
    assert mean == pytest.approx(theory.single_server_wait(0.6, 1.0, 1.64), abs=error)


def test_impatient_customers_are_lost_as_erlang_a_says() -> None:
    """M/M/c+M (Palm 1957), overloaded: 4 servers, 5 arrivals, patience as long as two services."""
    runs = list(floor_waits([5.0], exponential, 4, patience=2.0))
    lost, wait = erlang.impatient(4, 5.0, 1.0, 0.5)
    share, error = interval(gone.mean() for _, _, gone in runs)
    assert share == pytest.approx(lost, abs=error)
    assert lost == pytest.approx(wait * 0.5)


def test_the_urgent_wait_as_cobham_and_kella_and_yechiali_say() -> None:
    rates = [1.0, 1.5, 1.5]
    runs = list(floor_waits(rates, exponential, 5))
    for rank, expected in enumerate(theory.priority_waits(5, rates, 1.0)):
        mean, error = interval(wait[ranks == rank].mean() for ranks, wait, _ in runs)
        assert mean == pytest.approx(expected, abs=error)


def test_a_line_without_people_in_it_gives_the_floor_s_waits_to_the_last_digit() -> None:
    dice = np.random.default_rng(3)
    moments, services = np.cumsum(dice.exponential(0.25, 2000)), dice.exponential(1.0, 2000)
    work = [Work(at, (long,)) for at, long in zip(moments.tolist(), services.tolist(), strict=True)]
    on_floor = simulate(work, [Person() for _ in range(5)]).begun - moments
    assert waits(moments, services, 5) == pytest.approx(on_floor, abs=1e-9)


def test_a_line_of_many_arrivals_waits_as_erlang_c_says() -> None:
    runs = (poisson_line(8.0, 1.0, 10, 20_000, np.random.default_rng(seed))[1000:].mean() for seed in range(RUNS))
    mean, error = interval(float(run) for run in runs)
    assert mean == pytest.approx(theory.mean_wait(10, 8.0, 1.0), abs=error)
