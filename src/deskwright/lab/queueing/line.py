"""One line before servers who are all alike and always there: first come, first served, nobody gives up.

The wait of each arrival follows from the moments at which servers become free (Kiefer & Wolfowitz, On the theory of
queues with many servers, 1955): no event list is needed. Floors with people in them are simulated next door.
"""

from __future__ import annotations

from heapq import heapreplace

import numpy as np

from deskwright.lab.capacity.series import Array


def waits(arrivals: Array, services: Array, servers: int) -> Array:
    """How long each waits: arrivals ascend, services are how long each is served, in one unit of time."""
    free = [0.0] * servers
    found: list[float] = []
    add = found.append
    for arrival, service in zip(arrivals.tolist(), services.tolist(), strict=True):
        first = free[0]
        begins = arrival if arrival > first else first
        add(begins - arrival)
        heapreplace(free, begins + service)
    return np.array(found)


def poisson_line(arrivals: float, service: float, servers: int, count: int, dice: np.random.Generator) -> Array:
    """Waits of `count` arrivals in an M/M/c line with these rates, from an empty floor on."""
    moments = np.cumsum(dice.exponential(1.0 / arrivals, count))
    return waits(moments, dice.exponential(1.0 / service, count), servers)
