"""kill -9 at the worst moment: what was acknowledged is there, once; what was sent twice carries one Message-ID."""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from deskwright.channels.contract import Envelope
from deskwright.channels.email.listener import Listener
from deskwright.store.embedded import Embedded
from tests import clusters
from tests.flows.processes import PATIENCE, Clients, Site, kill, until


@pytest.fixture(scope="module")
def place(migrated: Path) -> Iterator[Site]:
    data = Path(tempfile.mkdtemp(prefix="deskwright-flows-"))
    clusters.copy(migrated, data)
    server = Embedded(data)
    server.start()
    site = Site(data, server)
    try:
        site.prepare()
        yield site
    finally:
        site.close()
        server.stop()
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def site(place: Site) -> Iterator[Site]:
    """The desk, empty of tickets."""
    place.sql("TRUNCATE store_ticket, store_rawinput, store_idempotencykey, store_duework CASCADE")
    yield place
    place.close()


def stored(site: Site) -> dict[str, list[int]]:
    tickets: dict[str, list[int]] = {}
    for number, subject in site.sql("SELECT id, subject FROM store_ticket"):
        tickets.setdefault(subject, []).append(number)
    return tickets


def test_a_web_process_killed_in_the_middle_of_intake_loses_nothing_acknowledged(site: Site) -> None:
    web = site.web()
    clients = Clients(site)
    for goal in (40, 80, 120):
        until(lambda goal=goal: len(clients.acknowledged) >= goal, site.said)  # type: ignore[misc]
        kill(web)
        web = site.web()
    until(lambda: len(clients.acknowledged) >= 160, site.said)
    clients.finish()

    assert clients.lost > 0, "nobody was in the middle of anything"
    assert set(clients.answers) == {201}
    assert stored(site) == {subject: [number] for subject, number in clients.acknowledged.items()}


def test_a_database_that_goes_away_answers_503_and_loses_nothing_acknowledged(site: Site) -> None:
    web, work = site.web(), site.start("work")
    clients = Clients(site)
    until(lambda: len(clients.acknowledged) >= 20, site.said)
    site.server.stop()
    turned_away = len(clients.impatient)
    until(lambda: len(clients.impatient) >= turned_away + 40, site.said)
    page = site.request("GET", "/inbox/mine/", Cookie="sessionid=somebody")
    ready = site.request("GET", "/readyz")
    assert site.server.start() == site.variables["DATABASE_URL"]
    before = len(clients.acknowledged)
    until(lambda: len(clients.acknowledged) >= before + 20, site.said)
    clients.finish()

    assert set(clients.answers) == {201, 503}
    assert clients.lost == 0
    assert all(int(headers["retry-after"]) > 0 for headers in clients.impatient)
    assert all(headers["content-type"] == "application/problem+json" for headers in clients.impatient)
    assert (page[0], page[1]["retry-after"]) == (503, "5")
    assert (ready[0], ready[2]["reasons"][0]["check"]) == (503, "database")
    assert stored(site) == {subject: [number] for subject, number in clients.acknowledged.items()}
    assert web.poll() is None
    indexed = "SELECT count(*) FROM store_searchdocument"
    until(lambda: site.sql(indexed)[0][0] == len(clients.acknowledged), site.said)
    assert work.poll() is None
    assert (site.data / "work.log").read_text().count("The database is away") <= 2


class Sink:
    """A mail server that takes its time with one mail: long enough to kill who sends it."""

    def __init__(self, slow: int) -> None:
        self.slow = slow
        self.taken: list[str] = []
        self.in_the_middle, self.go_on = threading.Event(), threading.Event()
        self.listener = Listener("127.0.0.1", 0, self.accept)
        self.listener.start()

    def accept(self, envelope: Envelope) -> None:
        self.taken.append(str(message_from_bytes(envelope.raw)["Message-ID"]))
        if len(self.taken) == self.slow:
            self.in_the_middle.set()
            assert self.go_on.wait(PATIENCE)


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink(slow=5)
    yield sink
    sink.go_on.set()
    sink.listener.stop()


def test_a_worker_killed_in_the_middle_of_delivery_repeats_only_what_was_on_the_wire(site: Site, sink: Sink) -> None:
    web = site.web()
    clients = Clients(site)
    until(lambda: len(clients.acknowledged) >= 24, site.said)
    clients.finish()
    kill(web)
    due = {mail for (mail,) in site.sql("SELECT mail_id FROM store_delivery WHERE state = 'due'")}
    assert len(due) >= 24

    mail_server = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(sink.listener.port)}
    work = site.start("work", **mail_server)
    assert sink.in_the_middle.wait(PATIENCE), site.said()
    kill(work)
    sink.go_on.set()
    on_the_wire = {mail for (mail,) in site.sql("SELECT mail_id FROM store_delivery WHERE state = 'sending'")}
    assert sink.taken[4] in on_the_wire
    # Ten minutes pass for what the dead worker had claimed.
    site.sql("UPDATE store_delivery SET due_at = now() WHERE state = 'sending'")
    work = site.start("work", **mail_server)
    until(lambda: site.sql("SELECT count(*) FROM store_delivery WHERE state <> 'sent'")[0][0] == 0, site.said)
    work.send_signal(signal.SIGTERM)

    assert work.wait(PATIENCE) == 0, site.said()
    times = Counter(sink.taken)
    assert set(times) == due
    twice = {mail for mail, count in times.items() if count > 1}
    assert sink.taken[4] in twice <= on_the_wire
    assert len(twice) <= 2, "at most what each of the two sending threads had in hand"
    assert max(times.values()) == 2
