"""Mean waits of lines with a formula, which the simulation is held to. Rates are per one unit of time, waits in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from deskwright.lab.capacity.erlang import Unstable, erlang_c


def mean_wait(servers: int, arrivals: float, service: float) -> float:
    """The mean wait in an M/M/c line, of all arrivals. Raises Unstable."""
    return erlang_c(servers, arrivals / service) / (servers * service - arrivals)


def single_server_wait(arrivals: float, mean: float, second_moment: float) -> float:
    """The mean wait in an M/G/1 line, from mean and second moment of the service time. Raises Unstable.

    Pollaczek 1930, Khinchine 1932; Kleinrock, Queueing Systems I, 1975, section 5.6.
    """
    busy = arrivals * mean
    if busy >= 1.0:
        raise Unstable(f"One server cannot be busy {busy:.0%} of the time.")
    return arrivals * second_moment / (2.0 * (1.0 - busy))


def priority_waits(servers: int, arrivals: Sequence[float], service: float) -> list[float]:
    """Mean waits of classes, the most urgent first, in an M/M/c line whose service is not interrupted. Raises Unstable.

    Cobham 1954 for one server; Kella & Yechiali, Waiting times in the non-preemptive priority M/M/c queue, 1985.
    """
    whole = servers * service
    waiting = erlang_c(servers, sum(arrivals) / service) / whole
    shares = [sum(arrivals[:number]) / whole for number in range(len(arrivals) + 1)]
    return [waiting / ((1.0 - above) * (1.0 - with_own)) for above, with_own in pairwise(shares)]
