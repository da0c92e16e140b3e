"""The chat in a real browser: both ways, over reloads and lost connections, by keyboard, on a phone, for everybody."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from deskwright.desk import clock
from deskwright.desk.chat import serving, widgets
from deskwright.desk.knowledge import articles
from deskwright.desk.tickets import changing
from deskwright.store.models import Agent, Chat, Message, Ticket, Widget
from tests.browser.conftest import PATIENCE_MS, Desk
from tests.browser.walking import COLOURS, WHOLE, violations

SignedIn = Callable[[], Page]
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one point."""


@pytest.fixture
def widget(desk: Desk) -> Widget:
    widgets.forget()
    return widgets.set_up(None, name="Shop", asks=["name"], greetings={"en": "Ask away!"}, now=clock.now())


@pytest.fixture
def site(browser: Browser, widget: Widget) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def visitor(site: BrowserContext, desk: Desk) -> Page:
    """A visitor with the window open. The first one waits for the desk to start, too."""
    page = site.new_page()
    page.goto(f"{desk.url}/chat/demo/", timeout=4 * PATIENCE_MS)
    page.get_by_role("button", name="Chat with us").click()
    expect(page.get_by_text("Ask away!")).to_be_visible()
    return page


def write(page: Page, text: str, name: str = "") -> None:
    if name:
        page.get_by_label("Your name").fill(name)
    page.get_by_label("Write a message").fill(text)
    page.keyboard.press("Enter")


def said(page: Page) -> Any:
    return page.locator(".message.me")


def test_a_visitor_and_an_agent_talk_without_reloading(desk: Desk, visitor: Page, signed_in: SignedIn) -> None:
    write(visitor, "Do you ship to Norway?", "Nils Berg")
    expect(visitor.get_by_text("You are next.")).to_be_visible()
    agent = signed_in()
    agent.goto(f"{desk.url}/chats/")
    agent.get_by_role("link", name="Nils Berg").click()
    expect(agent.get_by_text("The visitor is in the chat")).to_be_visible()
    visitor.get_by_label("Write a message").press_sequentially("hm")
    expect(agent.get_by_text("Nils Berg is writing").first).to_be_visible()
    agent.get_by_role("button", name="Accept").click()
    expect(visitor.get_by_text("Ada is with you")).to_be_visible()
    agent.locator("#composer-text").press_sequentially("We do, within **a week**.")
    expect(visitor.get_by_text("Ada is writing")).to_be_visible()
    agent.keyboard.press("Enter")
    expect(visitor.locator("strong", has_text="a week")).to_be_visible()
    expect(agent.get_by_text("Read in the chat")).to_be_visible()
    expect(visitor.get_by_text("Read ·")).to_be_visible()
    write(visitor, "Thank you!")
    expect(agent.locator("#timeline").get_by_text("Thank you!")).to_be_visible()
    agent.get_by_role("button", name="End and solve", exact=True).click()
    expect(visitor.get_by_text("This chat has ended.")).to_be_visible()
    assert Ticket.objects.get().status == "solved"


def test_whoever_accepts_a_waiting_chat_from_the_list_is_in_it(desk: Desk, visitor: Page, signed_in: SignedIn) -> None:
    write(visitor, "Do you ship to Norway?", "Nils Berg")
    expect(visitor.get_by_text("You are next.")).to_be_visible()
    agent = signed_in()
    changing.change(desk.agent, [Ticket.objects.get().pk], {"assignee": None}, now=clock.now())
    agent.goto(f"{desk.url}/chats/")
    agent.get_by_role("button", name="Accept").click()
    expect(agent.get_by_text("The visitor is in the chat")).to_be_visible()
    expect(visitor.get_by_text("Ada is with you")).to_be_visible()


def test_a_picture_is_seen_in_the_conversation_and_other_files_are_named(visitor: Page) -> None:
    write(visitor, "It looks like this:", "Nils Berg")
    pick = visitor.get_by_label("Attach a file", exact=True).and_(visitor.locator("input"))
    pick.set_input_files({"name": "crash.png", "mimeType": "image/png", "buffer": DOT})
    expect(visitor.get_by_role("img", name="crash.png")).to_be_visible()
    pick.set_input_files({"name": "log.txt", "mimeType": "text/plain", "buffer": b"Trouble\n"})
    expect(visitor.get_by_text("log.txt (1 kB)")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("img", name="crash.png")).to_be_visible()


