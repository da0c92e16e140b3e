"""How many decisions a second `decide` makes with 10, 100 and 1,000 rules: opening a ticket, whole, on one core."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Final

from bench import _desk, _report

SIZES: Final = (10, 100, 1000)
NOON: Final = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def main() -> None:
    asked = _report.options(__doc__)
    quick = asked.quick
    _desk.set_up()
    found = {size: measure(size, quick) for size in SIZES}
    cost = {size: 1_000_000 / rate for size, rate in found.items()}
    rows = [(f"{size:,} rules", found[size], cost[size], cost[size] / cost[SIZES[0]]) for size in SIZES]
    _report.table("decide: a ticket is opened", ("workflow", "decisions/s", "µs each", "of 10 rules"), rows)
    figures = {f"{size}_rules": {"per_second": found[size], "microseconds": cost[size]} for size in SIZES}
    _report.keep("decide", {**figures, "cost_1000_of_10": cost[1000] / cost[10]}, asked)


def measure(size: int, quick: bool) -> float:
    """Decisions a second: the median of the runs."""
    from deskwright.engine.decide import decide
    from deskwright.engine.events import TicketOpened
    from deskwright.engine.loading import load

    workflow = load(_desk.workflow(size))
    cases = [facts(body, number) for number, body in enumerate(_desk.bodies(200))]
    rounds = 1 if quick else 5
    rates = []
    for _ in range(_report.runs(quick)):
        began = perf_counter()
        for _ in range(rounds):
            for case in cases:
                decide(workflow, case, TicketOpened(), NOON)
        rates.append(rounds * len(cases) / (perf_counter() - began))
    return _report.middle(rates)


def facts(body: dict[str, Any], number: int) -> Any:
    """The facts of one opening: twelve agents, a customer of one of four tiers."""
    from deskwright.engine import facts as engine

    tier = ("enterprise", "professional", "standard", "free")[number % 4]
    ticket = engine.Ticket(
        id=number,
        subject=body["subject"],
        description=body["text"],
        channel=("email", "portal", "phone")[number % 3],
        fields=body.get("fields", {}),
        language="en",
        sentiment=-0.2,
        created_at=NOON,
        updated_at=NOON,
        unanswered_since=NOON,
        last_customer_at=NOON,
    )
    message = engine.Message(text=body["text"], new_text=body["text"], at=NOON)
    customer = engine.Customer(id=number, name="Mina Holt", email=body["requester"]["email"], tier=tier)
    organisation = engine.Organisation(id=number, name="Harbour & Pike", tier=tier, csm=1)
    return engine.Facts(ticket, customer, organisation, message, desk=desk())


def desk() -> Any:
    from deskwright.engine import facts as engine

    teams = ("support", "engineering", "accounts")
    agents = {
        number: engine.Agent(
            id=number,
            name=f"Agent {number}",
            level=("junior", "regular", "senior")[number % 3],
            teams=frozenset({teams[number % 3]}),
            skills={"api_expert": 2},
            shift="berlin_week",
        )
        for number in range(1, 13)
    }
    loads = {number: engine.Load(units=float(number % 5), tickets=number % 5, turn=number) for number in agents}
    return engine.Desk(agents, loads, turn=12)


if __name__ == "__main__":
    main()
