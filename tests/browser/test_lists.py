"""Lists in a real browser, by keyboard alone: views, search, the next ticket, changes of everything a view holds."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from deskwright.desk import clock
from deskwright.desk.tickets import changing
from deskwright.store.models import SavedView, Ticket, TicketSkip
from deskwright.store.queries import listing
from tests.browser.conftest import Desk

SignedIn = Callable[[], Page]


def test_a_view_is_written_checked_and_saved(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    changing.change(desk.agent, [ticket], {"priority": "high"}, now=clock.now())
    page = signed_in()
    page.keyboard.press("Control+k")
    page.keyboard.type("new view")
    expect(page.locator("#palette .choice[data-at]")).to_contain_text("New view")
    page.keyboard.press("Enter")
    page.wait_for_url("**/views/new/")

    page.keyboard.type("Hot exports")
    page.locator("#view-text").focus()
    page.keyboard.type("priorty == 'high' AND assignee == me")
    expect(page.locator("#view-found")).to_contain_text("Line 1, column 1")
    page.get_by_role("button", name="Use priority").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#view-text")).to_have_value("priority == 'high' AND assignee == me")
    expect(page.locator("#view-found")).to_contain_text("1 ticket")
    expect(page.locator(".view-chip")).to_have_count(2)

    page.get_by_role("button", name="Save the view").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hot exports")).to_be_visible()
    view = SavedView.objects.get()
    expect(page.locator(f"#place-view{view.pk} .count")).to_have_text("1")
    expect(page.locator(f"#open-{ticket}")).to_be_visible()


def test_chips_write_the_condition(desk: Desk, signed_in: SignedIn) -> None:
    desk.receive("Export stops")
    page = signed_in()
    page.goto(f"{desk.url}/views/new/")
    page.locator("[data-add]").select_option("age")
    expect(page.locator("#view-text")).to_have_value("age > '2d'")
    page.locator("#view-chips input[name=value]").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("5h")
    page.keyboard.press("Enter")
    expect(page.locator("#view-text")).to_have_value("age > '5h'")
    page.get_by_role("button", name="Take this test away").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#view-text")).to_have_value("")


def test_a_search_operator_is_completed_and_the_results_reached_by_arrow(desk: Desk, signed_in: SignedIn) -> None:
    ticket = desk.receive("Export stops")
    page = signed_in()
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    page.keyboard.type("is:unan")
    expect(page.locator("#search-completions")).to_contain_text("is:unanswered")
    page.keyboard.press("Tab")
    expect(page.locator("#search-text")).to_have_value("is:unanswered ")
    expect(page.locator(f"#open-{ticket}")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#open-{ticket}")).to_be_focused()


def test_after_a_solve_the_next_ticket_comes_by_itself_and_one_can_be_skipped(desk: Desk, signed_in: SignedIn) -> None:
    tickets = [desk.receive(f"Export {number}", minutes_ago=90 - number) for number in range(3)]
    page = signed_in()
    page.keyboard.press("N")
    page.wait_for_url(f"**/tickets/{tickets[0]}/?next=1")
    page.keyboard.press("e")
    page.wait_for_url(f"**/tickets/{tickets[1]}/?next=1")
    page.keyboard.press("N")
    expect(page.get_by_role("button", name="Not my subject")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{tickets[2]}/?next=1")
    assert TicketSkip.objects.get().ticket_id == tickets[1]

    page.keyboard.press("r")
    page.keyboard.type("It is on its way.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/inbox/**")
    expect(page.locator("#toasts")).to_contain_text("no next ticket")


def test_everything_a_view_holds_is_changed_and_taken_back(desk: Desk, signed_in: SignedIn) -> None:
    number = listing.PAGE + 5
    tickets = [desk.receive(f"Export {one}", minutes_ago=one) for one in range(number)]
    page = signed_in()
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("#bulk [data-number]")).to_have_text(str(listing.PAGE))
    page.keyboard.press("Shift+A")
    expect(page.locator("#bulk [data-do=everything]")).to_have_text(f"All {number} of this view")
    page.keyboard.press("p")
    expect(page.locator("#chooser-text")).to_be_focused()
    page.keyboard.type("crit")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text(f"{number} of {number} tickets changed")
    assert Ticket.objects.filter(pk__in=tickets, priority="critical").count() == number

    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text(f"Undone on {number} tickets")
    assert not Ticket.objects.filter(pk__in=tickets, priority="critical").exists()


def test_a_range_is_picked_with_shift_and_a_click(desk: Desk, signed_in: SignedIn) -> None:
    for one in range(5):
        desk.receive(f"Export {one}", minutes_ago=one)
    page = signed_in()
    boxes = page.locator(".row-pick input")
    boxes.nth(1).click(force=True)
    boxes.nth(3).click(force=True, modifiers=["Shift"])
    expect(page.locator("#bulk [data-number]")).to_have_text("3")


def test_new_tickets_wait_for_a_click_while_something_is_picked(desk: Desk, signed_in: SignedIn) -> None:
    there = desk.receive("Export stops", minutes_ago=30)
    page = signed_in()
    page.keyboard.press("j")
    page.keyboard.press("x")
    arrived = desk.receive("Invoice twice", minutes_ago=60)
    expect(page.locator("#fresh")).to_contain_text("1 new")
    expect(page.locator(f"#open-{arrived}")).to_have_count(0)
    expect(page.locator(f".row[data-ticket='{there}'] input")).to_be_checked()

    page.locator("#fresh button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#open-{arrived}")).to_be_visible()
    expect(page.locator("#fresh")).to_be_hidden()


def test_a_heading_orders_the_list_and_is_remembered(desk: Desk, signed_in: SignedIn) -> None:
    desk.receive("Export stops")
    page = signed_in()
    heading = page.get_by_role("button", name="Priority")
    heading.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".head-priority.now")).to_have_count(1)
    page.reload()
    expect(page.locator(".head-priority.now")).to_have_count(1)
