"""The lab on one core: an M/M/c line beside the same line in simpy and ciw, a floor of agents, a forecast, a replay.

Every line's mean wait is held to Erlang C's, so that no speed is bought with another model. A replay is of a log made
up as it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from time import perf_counter
from typing import Final

from bench import _lines, _report

ARRIVALS, SERVICE, SERVERS = 8.0, 1.0, 10
COUNT: Final = 40_000
NEAR: Final = 0.3
"""How far the mean wait may be from Erlang C's, of itself."""
TICKETS: Final = 20_000
"""Of the log that is replayed: four events each, on a desk with some forty open at a time."""
Line = Callable[[int], Sequence[float]]


def main() -> None:
    asked = _report.options(__doc__)
    count, runs = (2_000, 1) if asked.quick else (COUNT, _report.RUNS)
    lines: dict[str, Line] = {
        "deskwright, line": lambda seed: line(count, seed),
        "deskwright, floor": lambda seed: floor(count, seed),
        "simpy": lambda seed: _lines.in_simpy(ARRIVALS, SERVICE, SERVERS, count, seed),
        "ciw": lambda seed: _lines.in_ciw(ARRIVALS, SERVICE, SERVERS, count, seed),
    }
    rates = {
        name: _report.middle([rate(run, seed, asked.quick) for seed in range(runs)]) for name, run in lines.items()
    }
    faster = max(rates["simpy"], rates["ciw"])
    rows = [(name, value, 2 * value * 60 / 1e6, value / faster) for name, value in rates.items()]
    _report.table(
        f"lab: M/M/{SERVERS}, {count:,} arrivals, one core",
        ("", "arrivals/s", "million events a minute", "times the faster of simpy and ciw"),
        rows,
    )
    events, seconds = tickets(count // 4), forecast_seconds()
    print(f"  a floor of 40 agents, three touches a ticket: {events * 60 / 1e6:.1f} million events a minute")
    print(f"  a day's forecast from 164 days of 5-minute counts: {seconds * 1000:.0f} ms")
    replayed, megabytes = replay_rate(1_000 if asked.quick else TICKETS)
    print(f"  the log replayed under two workflows: {replayed:,.0f} events a second, {megabytes:.0f} MB in all")
    known = {"arrivals_per_s": rates, "floor_events_per_s": events, "forecast_s": seconds}
    _report.keep("lab", {**known, "replay_events_per_s": replayed, "replay_mb": megabytes}, asked)


def rate(run: Line, seed: int, quick: bool) -> float:
    """Arrivals a second. Raises AssertionError for a line that is not M/M/c."""
    from tests.lab.theory import mean_wait

    begun = perf_counter()
    waits = run(seed)
    seconds = perf_counter() - begun
    mean, expected = sum(waits) / len(waits), mean_wait(SERVERS, ARRIVALS, SERVICE)
    assert quick or abs(mean / expected - 1) < NEAR, (mean, expected)
    return len(waits) / seconds


def line(count: int, seed: int) -> Sequence[float]:
    import numpy as np

    from deskwright.lab.queueing.line import poisson_line

    return poisson_line(ARRIVALS, SERVICE, SERVERS, count, np.random.default_rng(seed)).tolist()


def floor(count: int, seed: int) -> Sequence[float]:
    import numpy as np

    from deskwright.lab.queueing.floor import Person, Work, simulate

    dice = np.random.default_rng(seed)
    moments = np.cumsum(dice.exponential(1 / ARRIVALS, count)).tolist()
    services = dice.exponential(1 / SERVICE, count).tolist()
    work = [Work(at, (long,)) for at, long in zip(moments, services, strict=True)]
    found = simulate(work, [Person() for _ in range(SERVERS)])
    return (found.begun - np.array(moments)).tolist()


def tickets(count: int) -> float:
    """Events a second on a floor as a desk has it: three teams, two shifts, tickets of three touches."""
    import numpy as np

    from deskwright.lab.queueing.floor import Person, Work, simulate

    dice = np.random.default_rng(1)
    day = 1440.0
    people = [
        Person(
            frozenset({number % 3}),
            skills=number % 4,
            capacity=12,
            shifts=tuple(
                (at * day + 480 + 240 * (number % 2), at * day + 960 + 240 * (number % 2)) for at in range(90)
            ),
        )
        for number in range(40)
    ]
    moments = np.sort(dice.uniform(0, 60 * day, count)).tolist()
    minutes = dice.lognormal(2.2, 0.7, (count, 3)).tolist()
    away = dice.exponential(300, (count, 2)).tolist()
    work = [
        Work(at, tuple(touches), tuple(pauses), queue=place % 3, rank=place % 4, skills=place % 2)
        for place, (at, touches, pauses) in enumerate(zip(moments, minutes, away, strict=True))
    ]
    begun = perf_counter()
    found = simulate(work, people)
    return found.events / (perf_counter() - begun)


def replay_rate(count: int) -> tuple[float, float]:
    """Events decided a second of processor time, as calm as the desk, and the most memory ever had, in MB."""
    import resource
    from time import process_time

    from bench._log import LIVE, OTHER, PEOPLE, until, written
    from deskwright.desk.garbage import calm
    from deskwright.lab.whatif.rerunning import rerun

    calm()
    begun = process_time()
    ends = {number: 4 * number for number in range(1, count + 1)}
    found = rerun(written(count), lambda version: LIVE, lambda version: PEOPLE, until(count), [OTHER], ends)
    seconds = process_time() - begun
    assert len(found[1]) == count and all(outcome.kept for outcome in found[0].values())
    return 2 * 4 * count / seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def forecast_seconds() -> float:
    import numpy as np

    from deskwright.lab.capacity.forecast import forecast
    from deskwright.lab.capacity.series import Series, every_day

    first = date(2026, 1, 5)
    counts = np.random.default_rng(2).poisson(60, (164, 169)).astype(float)
    history = Series(every_day(first, first + timedelta(days=164)), counts, 5)
    begun = perf_counter()
    forecast(history, [first + timedelta(days=164)])
    return perf_counter() - begun


if __name__ == "__main__":
    main()
