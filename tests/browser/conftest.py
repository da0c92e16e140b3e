"""A real Chromium against the whole application on loopback. Without one on the PATH these tests say so and skip."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from deskwright.desk import clock, workflows
from deskwright.desk.answering import holding
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.staff import people
from deskwright.desk.tickets import changing
from deskwright.store.models import Agent
from tests.browser.furnished import furnish
from tests.browser.walking import Walk
from tests.conftest import ROOT, empty, forget

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first on the PATH is asked. The shell is the same engine without the windows nobody sees: a third less CPU."""
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
LENIENT = "DJANGO_ALLOW_ASYNC_UNSAFE"
APPLICATION = "tests.browser.serving:application"
PASSWORD = "a password for the browser"
PATIENCE_MS = 15_000
STARTING = 120
"""Seconds until the first page is answered, on a machine that does other things besides; then patience begins."""


EXPECTED = ("401", "409", "422", "503", "ERR_FAILED", "htmx:sendAbort", "htmx:afterRequest")
"""Errors of the console that are no defects: refusals, and what was on its way while the page was left."""


@dataclass
class Desk:
    """A served desk: one agent, who owns every ticket that is made."""

    url: str
    agent: Agent

    def receive(self, subject: str, text: str = "It does not work.", minutes_ago: int = 0, **known: object) -> int:
        """A customer's mail arrives, as if `minutes_ago`; returns its ticket, which is the agent's."""
        now = clock.now()
        at = now - timedelta(minutes=minutes_ago)
        mail = Arrival("email", Person("mina@harbor.example", "Mina Holt"), subject, text, at=at, **known)  # type: ignore[arg-type]
        (outcome,) = intake.receive([mail], now)
        assert outcome.ticket_id is not None, outcome
        changing.change(self.agent, [outcome.ticket_id], {"assignee": self.agent.pk}, now=now)
        return outcome.ticket_id

    def answer(self, ticket: int, text: str) -> None:
        """The customer writes again, on the same ticket."""
        mail = Arrival("email", Person("mina@harbor.example", "Mina Holt"), "Re", text, thread_ticket=ticket)
        (outcome,) = intake.receive([mail], clock.now())
        assert outcome.ticket_id == ticket, outcome

    def let_leave(self) -> None:
        """Ten seconds pass for the replies that were sent: they leave, as the worker would let them."""
        holding.leave_due(clock.now() + holding.UNDO_FOR, 10)


@pytest.fixture(scope="module")
def browser(database_url: str) -> Iterator[Browser]:
    """Chromium, for one module: Playwright keeps a loop running in this thread, which other tests could not bear."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on the PATH: the browser tests need one")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv(LENIENT, "1")
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def served(browser: Browser, database_url: str) -> Iterator[str]:
    """The address of the application, in a process of its own on a free port of loopback."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://localhost:{listening.getsockname()[1]}"
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            APPLICATION,
            "--fd",
            str(listening.fileno()),
            "--log-level",
            "warning",
        ]
        known = {"DATABASE_URL": database_url, "PUBLIC_URL": url}
        process = subprocess.Popen(command, cwd=ROOT, env=surroundings(known), pass_fds=[listening.fileno()])
        urlopen(f"{url}/login/", timeout=STARTING).close()
        yield url
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def walk(request: pytest.FixtureRequest, browser: Browser, served: str) -> Iterator[Walk]:
    """Every page of a furnished desk, made once for a module: its tests look and change nothing they would miss.
    A module's CONTEXT says what its browser is like.
    """
    forget()
    walk = Walk(browser, served, furnish(clock.now()), **getattr(request.module, "CONTEXT", {}))
    yield walk
    walk.close()
    empty()
    forget()


def surroundings(known: dict[str, str]) -> dict[str, str]:
    """This process's environment with the known names set: the key and the data directory are the tests' own. Only the
    tests' own thread may ask the database beside a loop; the desk must not.
    """
    own = {name: value for name, value in os.environ.items() if name != LENIENT}  # noqa: TID251
    return {**own, **known}


@pytest.fixture
def desk(served: str, live_db: str) -> Desk:
    """A desk with one agent on an empty database."""
    workflows.publish("workflow: Browser tests\n", now=clock.now())
    agent = people.add_agent("Ada Quill", "ada@desk.example", password=PASSWORD)
    return Desk(served, agent)


@pytest.fixture
def page(desk: Desk, browser: Browser) -> Iterator[Page]:
    yield from opened(browser)


@pytest.fixture
def page_elsewhere(desk: Desk, browser: Browser) -> Iterator[Page]:
    yield from opened(browser)


def opened(browser: Browser) -> Iterator[Page]:
    """A page that fails its test when anything is written to the console as an error."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    wrong: list[str] = []
    # Playwright asks for choosers without waiting for the answer: before the first page, so that none opens unheard.
    page.on("filechooser", lambda _chooser: None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert [line for line in wrong if not any(known in line for known in EXPECTED)] == []


@pytest.fixture
def signed_in(desk: Desk, page: Page) -> Callable[[], Page]:
    """Signs in with the keyboard alone and ends in the inbox."""
    return partial(sign_in, desk, page)


@pytest.fixture
def another(desk: Desk, page_elsewhere: Page) -> Callable[[], Page]:
    """The same agent signs in on another machine."""
    return partial(sign_in, desk, page_elsewhere)


def sign_in(desk: Desk, page: Page) -> Page:
    page.goto(f"{desk.url}/")
    expect(page.locator("#email")).to_be_focused()
    page.keyboard.type("ada@desk.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/mine/")
    return page