def test_the_conversation_and_what_was_begun_outlive_a_reload(visitor: Page) -> None:
    write(visitor, "Do you ship to Norway?", "Nils Berg")
    expect(visitor.get_by_text("Sent ·")).to_be_visible()
    visitor.get_by_label("Write a message").fill("And to Swe")
    visitor.reload()
    expect(said(visitor)).to_have_count(1)
    expect(visitor.get_by_label("Write a message")).to_have_value("And to Swe")


def test_what_is_written_without_a_connection_is_sent_once_when_it_is_back(visitor: Page, site: BrowserContext) -> None:
    write(visitor, "First", "Nils Berg")
    expect(visitor.get_by_text("Sent ·")).to_be_visible()
    site.set_offline(True)
    write(visitor, "Second")
    expect(visitor.get_by_text("Waiting for a connection")).to_be_visible()
    write(visitor, "Third")
    site.set_offline(False)
    expect(visitor.get_by_text("Sent ·")).to_be_visible()
    texts = list(Message.objects.filter(kind="customer").order_by("id").values_list("text", flat=True))
    assert (texts, Chat.objects.count()) == (["First", "Second", "Third"], 1)


def test_what_could_not_be_sent_is_sent_after_a_reload_and_once(visitor: Page, desk: Desk) -> None:
    visitor.route("**/say", lose_the_answer, times=1)
    write(visitor, "Is anybody there?", "Nils Berg")
    expect(visitor.get_by_text("Sending ·")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("Sent ·")).to_be_visible()
    expect(said(visitor)).to_have_count(1)
    assert Message.objects.filter(kind="customer").count() == 1


def lose_the_answer(route: Route) -> None:
    """The desk has heard it, and the browser does not know."""
    route.fetch()
    route.abort()


def test_the_window_is_worked_by_keyboard_and_gives_the_focus_back(visitor: Page) -> None:
    launch = visitor.get_by_role("button", name="Chat with us")
    visitor.keyboard.press("Escape")
    expect(launch).to_be_focused()
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_label("Your name")).to_be_focused()
    for _ in range(12):
        visitor.keyboard.press("Tab")
        assert visitor.evaluate("() => document.activeElement.dataset.deskwright") == "chat"
        assert visitor.evaluate("() => !document.activeElement.shadowRoot.activeElement.matches('.launch')")


def test_on_a_phone_it_fills_the_screen(visitor: Page) -> None:
    visitor.emulate_media(reduced_motion="reduce")  # it rises into its place otherwise
    visitor.set_viewport_size({"width": 390, "height": 780})
    box = visitor.get_by_role("dialog").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 780)


def test_articles_that_fit_are_shown_while_one_types_beside_a_person(visitor: Page, desk: Desk) -> None:
    publish(desk.agent)
    visitor.get_by_label("Your name").fill("Nils Berg")
    visitor.get_by_label("Write a message").press_sequentially("How do I export a report as CSV?")
    expect(visitor.get_by_role("link", name="Export a report as CSV")).to_be_visible()
    visitor.get_by_role("button", name="Talk to a person").click()
    expect(visitor.get_by_text("Sent ·")).to_be_visible()


def test_while_nobody_is_here_a_message_is_left(site: BrowserContext, desk: Desk) -> None:
    Agent.objects.update(available=False)
    page = site.new_page()
    page.goto(f"{desk.url}/chat/demo/")
    page.get_by_role("button", name="Chat with us").click()
    page.get_by_label("Your name").fill("Nils Berg")
    page.get_by_label("Your email").fill("nils")
    page.get_by_label("Your message").fill("Please call me back.")
    page.get_by_role("button", name="Leave a message").click()
    expect(page.get_by_text("This is not an email address.")).to_be_visible()
    page.get_by_label("Your email").fill("nils@fjord.example")
    assert violations(page, WHOLE) == []
    page.get_by_role("button", name="Leave a message").click()
    expect(page.get_by_text("We will answer by email to nils@fjord.example.")).to_be_visible()
    assert Ticket.objects.get().customer.email == "nils@fjord.example"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(visitor: Page, desk: Desk, scheme: Any) -> None:
    visitor.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    assert violations(visitor, WHOLE) == []
    write(visitor, "Do you ship to Norway?", "Nils Berg")
    expect(visitor.get_by_text("Sent ·")).to_be_visible()
    visitor.get_by_role("button", name="More").click()
    assert violations(visitor, WHOLE) == []
    visitor.get_by_role("button", name="Continue by email").click()
    assert violations(visitor, COLOURS) == []
    visitor.get_by_label("Your email").fill("nils@fjord.example")
    visitor.get_by_role("button", name="Save").click()
    expect(visitor.get_by_text("Answers will reach you at nils@fjord.example.")).to_be_visible()
    visitor.get_by_role("button", name="More").click()
    visitor.get_by_role("button", name="End the chat").click()
    visitor.get_by_role("button", name="End it").click()
    expect(visitor.get_by_text("This chat has ended.")).to_be_visible()
    assert violations(visitor, WHOLE) == []


