"""The workspace in a real browser, by keyboard alone: sign in, move, answer, solve; what stays while it updates."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from deskwright.desk import clock
from deskwright.desk.answering import holding
from deskwright.store.models import Delivery, Draft, Message, Ticket
from tests.browser.conftest import Desk

SignedIn = Callable[[], Page]


def test_a_ticket_is_found_answered_and_solved_without_a_mouse(desk: Desk, signed_in: SignedIn) -> None:
    first = desk.receive("Export stops", minutes_ago=30)
    second = desk.receive("Invoice twice", minutes_ago=5)
    page = signed_in()

    for key, focused in [("j", first), ("j", second), ("k", first)]:
        page.keyboard.press(key)
        expect(page.locator(f"#open-{focused}")).to_be_focused()
    page.keyboard.press("o")
    page.wait_for_url(f"**/tickets/{first}/")

    page.keyboard.press("r")
    expect(page.locator("#composer-text")).to_be_focused()
    page.keyboard.type("Please try **again** now.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.held", has_text="Please try again now.")).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value("")
    desk.let_leave()
    expect(page.locator(".message.agent:not(.held) strong", has_text="again")).to_be_visible()
    expect(page.locator(".message.held")).to_have_count(0)

    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("#property-status")).to_contain_text("Solved")
    assert Ticket.objects.get(pk=first).status == "solved"
    assert Delivery.objects.filter(ticket=first, message__kind="agent").count() == 1

    page.keyboard.press("u")
    page.wait_for_url("**/inbox/mine/")
    expect(page.locator(f"#open-{second}")).to_be_visible()
    expect(page.locator(f"#open-{first}")).to_have_count(0)


def test_a_new_ticket_appears_by_itself_and_the_focus_stays(desk: Desk, signed_in: SignedIn) -> None:
    there = desk.receive("Export stops", minutes_ago=30)
    page = signed_in()
    page.keyboard.press("j")

    arrived = desk.receive("Invoice twice")

    expect(page.locator(f"#open-{arrived}")).to_be_visible()
    expect(page.locator("#place-mine .count")).to_have_text("2")
    expect(page.locator(f"#open-{there}")).to_be_focused()


def test_a_draft_survives_updates_and_a_reload(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.goto(f"{desk.url}/tickets/{ticket}/")
    page.keyboard.press("n")
    page.keyboard.type("Ask engineering")

    desk.answer(ticket, "It works again!")
    expect(page.locator("#timeline", has_text="It works again!")).to_be_visible()
    expect(page.locator("#composer-text")).to_be_focused()
    page.keyboard.type(" first")
    expect(page.locator("#composer-text")).to_have_value("Ask engineering first")

    page.reload()
    page.keyboard.press("n")
    expect(page.locator("#composer-text")).to_have_value("Ask engineering first")
    assert not Message.objects.filter(ticket=ticket, kind="note").exists()


def test_a_draft_follows_the_agent_to_another_machine_and_ends_when_it_is_sent(
    desk: Desk, signed_in: SignedIn, another: SignedIn
) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.goto(f"{desk.url}/tickets/{ticket}/")
    page.keyboard.press("r")
    page.keyboard.type("Have you tried")
    expect(page.locator("[data-draft]")).to_have_text("Draft saved")

    elsewhere = another()
    elsewhere.goto(f"{desk.url}/tickets/{ticket}/")
    expect(elsewhere.locator("#composer-text")).to_have_value("Have you tried")
    elsewhere.keyboard.press("r")
    elsewhere.keyboard.type(" again?")
    elsewhere.keyboard.press("Control+Enter")
    expect(elsewhere.locator("#composer-text")).to_have_value("")

    expect(page.locator("#composer-text")).to_have_value("")
    assert not Draft.objects.exists()


def test_a_draft_written_while_the_desk_is_away_is_brought_when_it_is_back(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.goto(f"{desk.url}/tickets/{ticket}/")
    page.route("**/draft/", lambda route: route.abort())
    page.evaluate("navigator.sendBeacon = () => false")
    page.keyboard.press("n")
    page.keyboard.type("Not lost")
    expect(page.locator("[data-draft]")).to_contain_text("kept in this browser")
    page.reload()
    page.keyboard.press("n")
    expect(page.locator("#composer-text")).to_have_value("Not lost")
    assert not Draft.objects.exists()

    page.unroute("**/draft/")
    expect(page.locator("[data-draft]")).to_have_text("Draft saved")
    assert Draft.objects.get().text == "Not lost"


def test_a_reply_crossing_the_customer_s_is_stopped_once(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.route("**/live", lambda route: route.abort())
    page.goto(f"{desk.url}/tickets/{ticket}/")
    page.keyboard.press("r")
    page.keyboard.type("Have you tried again?")
    desk.answer(ticket, "Never mind, it works.")

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Never mind, it works.")
    expect(page.locator("#composer-text")).to_have_value("Have you tried again?")
    assert not Message.objects.filter(ticket=ticket, kind="agent").exists()

    page.keyboard.press("Control+Enter")
    expect(page.locator("#composer-text")).to_have_value("")
    desk.let_leave()
    assert Message.objects.filter(ticket=ticket, kind="agent").count() == 1


def test_a_reply_is_taken_back_with_a_key_even_from_the_next_page(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.goto(f"{desk.url}/tickets/{ticket}/")
    page.keyboard.press("r")
    page.keyboard.type("Too early")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Undo")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.wait_for_url("**/inbox/mine/")
    expect(page.locator(".toast")).to_contain_text("Undo")
    page.keyboard.press("z")

    page.wait_for_url(f"**/tickets/{ticket}/")
    expect(page.locator("#composer-text")).to_have_value("Too early")
    expect(page.locator(".message.held")).to_have_count(0)
    desk.let_leave()
    assert not Message.objects.filter(ticket=ticket, kind="agent").exists()


def test_a_reply_for_tomorrow_comes_back_when_the_customer_writes_first(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.goto(f"{desk.url}/tickets/{ticket}/")
    page.keyboard.press("r")
    page.keyboard.type("Good morning, how is it?")
    page.get_by_role("button", name="Send later").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".message.held")).to_contain_text("Leaves")
    expect(page.locator("#composer-text")).to_have_value("")

    desk.answer(ticket, "It works, thank you!")
    holding.bring_back_overtaken(clock.now(), 10)
    expect(page.locator("#returned")).to_contain_text("The customer wrote before your reply left")
    expect(page.locator("#composer-text")).to_have_value("Good morning, how is it?")
    expect(page.locator(".message.held")).to_have_count(0)


def test_status_is_chosen_by_typing_and_enter(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("#chooser-text")).to_be_focused()
    page.keyboard.type("hold")
    page.keyboard.press("Enter")

    expect(page.locator("#chooser")).not_to_be_visible()
    expect(page.locator(f".row[data-ticket='{ticket}'] .status")).to_contain_text("On hold")


def test_the_palette_goes_to_a_ticket_and_the_keys_are_shown(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")

    page.keyboard.press("Control+k")
    page.keyboard.type(f"#{ticket}")
    expect(page.locator(f"#choice-ticket-{ticket}")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{ticket}/")


def test_a_page_that_cannot_reach_the_desk_keeps_the_text(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.goto(f"{desk.url}/tickets/{ticket}/")

    def away(route: Route) -> None:
        route.fulfill(status=503, headers={"Retry-After": "5"}, body="")

    page.route("**/note/", away)
    page.keyboard.press("n")
    page.keyboard.type("Not lost")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("did not work")
    expect(page.locator("#composer-text")).to_have_value("Not lost")
    assert not Message.objects.filter(ticket=ticket, kind="note").exists()


def test_an_ended_session_leads_to_signing_in_and_not_into_the_list(desk: Desk, signed_in: SignedIn) -> None:
    desk.receive("Export stops")
    page = signed_in()
    page.keyboard.press("j")
    Session.objects.all().delete()

    page.keyboard.press("s")
    page.wait_for_url("**/login/?next=/inbox/mine/")
    expect(page.locator("#email")).to_be_focused()


def test_an_agent_goes_away_from_the_palette(desk: Desk, signed_in: SignedIn) -> None:
    desk.receive("Export stops")
    page = signed_in()
    expect(page.locator("#availability-switch")).to_contain_text("Available")
    page.keyboard.press("Control+k")
    page.keyboard.type("be away")
    expect(page.locator("#choice-availability")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.locator("#availability-switch")).to_contain_text("Away")
    expect(page.locator(".toast")).to_contain_text("no new tickets")
    desk.agent.refresh_from_db()
    assert not desk.agent.available


def test_several_tickets_are_tagged_at_once_and_the_tags_taken_back(desk: Desk, signed_in: SignedIn) -> None:
    pair = [desk.receive("Export stops", minutes_ago=30), desk.receive("Invoice twice", minutes_ago=5)]
    page = signed_in()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#bulk [data-number]")).to_have_text("2")

    page.keyboard.press("t")
    expect(page.locator("#chooser-text")).to_be_focused()
    page.keyboard.type("Data loss")
    expect(page.locator("#chooser-new")).to_contain_text("data loss")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("2 tickets changed")
    assert [Ticket.objects.get(pk=number).tags for number in pair] == [["data-loss"]] * 2

    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("Undone on 2 tickets")
    assert [Ticket.objects.get(pk=number).tags for number in pair] == [[], []]


def test_a_mistaken_solve_is_taken_back_with_a_key(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator(f"#open-{ticket}")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.locator(f"#open-{ticket}")).to_be_visible()
    assert Ticket.objects.get(pk=ticket).reopen_count == 0
