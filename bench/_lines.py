"""One M/M/c line in the packages simpy and ciw: `count` arrivals, the wait of each."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any


def in_simpy(arrivals: float, service: float, servers: int, count: int, seed: int) -> list[float]:
    import simpy

    dice = random.Random(seed)
    world = simpy.Environment()
    counter = simpy.Resource(world, servers)
    waits: list[float] = []

    def customer() -> Generator[Any, Any, None]:
        came = world.now
        with counter.request() as turn:
            yield turn
            waits.append(world.now - came)
            yield world.timeout(dice.expovariate(service))

    def source() -> Generator[Any, Any, None]:
        for _ in range(count):
            yield world.timeout(dice.expovariate(arrivals))
            world.process(customer())

    world.process(source())
    world.run()
    return waits


def in_ciw(arrivals: float, service: float, servers: int, count: int, seed: int) -> list[float]:
    import ciw

    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=arrivals)],
        service_distributions=[ciw.dists.Exponential(rate=service)],
        number_of_servers=[servers],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(count, method="Finish")
    return [record.waiting_time for record in simulation.get_all_records()]
