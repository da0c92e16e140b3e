"""`tick` over a million pending clocks with a thousand due: the time of one batch, and whether the pending ones matter.

The due clocks belong to tickets that came in through the desk's door; the pending mass is made set-wise.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any, Final

from bench import _desk, _report

PENDING: Final = (10_000, 1_000_000)
DUE: Final = 1000
PER_TICKET: Final = 3
BEGIN: Final = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
WORKFLOW: Final = """
workflow: Clocks
routing_rules:
  - {condition: "priority == 'high'", action: {assign: {queue: support}}, sla_target: 1h}
queues: {support: {}}
sla_matrix: {"any, any": {first_response: 1h, resolution: 40h}}
sla: {calendar: always, warn_at: [50%, 75%, 90%]}
calendars: {always: {timezone: UTC, hours: {mon-sun: ["00:00-24:00"]}}}
"""


def main() -> None:
    asked = _report.options(__doc__)
    quick = asked.quick
    sizes = (1_000, 10_000) if quick else PENDING
    found: dict[int, list[float]] = {}
    with _desk.desk():
        prepare()
        moment = BEGIN
        have = 0
        for size in sizes:
            fill_up(size - have)
            have = size
            runs = [one_batch(moment + timedelta(hours=4 * run), quick) for run in range(_report.runs(quick))]
            found[size] = runs
            moment += timedelta(hours=4 * len(runs))
    rows = [(f"{size:,} pending", _report.middle(runs), min(runs), max(runs)) for size, runs in found.items()]
    _report.table(f"tick: one batch of {100 if quick else DUE:,} due marks", ("", "median ms", "least", "most"), rows)
    _report.keep("tick", {f"{size}_pending_ms": runs for size, runs in found.items()}, asked)


def prepare() -> None:
    from bench import _mass
    from deskwright.desk import workflows
    from deskwright.desk.staff import people

    team = people.add_team("support", "Support")
    for number in range(12):
        people.add_agent(f"Agent {number}", f"agent{number}@bench.example", teams=[team], capacity=30_000)
    people.add_organisation("Mass", "mass.example")
    workflows.publish(WORKFLOW, now=BEGIN)
    _mass.customers(BEGIN)


def fill_up(clocks: int) -> None:
    """So many more pending clocks, none of them due within the benchmark's day."""
    from bench import _mass

    _mass.tickets(clocks // PER_TICKET + 1, BEGIN)
    _mass.clocks(BEGIN + timedelta(days=10))
    _mass.settle()


def one_batch(at: datetime, quick: bool) -> float:
    """Milliseconds that one beat needs for a thousand marks due at the same moment."""
    from deskwright.desk import clocks

    count = 100 if quick else DUE
    drain(at)
    take_in(count, at)
    half = at + timedelta(minutes=30)
    began = perf_counter()
    done = clocks.tick(half, limit=count)
    took = perf_counter() - began
    if done != count:
        raise RuntimeError(f"{done} marks were due, not {count}")
    return took * 1000


def drain(at: datetime) -> None:
    """Let everything that is due until then happen, so that the next batch is alone."""
    from deskwright.desk import clocks

    while clocks.tick(at):
        pass


def take_in(count: int, at: datetime) -> None:
    from deskwright.desk.arriving import intake

    for start in range(0, count, 200):
        intake.receive([arrival(number, at) for number in range(start, min(start + 200, count))], at)


def arrival(number: int, at: datetime) -> Any:
    from deskwright.desk.arriving.arrivals import Arrival, Person

    whole = Arrival(
        "api", Person(f"customer{number + 1}@mass.example"), "Export is late", "The nightly export is late."
    )
    return replace(whole, at=at, priority="high")


if __name__ == "__main__":
    main()