def test_after_the_end_one_rates_and_begins_anew(visitor: Page, desk: Desk) -> None:
    write(visitor, "Hello?", "Nils Berg")
    expect(visitor.get_by_text("Sent ·")).to_be_visible()
    first = Ticket.objects.get()
    serving.end(desk.agent, first.pk, solve=True, now=clock.now())
    visitor.get_by_role("button", name="Very good").click()
    expect(visitor.get_by_text("Thank you for your answer.")).to_be_visible()
    visitor.get_by_role("button", name="Start a new chat").click()
    write(visitor, "One more thing", "Nils Berg")
    expect(visitor.get_by_text("Sent ·")).to_be_visible()
    second = Ticket.objects.latest("id")
    assert second != first
    serving.answer(desk.agent, second.pk, "Which one?", now=clock.now())
    expect(visitor.get_by_text("Which one?")).to_be_visible()
    first.refresh_from_db()
    assert first.csat == 5


SHOP_PAGE = """<!doctype html><html lang="de"><head><title>Laden</title>
<script src="{desk}/chat.js" data-desk="{key}" async></script></head><body><h1>Laden</h1></body></html>"""
STRICT = "default-src 'none'; script-src {desk}; connect-src {desk}"


@pytest.fixture
def shop(desk: Desk, widget: Widget) -> Iterator[str]:
    """A site of somebody else, with the script tag and a strict policy."""

    class Laden(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Security-Policy", STRICT.format(desk=desk.url))
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(SHOP_PAGE.format(desk=desk.url, key=widget.key).encode() if self.path == "/" else b"")

        def log_message(self, *said: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Laden)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_stands_on_another_site_under_a_strict_policy_in_its_language(
    site: BrowserContext, desk: Desk, widget: Widget, shop: str
) -> None:
    widgets.change(None, widget.pk, name="Shop", origins=[shop], now=clock.now())
    page, wrong = site.new_page(), []
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.goto(shop)
    page.get_by_role("button", name="Chatten Sie mit uns").click()
    page.get_by_label("Nachricht schreiben").fill("Liefern Sie nach Norwegen?")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^Gesendet"))).to_be_visible()
    serving.answer(desk.agent, Ticket.objects.get().pk, "Ja, in einer Woche.", now=clock.now())
    expect(page.get_by_text("Ja, in einer Woche.")).to_be_visible()
    assert page.evaluate("() => getComputedStyle(document.querySelector('h1')).position") == "static"
    assert wrong == []


def test_two_pages_of_a_visitor_show_the_same_and_hold_one_stream(
    visitor: Page, site: BrowserContext, desk: Desk
) -> None:
    write(visitor, "Hello?", "Nils Berg")
    expect(visitor.get_by_text("Sent ·")).to_be_visible()
    streams: list[str] = []
    another = site.new_page()
    another.on("request", lambda request: streams.append(request.url) if "/stream" in request.url else None)
    another.goto(f"{desk.url}/chat/demo/")
    expect(another.get_by_text("Hello?")).to_be_visible()
    serving.answer(desk.agent, Ticket.objects.get().pk, "Hello, Nils!", now=clock.now())
    for page in (visitor, another):
        expect(page.get_by_text("Hello, Nils!")).to_be_visible()
    assert streams == []
    visitor.close()
    serving.answer(desk.agent, Ticket.objects.get().pk, "Still there?", now=clock.now())
    expect(another.get_by_text("Still there?")).to_be_visible()
    assert len(streams) == 1


def publish(author: Agent) -> None:
    Agent.objects.filter(pk=author.pk).update(role="lead")
    author.refresh_from_db()
    wanted = articles.Words("Export a report as CSV", "Open the report, then Export. Choose CSV.", audience="public")
    made = articles.write(author, wanted, now=clock.now())
    articles.publish(author, made, now=clock.now())
