"""What an agent writes up about a call, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from deskwright.desk import clock
from deskwright.desk.lines import settings as lines
from deskwright.store.models import Call, Message
from tests.browser.conftest import Desk

SignedIn = Callable[[], Page]
VALUES = {"name": "Hotline", "number": "+493023125001", "provider": "plain", "calls": True, "sms": False}


@pytest.fixture
def call(desk: Desk) -> Call:
    """One of the agent's that has just ended, about a ticket of theirs."""
    line, _ = lines.connect(None, VALUES | {"whatsapp": False, "dial": ""}, now=clock.now())
    return ended(desk, line.pk, desk.receive("The export stops"), minutes_ago=2)


def ended(desk: Desk, line: int, ticket: int, minutes_ago: int) -> Call:
    at = clock.now() - timedelta(minutes=minutes_ago)
    began = {"rang_at": at - timedelta(minutes=3), "answered_at": at - timedelta(minutes=2), "ended_at": at}
    return Call.objects.create(
        line_id=line, call_id="c1", number="+4917012345678", state="ended", agent=desk.agent, ticket_id=ticket, **began
    )


def test_a_note_being_written_survives_the_next_call_and_the_next_page(call: Call, signed_in: SignedIn) -> None:
    page = signed_in()
    note = page.locator("[data-wrap-up]")
    note.fill("They restart it on Monday.")
    page.keyboard.press("Home")
    with page.expect_response("**/calls/now/"):
        page.evaluate("htmx.trigger(document.body, 'live:call')")
    expect(note).to_have_value("They restart it on Monday.")
    expect(note).to_be_focused()
    assert note.evaluate("field => field.selectionStart") == 0

    page.goto(f"{page.url.partition('/inbox')[0]}/tickets/{call.ticket_id}/")
    expect(note).to_have_value("They restart it on Monday.")
    page.get_by_role("button", name="Add note").click()
    expect(note).to_have_count(0)
    assert Message.objects.filter(ticket=call.ticket_id, kind="note").get().text == "They restart it on Monday."
    page.wait_for_function("Object.keys(sessionStorage).every((key) => !key.includes('call-note'))")


def test_a_call_of_earlier_is_one_line_until_it_is_written_up(desk: Desk, call: Call, signed_in: SignedIn) -> None:
    Call.objects.update(ended_at=clock.now() - timedelta(hours=1))
    page = signed_in()
    note = page.locator("[data-wrap-up]")
    expect(note).to_be_hidden()
    page.get_by_text("Write up the call").click()
    expect(note).to_be_visible()
