"""The formulas against figures that were worked out elsewhere, and against laws they must obey."""

from __future__ import annotations

import math

import pytest

from deskwright.lab.capacity import erlang
from tests.lab import theory


@pytest.mark.parametrize(
    ("servers", "load", "blocked"), [(1, 1.0, 1 / 2), (2, 1.0, 1 / 5), (10, 5.0, 0.018385), (100, 90.0, 0.026957)]
)
def test_the_share_that_finds_every_server_busy(servers: int, load: float, blocked: float) -> None:
    assert erlang.erlang_b(servers, load) == pytest.approx(blocked, abs=1e-6)


def test_erlang_b_is_the_ratio_of_its_definition() -> None:
    load, servers = 7.3, 12
    terms = [load**number / math.factorial(number) for number in range(servers + 1)]
    assert erlang.erlang_b(servers, load) == pytest.approx(terms[-1] / sum(terms))


def test_one_server_makes_an_arrival_wait_as_often_as_it_is_busy() -> None:
    assert erlang.erlang_c(1, 0.7) == pytest.approx(0.7)
    assert theory.mean_wait(1, 0.7, 1.0) == pytest.approx(0.7 / 0.3)


def test_the_share_served_at_once_is_one_less_those_that_wait() -> None:
    assert erlang.served_within(10, 8.0, 1.0, 0.0) == pytest.approx(1 - erlang.erlang_c(10, 8.0))
    assert erlang.erlang_c(10, 8.0) == pytest.approx(0.409180, abs=1e-6)


@pytest.mark.parametrize("load", [3.0, 4.0])
def test_more_work_than_servers_is_refused(load: float) -> None:
    with pytest.raises(erlang.Unstable, match="3 servers"):
        erlang.erlang_c(3, load)


def test_exponential_service_gives_the_single_server_formula_its_textbook_case() -> None:
    assert theory.single_server_wait(0.5, 1.0, 2.0) == pytest.approx(theory.mean_wait(1, 0.5, 1.0))
    assert theory.single_server_wait(0.5, 1.0, 1.0) == pytest.approx(0.5)


def test_priorities_move_waiting_about_and_make_none() -> None:
    """Kleinrock's conservation law: the waits, weighted by the classes' loads, add up to those without priorities."""
    arrivals = [1.0, 2.0, 1.5]
    waits = theory.priority_waits(6, arrivals, 1.0)
    together = sum(rate * wait for rate, wait in zip(arrivals, waits, strict=True)) / sum(arrivals)
    assert waits == sorted(waits)
    assert together == pytest.approx(theory.mean_wait(6, sum(arrivals), 1.0))


def test_those_who_leave_as_fast_as_they_are_served_are_counted_like_a_poisson_variable() -> None:
    """With patience equal to service the number present is Poisson, whatever the number of servers."""
    servers, load = 4, 6.0
    present = [math.exp(-load) * load**number / math.factorial(number) for number in range(60)]
    in_line = sum(max(0, number - servers) * weight for number, weight in enumerate(present))
    lost, wait = erlang.impatient(servers, load, 1.0, 1.0)
    assert (lost, wait) == (pytest.approx(in_line / load), pytest.approx(in_line / load))


def test_great_patience_comes_to_erlang_c_and_a_great_overload_to_what_cannot_be_served() -> None:
    assert erlang.impatient(10, 8.0, 1.0, 1e-7)[1] == pytest.approx(theory.mean_wait(10, 8.0, 1.0), rel=1e-4)
    assert erlang.impatient(500, 2000.0, 1.0, 0.5)[0] == pytest.approx(0.75, abs=1e-6)
