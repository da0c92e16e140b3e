"""Routing with 10 to 10,000 rules on one core, beside the same rules in rule-engine and cel-python; and loading them.

Every ticket is asked in all three, and all three must choose the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any, Final

from bench import _desk, _peers, _report
from bench.decide import NOON, facts

SIZES: Final = (10, 100, 1000, 10_000)
PEERS: Final[Mapping[str, Callable[[int], _peers.Ask]]] = {
    "rule-engine": _peers.rule_engine,
    "cel-python": _peers.cel,
}
LARGEST: Final = 1000
"""Rules the other packages are given; they ask every rule, so ten times the rules take them ten times as long."""
TICKETS: Final = 60
SHORTEST: Final = 0.3
"""Seconds measured at least."""
AGREEING: Final = 12
"""Tickets on which the choices are compared."""


def main() -> None:
    asked = _report.options(__doc__)
    quick = asked.quick
    _desk.set_up()
    sizes = SIZES[:2] if quick else SIZES
    found = {size: measure(size, quick) for size in sizes}
    head = ("rules", "load ms", "decide/s", "route/s", *(f"{name}/s" for name in PEERS), "times the faster")
    _report.table("engine: one core", head, [row(size, found[size]) for size in sizes])
    flat = found[sizes[-1]]["route_us"] / found[sizes[0]]["route_us"]
    whole = found[sizes[-1]]["decide_us"] / found[sizes[0]]["decide_us"]
    cost = f"{sizes[-1]:,} rules cost {flat:.2f} times what {sizes[0]} cost in routing"
    print(f"  {cost}, {whole:.2f} times in whole decisions")
    figures = {f"{size}_rules": values for size, values in found.items()}
    _report.keep("engine", {**figures, "route_flat": flat, "decide_flat": whole}, asked)


def row(size: int, values: Mapping[str, float]) -> tuple[Any, ...]:
    peers = [values.get(name) for name in PEERS]
    known = [rate for rate in peers if rate is not None]
    ratio = f"{values['route'] / max(known):,.0f}" if known else "-"
    return (f"{size:,}", values["load_ms"], values["decide"], values["route"], *(rate or "-" for rate in peers), ratio)


def measure(size: int, quick: bool) -> dict[str, float]:
    """Milliseconds to load, and decisions a second: medians of the runs."""
    from deskwright.engine.decide import decide
    from deskwright.engine.events import TicketOpened
    from deskwright.engine.loading import load
    from deskwright.engine.routing import choose

    text, runs = _desk.workflow(size), _report.runs(quick)
    workflow = load(text)
    cases = [facts(body, number) for number, body in enumerate(_desk.bodies(TICKETS))]
    views = seen(workflow, cases)
    for case in cases:  # conditions are compiled when first asked
        decide(workflow, case, TicketOpened(), NOON)
    values = {
        "load_ms": _report.middle([1000 * seconds(lambda: load(text)) for _ in range(runs)]),
        "decide": _report.middle(
            [rate(lambda case: decide(workflow, case, TicketOpened(), NOON), cases) for _ in range(runs)]
        ),
        "route": _report.middle([rate(lambda view: choose(workflow, view), views) for _ in range(runs)]),
    }
    values |= {f"{name}_us": 1_000_000 / values[name] for name in ("decide", "route")}
    if size <= LARGEST:
        tickets = [_peers.plain(view) for view in views]
        for name, make in PEERS.items():
            ask = make(size)
            agree(name, ask, tickets, lambda view: choose(workflow, view).winner, views)
            values[name] = _report.middle([rate(ask, tickets) for _ in range(runs)])
    return values


def seen(workflow: Any, cases: Sequence[Any]) -> list[dict[str, Any]]:
    """Each ticket as the rules see it: classified, its signals raised."""
    from deskwright.engine import priority, vocabulary
    from deskwright.engine.events import TicketOpened

    views = []
    for case in cases:
        view = vocabulary.view(workflow, case, TicketOpened(), NOON)
        views.append(view | priority.classify(workflow, view)[0])
    return views


def agree(
    name: str, ask: _peers.Ask, tickets: Sequence[Any], choose: Callable[[Any], Any], views: Sequence[Any]
) -> None:
    """Raises AssertionError when the package chooses another rule: it would not be the same work."""
    for ticket, view in list(zip(tickets, views, strict=True))[:AGREEING]:
        winner, number = choose(view), ask(ticket)
        assert (winner.number if winner else None) == number, f"{name} chooses {number}, the engine {winner}"


def rate(do: Callable[[Any], Any], items: Sequence[Any]) -> float:
    """How often a second, going round the items until enough time has passed."""
    done, began = 0, perf_counter()
    while True:
        for item in items:
            do(item)
            done += 1
            spent = perf_counter() - began
            if spent > SHORTEST and done >= min(AGREEING, len(items)):
                return done / spent


def seconds(do: Callable[[], Any]) -> float:
    began = perf_counter()
    do()
    return perf_counter() - began


if __name__ == "__main__":
    main()
