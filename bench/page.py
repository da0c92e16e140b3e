"""How soon a page is there, and how soon it shows what happened, in Chromium with a processor slowed to a quarter.

Largest contentful paint of the inbox and a ticket beside an empty page from the same address, in turn; then a message
that a customer commits while the ticket is open, until it stands in the page.
"""

from __future__ import annotations

import argparse
import os
import shutil
from time import sleep, time
from typing import Any, Final

from bench import _desk, _report
from bench.intake import serving

SLOWER: Final = 4
ROUNDS: Final = 15
EVENTS: Final = 12
APART: Final = 2.0
"""Seconds between two events: an open page fetches a part again at most every 1.5 s."""
PASSWORD: Final = "a password for the benchmark"
FLAGS: Final = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
EMPTY: Final = "<!doctype html><title>Empty</title><p>Nothing.</p>"
PAINTED: Final = """() => new Promise((done) =>
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))"""
WATCH: Final = """() => { window.changed = new Promise((done) => new MutationObserver(() => {
  const said = document.querySelectorAll("#timeline .message").length;
  if (said > before) done(performance.timeOrigin + performance.now()); })
  .observe(document.body, { childList: true, subtree: true }));
  const before = document.querySelectorAll("#timeline .message").length; }"""


def main() -> None:
    asked = _report.options(__doc__)
    rounds, events = (2, 2) if asked.quick else (ROUNDS, EVENTS)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop running in this thread
    with _desk.desk():
        ticket = prepare()
        with serving() as port:
            found = browse(f"http://localhost:{port}", ticket, rounds, events)
    show(found, asked)


def prepare() -> int:
    """A small lived-in desk; returns a ticket that is open."""
    from deskwright.desk import clock
    from deskwright.desk.demo import making
    from deskwright.desk.demo.plan import Size
    from deskwright.store.models import Ticket

    making.make(clock.now(), PASSWORD, Size(days=10, older=60, recent=60))
    return Ticket.objects.exclude(status__in=("solved", "closed")).filter(queue="support").latest("id").pk


def browse(url: str, ticket: int, rounds: int, events: int) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        enter(page, url)
        page.route("**/empty", lambda route: route.fulfill(body=EMPTY, content_type="text/html"))
        paths = {"an empty page": "/empty", "the inbox": "/inbox/all_open/", "a ticket": f"/tickets/{ticket}/"}
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        paints: dict[str, list[float]] = {name: [] for name in paths}
        for _round in range(rounds + 1):
            for name, path in paths.items():
                page.goto(url + path)
                paints[name].append(page.evaluate(PAINTED))
        shown = [one_event(page, ticket) for _event in range(events)]
        browser.close()
    return {"paints": {name: one[1:] for name, one in paints.items()}, "shown": shown}


def enter(page: Any, url: str) -> None:
    from deskwright.store.models import Agent

    page.goto(f"{url}/login/")
    page.fill("#email", Agent.objects.get(email__startswith="jonas@").email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/**")


def one_event(page: Any, number: int) -> float:
    """Milliseconds from the commit of a customer's message to its standing in the open ticket."""
    from deskwright.desk import clock
    from deskwright.desk.arriving import intake
    from deskwright.desk.arriving.arrivals import Arrival, Person
    from deskwright.store.models import Ticket

    sleep(APART)
    page.evaluate(WATCH)
    customer = Ticket.objects.get(pk=number).customer
    person = Person(customer.email, customer.name)
    (outcome,) = intake.receive([Arrival("email", person, "Re", "One more thing.", thread_ticket=number)], clock.now())
    committed = time()
    if outcome.error is not None:
        raise outcome.error
    at: float = page.evaluate("window.changed")
    return at - committed * 1000


def show(found: dict[str, Any], asked: argparse.Namespace) -> None:
    empty = _report.middle(found["paints"]["an empty page"])
    rows = [
        (name, _report.middle(one), _report.percentile(one, 0.95), _report.middle(one) / empty)
        for name, one in found["paints"].items()
    ]
    head = ("", "middle ms", "p95 ms", "ratio")
    _report.table(f"largest contentful paint, processor {SLOWER} times slower", head, rows)
    shown = found["shown"]
    event = [("a message in the open ticket", _report.middle(shown), _report.percentile(shown, 0.95))]
    _report.table("from commit to the page, as slow", ("", "middle ms", "p95 ms"), event)
    _report.keep("page", {"slower": SLOWER, **found}, asked)


if __name__ == "__main__":
    main()
