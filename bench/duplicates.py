"""What looking for duplicates adds to taking in a ticket, on a desk whose customers have asked a lot lately.

Arrivals nobody has sent before are taken in under four workflows: one that does not look, one that suggests only what
says the same, the starter's, which suggests three others for each, and one that merges them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any, Final

from bench import _desk, _report

BEGIN: Final = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BATCH: Final = 32
POLICIES: Final = {
    "does not look": "duplicates: {}",
    "suggests the same only": "duplicates: {same_customer_within: 3d, suggest_at: 1.0}",
    "suggests": "duplicates: {same_customer_within: 3d, suggest_at: 0.75}",
    "merges": "duplicates: {same_customer_within: 3d, suggest_at: 0.75, merge_at: 0.95}",
}
WORKFLOW: Final = "workflow: Twins\nqueues: {{support: {{}}}}\ndefault_queue: support\nrouting_rules: []\n{policy}\n"
WORDS: Final = (
    "our nightly export of orders fails with error number and nothing arrives in the shop since monday morning"
)


def main() -> None:
    asked = _report.options(__doc__)
    mass, batches = (500, 10) if asked.quick else (20_000, 60)
    runs = _report.runs(asked.quick)
    found: dict[str, list[float]] = {name: [] for name in POLICIES}
    with _desk.desk():
        prepare(mass)
        for turn, (name, policy) in enumerate(list(POLICIES.items()) * runs):
            first = mass + turn * batches * BATCH
            found[name].append(one_run(policy, batches, first, BEGIN + timedelta(minutes=10 * turn)))
    rows = [(name, _report.middle(each), min(each), max(each)) for name, each in found.items()]
    _report.table(f"duplicates: microseconds a ticket, in batches of {BATCH}", ("", "median", "least", "most"), rows)
    _report.keep("duplicates", {f"{name}_us": each for name, each in found.items()}, asked)


def prepare(mass: int) -> None:
    """An organisation of two hundred people who have asked a hundred times each."""
    from deskwright.desk import workflows
    from deskwright.desk.staff import people

    team = people.add_team("support", "Support")
    for number in range(12):
        people.add_agent(f"Agent {number}", f"agent{number}@bench.example", teams=[team], capacity=30_000)
    people.add_organisation("Mass", "mass.example")
    workflows.publish(WORKFLOW.format(policy=POLICIES["does not look"]), now=BEGIN - timedelta(days=1))
    for begin in range(0, mass, 200):
        take([arrival(begin + number) for number in range(200)], BEGIN - timedelta(hours=20))


def one_run(policy: str, batches: int, first: int, at: datetime) -> float:
    """Microseconds for one ticket of these batches, whose arrivals are numbered from `first`."""
    from deskwright.desk import workflows

    workflows.publish(WORKFLOW.format(policy=policy), now=at)
    given = [[arrival(first + BATCH * batch + number) for number in range(BATCH)] for batch in range(batches)]
    take(given[0], at)
    begun = perf_counter()
    for one in given[1:]:
        take(one, at)
    return 1e6 * (perf_counter() - begun) / (BATCH * (batches - 1))


def arrival(number: int) -> Any:
    from deskwright.desk.arriving.arrivals import Arrival, Person

    words = WORDS.split()
    turned = words[number % len(words) :] + words[: number % len(words)]
    who = Person(f"p{number % 200}@mass.example", f"Person {number % 200}")
    return Arrival("api", who, f"Export {number} fails", " ".join([*turned, f"order {number}"]))


def take(batch: list[Any], at: datetime) -> None:
    from deskwright.desk.arriving import intake

    refused = [outcome for outcome in intake.receive(batch, at) if outcome.error is not None]
    if refused:
        raise RuntimeError(f"{len(refused)} were refused: {refused[0].reason}")


if __name__ == "__main__":
    main()
