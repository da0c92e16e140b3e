"""Waiting lines with a formula: Erlang B, C and A.

Rates are per one unit of time, whatever it is; waits are in that unit.
"""

from __future__ import annotations

import math
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


def served_within(servers: int, arrivals: float, service: float, limit: float) -> float:
    """The share of arrivals that wait at most `limit` in an M/M/c line. Raises Unstable."""
    waits = erlang_c(servers, arrivals / service)
    return 1.0 - waits * math.exp(-(servers * service - arrivals) * limit)


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
