"""Inbox pages and search with 100,000 tickets: the server's time for a whole page, through Django's own client."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any, Final

from bench import _desk, _report

TICKETS: Final = 100_000
REQUESTS: Final = 100
WORDS: Final = ("invoice", "export question", "stock report", "webhook", "dashb", "customer17", "connector shows")
PAGES: Final = {
    "inbox: mine": "/inbox/mine/",
    "inbox: unassigned": "/inbox/unassigned/",
    "inbox: at risk": "/inbox/at_risk/",
    "inbox: all open": "/inbox/all_open/",
    "inbox: recent": "/inbox/recent/",
    "inbox: solved": "/inbox/solved/",
    "inbox: a queue": "/queues/support/",
}


def main() -> None:
    asked = _report.options(__doc__ or "")
    quick = asked.quick
    with _desk.desk():
        client = prepare(2_000 if quick else TICKETS)
        dice = random.Random(11)
        paths: dict[str, Callable[[], str]] = {name: lambda path=path: path for name, path in PAGES.items()}  # type: ignore[misc]
        paths["search"] = lambda: f"/search/?q={dice.choice(WORDS)}"
        seen = visible()
        paths["ticket page"] = lambda: f"/tickets/{dice.choice(seen)}/"
        found = {name: list(measure(client, path, quick)) for name, path in paths.items()}
    rows = [
        (name, _report.middle([p50 for p50, _ in runs]), _report.middle([p95 for _, p95 in runs]))
        for name, runs in found.items()
    ]
    _report.table(f"pages with {2_000 if quick else TICKETS:,} tickets", ("", "p50 ms", "p95 ms"), rows)
    _report.keep("inbox", {name: {"p50_ms": p50, "p95_ms": p95} for name, p50, p95 in rows}, asked)


def prepare(count: int) -> Any:
    """A desk with so many tickets, and a client signed in as an agent."""
    from django.test import Client

    from bench import _mass
    from deskwright.desk import clock

    now = clock.now()
    agents = _desk.staff(now)
    _mass.customers(now)
    _mass.tickets(count, now)
    _mass.clocks(now)
    _mass.conversations()
    _mass.settle()
    client = Client(SERVER_NAME="localhost")
    client.force_login(agents["jonas"])
    return client


def visible() -> list[int]:
    """Some tickets that the agent may open."""
    from deskwright.store.models import Ticket

    return list(Ticket.objects.filter(queue="support").order_by("id").values_list("pk", flat=True)[:1000])


def measure(client: Any, path: Callable[[], str], quick: bool) -> Iterator[tuple[float, float]]:
    """(p50, p95) in milliseconds of every run; the first requests of all, which load templates, are not counted."""
    for _ in range(3):
        ask(client, path())
    for _ in range(_report.runs(quick)):
        waits = [ask(client, path()) for _ in range(5 if quick else REQUESTS)]
        yield _report.percentile(waits, 0.5), _report.percentile(waits, 0.95)


def ask(client: Any, path: str) -> float:
    began = perf_counter()
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return (perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
