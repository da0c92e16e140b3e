"""Lists, counts, saved views, customers and search with many tickets: a whole page through Django's own client.

Wall time says how it feels on this machine now; the processor's time, of this process and of the database's, says what
a page costs whatever else the machine does; the ratio to a page that does nothing but sign in and draw an empty page,
measured in turn with the others, says what the tickets cost. TICKETS sets their number; KEPT names a directory in which
the desk stays to be measured again, with the tickets it has.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final, NamedTuple

from bench import _desk, _report

TICKETS: Final = 100_000
REQUESTS: Final = 60
UNCOUNTED: Final = 2
WORDS: Final = ("invoice", "export question", "stock report", "webhook", "dashb", "customer17", "connector shows")
OPERATORS: Final = (
    "is:unassigned",
    "tag:late is:open",
    "tag:vip is:unassigned",
    "invoice is:open",
    "invoice is:unassigned priority:critical",
    "from:customer17 sla:breached",
    "-invoice has:tag",
    "-invoice -export is:open",
    "before:50d category:account",
    "export before:50d",
    "has:note",
)
PEOPLE: Final = {
    "customers: by name": ("holloway", "marta ok", "femke brandt", "zzz", "nobody here"),
    "customers: by part of an address": ("customer17", "mer1234", "customer99@", "mass.example"),
    "customers: by domain": ("house12.mass.example", "house7", "house999.mass"),
    "customers: by organisation": ("granite", "pike 12", "copper freight"),
}
CONDITIONS: Final = (
    "priority >= 'high' AND age > 2d",
    "assignee == me AND customer_tier == 'enterprise'",
    "tags CONTAINS 'late'",
    "subject CONTAINS 'invoice' AND priority == 'critical'",
    "queue IN ('billing', 'success') AND assignee IS NULL",
)
PAGES: Final = {
    "the yardstick: a page without tickets": "/notices/",
    "inbox: mine": "/inbox/mine/",
    "inbox: unassigned": "/inbox/unassigned/",
    "inbox: at risk": "/inbox/at_risk/",
    "inbox: all open": "/inbox/all_open/",
    "inbox: recent": "/inbox/recent/",
    "inbox: solved": "/inbox/solved/",
    "inbox: a queue": "/queues/support/",
    "the rail's counts alone": "/rail/",
    "customers: the list": "/customers/",
    "organisations: the list": "/organisations/",
}
PER_CUSTOMER: Final = 5
REGULAR: Final = 500
"""Tickets of one customer."""
MANY: Final = 60
"""Saved views of the agent with many."""


FIGURES: Final = {
    "cpu_p50_ms": "CPU p50 ms",
    "cpu_p95_ms": "p95",
    "python_ms": "of it Python",
    "p50_ms": "wall p50 ms",
    "p95_ms": "p95",
}


def main() -> None:
    asked = _report.options(__doc__)
    quick = asked.quick
    count = 2_000 if quick else int(os.environ.get("TICKETS", TICKETS))  # a benchmark, not the desk
    with _desk.desk(os.environ.get("KEPT", "")):
        began = perf_counter()
        if prepare(count):
            print(f"{count:,} tickets made in {perf_counter() - began:.0f} s")
        held = tickets()
        found = measure(5 if quick else REQUESTS)
    yard = found["the yardstick: a page without tickets"]["cpu_p50_ms"]
    rows = [(name, *(one[figure] for figure in FIGURES), one["cpu_p50_ms"] / yard) for name, one in found.items()]
    _report.table(f"pages with {held:,} tickets", ("", *FIGURES.values(), "ratio"), rows)
    _report.keep("inbox", {"tickets": held, **found}, asked)


def paths(views: list[int], regular: int) -> dict[str, Callable[[], str]]:
    """Page -> an address of it, another one each time where that matters."""
    dice = random.Random(11)
    made: dict[str, Callable[[], str]] = {name: lambda path=path: path for name, path in PAGES.items()}  # type: ignore[misc]
    made["a saved view"] = lambda: f"/views/{dice.choice(views)}/"
    made["search: words"] = lambda: f"/search/?q={dice.choice(WORDS)}"
    made["search: operators"] = lambda: f"/search/?q={dice.choice(OPERATORS)}"
    made["the palette"] = lambda: f"/palette/?q={dice.choice(WORDS)}"
    for name, texts in PEOPLE.items():
        made[name] = lambda texts=texts: f"/customers/?q={dice.choice(texts)}"  # type: ignore[misc]
    made["organisations: by name"] = lambda: f"/organisations/?q={dice.choice(PEOPLE['customers: by organisation'])}"
    made[f"a customer with {REGULAR} tickets"] = lambda: f"/customers/{regular}/"
    made["an organisation"] = lambda: f"/organisations/{house_of(regular)}/"
    seen = visible()
    made["ticket page"] = lambda: f"/tickets/{dice.choice(seen)}/"
    return made


def prepare(count: int) -> bool:
    """A desk with so many tickets, one agent with a few saved views and one with many. False: it was there.

    Ends the benchmark where an earlier one was interrupted while it made the desk.
    """
    from bench import _mass
    from deskwright.desk import clock
    from deskwright.desk.views import keeping
    from deskwright.store.models import Agent

    if Agent.objects.exists():
        if len(views_of("hazel@")) < MANY:  # they are made last
            raise SystemExit("this desk was never finished: delete the directory that KEPT names")
        return False
    now = clock.now()
    agents = _desk.staff(now)
    _mass.customers(now, max(_mass.CUSTOMERS, count // PER_CUSTOMER))
    _mass.tickets(count, now)
    _mass.clocks(now, live=True)
    _mass.regular(REGULAR)
    _mass.conversations()
    _mass.settle()
    for name, number in (("jonas", len(CONDITIONS)), ("hazel", MANY)):
        for place in range(number):
            text = CONDITIONS[place % len(CONDITIONS)].replace("late", f"late{place // len(CONDITIONS) or ''}")
            keeping.create(agents[name], keeping.Wanted(f"{place} {text}"[:40], text), now=now)
    return True


def tickets() -> int:
    """How many the desk holds: one that was kept has those it was made with."""
    from deskwright.store.models import Ticket

    return Ticket.objects.count()


def visible() -> list[int]:
    """Some tickets that the agent may open."""
    from deskwright.store.models import Ticket

    return list(Ticket.objects.filter(queue="support").order_by("id").values_list("pk", flat=True)[:1000])


class Spent(NamedTuple):
    """Milliseconds of one page: by the clock, and of the processor's in this process and in the database's."""

    wall: float
    python: float
    database: float


def measure(requests: int) -> dict[str, dict[str, float]]:
    """Every page in turn, so that what else the machine does hits all alike; the first rounds are not counted."""
    few, many = signed_in("jonas@"), signed_in("hazel@")
    pages = {name: (few, path) for name, path in paths(views_of("jonas@"), regular()).items()}
    pages[f"the rail's counts with {MANY} saved views"] = (many, lambda: PAGES["the rail's counts alone"])
    spent: dict[str, list[Spent]] = {name: [] for name in pages}
    for turn in range(UNCOUNTED + requests):
        for name, (client, path) in pages.items():
            one = ask(client, path())
            if turn >= UNCOUNTED:
                spent[name].append(one)
    return {name: figures(found) for name, found in spent.items()}


def figures(found: list[Spent]) -> dict[str, float]:
    walls, cpu = [one.wall for one in found], [one.python + one.database for one in found]
    return {
        "cpu_p50_ms": _report.percentile(cpu, 0.5),
        "cpu_p95_ms": _report.percentile(cpu, 0.95),
        "python_ms": float(median(one.python for one in found)),
        "p50_ms": _report.percentile(walls, 0.5),
        "p95_ms": _report.percentile(walls, 0.95),
    }


def signed_in(address: str) -> Any:
    """A client of the agent whose address begins so."""
    from django.test import Client

    from deskwright.store.models import Agent

    client = Client(SERVER_NAME="localhost")
    agent = Agent.objects.get(email__startswith=address)
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    return client


def views_of(address: str) -> list[int]:
    from deskwright.store.models import SavedView

    return list(SavedView.objects.filter(owner__email__startswith=address).values_list("pk", flat=True))


def regular() -> int:
    """The customer with many tickets."""
    from django.db.models import Count

    from deskwright.store.models import Ticket

    return int(Ticket.objects.values("customer").annotate(number=Count("pk")).order_by("-number")[0]["customer"])


def house_of(customer: int) -> int:
    from deskwright.store.models import Customer

    return Customer.objects.filter(pk=customer).values_list("organisation", flat=True)[0] or 0


def ask(client: Any, path: str) -> Spent:
    """One page. Its statements run on one connection, which this process keeps."""
    from django.db import connection

    connection.ensure_connection()
    backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    began, python, database = perf_counter(), process_time(), on_processor(backend)
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    wall, python = perf_counter() - began, process_time() - python
    return Spent(wall * 1000, python * 1000, on_processor(backend) - database)


def on_processor(process: Path) -> float:
    """Milliseconds a process has run so far, as Linux counts them; 0 elsewhere."""
    return int(process.read_text().split()[0]) / 1e6 if process.exists() else 0.0


if __name__ == "__main__":
    main()
