"""Waiting lines with a formula: Erlang B, C and A, Pollaczek-Khinchine, non-preemptive priorities.

Rates are per one unit of time, whatever it is; waits are in that unit. The simulation is held to these in tests.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

ENOUGH: Final = 1e-13
LARGE: Final = 1e200


class Unstable(ValueError):
    """More work arrives than the servers can do: the line grows for ever."""


def erlang_b(servers: int, load: float) -> float:
    """The share of arrivals that find every server busy where nobody waits. `load` is arrival rate / service rate.

    A. K. Erlang 1917; the recursion: Cooper, Introduction to Queueing Theory, 2nd ed. 1981, section 3.3.
    """
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """The share of arrivals that wait in an M/M/c line. Raises Unstable when load >= servers (Erlang 1917)."""
    if load >= servers:
        raise Unstable(f"{servers} servers cannot do a load of {load:.2f}.")
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1.0 - blocked))


def mean_wait(servers: int, arrivals: float, service: float) -> float:
    """The mean wait in an M/M/c line, of all arrivals. Raises Unstable."""
    return erlang_c(servers, arrivals / service) / (servers * service - arrivals)


def served_within(servers: int, arrivals: float, service: float, limit: float) -> float:
    """The share of arrivals that wait at most `limit` in an M/M/c line. Raises Unstable."""
    waits = erlang_c(servers, arrivals / service)
    return 1.0 - waits * math.exp(-(servers * service - arrivals) * limit)


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


def impatient(servers: int, arrivals: float, service: float, patience: float) -> tuple[float, float]:
    """(share that gives up, mean wait of all) in an M/M/c+M line; `patience` is the rate at which one who waits leaves.

    Palm 1957; Garnett, Mandelbaum & Reiman, Designing a call center with impatient customers, 2002. The stationary
    distribution, relative to all servers busy and nobody waiting, is summed until what is left no longer counts.
    """
    present, weight, waiting = servers, 1.0, 0.0
    total = 1.0 / erlang_b(servers, arrivals / service)
    while weight > ENOUGH * total or present * service < arrivals:
        present += 1
        weight *= arrivals / (servers * service + (present - servers) * patience)
        total += weight
        waiting += (present - servers) * weight
        if total > LARGE:
            weight, waiting, total = weight / LARGE, waiting / LARGE, 1.0
    in_line = waiting / total
    return in_line * patience / arrivals, in_line / arrivals
