"""Writing in a real browser, by keyboard: files, pictures, recipients, formats, mentions, snooze, who else is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deskwright.desk import clock
from deskwright.desk.lines import settings as lines
from deskwright.desk.staff import people
from deskwright.store.connection import from_json
from deskwright.store.models import (
    Agent,
    Attachment,
    Customer,
    Delivery,
    Draft,
    DraftFile,
    HeldReply,
    Identity,
    Message,
    Notice,
    NumberProof,
    Ticket,
)
from tests.browser.conftest import PASSWORD, Desk

SignedIn = Callable[[], Page]
PASTE = """() => {
  const bytes = Uint8Array.from(atob("%s"), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "shot.png", { type: "image/png" }));
  const text = document.getElementById("composer-text");
  text.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}""".replace("%s", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


@pytest.fixture
def ticket(desk: Desk) -> int:
    return desk.receive("Export stops", "It stops at row 10,000.")


def opened(page: Page, desk: Desk, ticket: int) -> Page:
    page.goto(f"{desk.url}/tickets/{ticket}/")
    return page


@pytest.fixture
def bram(desk: Desk) -> Agent:
    return people.add_agent("Bram Oak", "bram@desk.example", password=PASSWORD, role="lead")


def sign_in_as(page: Page, desk: Desk, email: str) -> Page:
    page.goto(f"{desk.url}/")
    page.locator("#email").fill(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/**")
    return page


def test_a_file_is_chosen_with_a_key_survives_a_reload_and_leaves(desk: Desk, signed_in: SignedIn, ticket: int) -> None:
    page = opened(signed_in(), desk, ticket)
    page.keyboard.press("r")
    page.keyboard.type("See the plan.")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Control+Shift+A")
    chooser.value.set_files([{"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}])
    expect(page.locator("#composer-files .draft-file", has_text="plan.pdf")).to_be_visible()
    expect(page.locator("[data-draft]")).to_have_text("Draft saved")

    page.reload()
    expect(page.locator("#composer-files .draft-file", has_text="plan.pdf")).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value("See the plan.")
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.held", has_text="plan.pdf")).to_be_visible()
    expect(page.locator("#composer-files .draft-file")).to_have_count(0)
    desk.let_leave()
    expect(page.locator(".message.agent:not(.held) .attachment", has_text="plan.pdf")).to_be_visible()
    assert Attachment.objects.get().name == "plan.pdf"


def test_a_pasted_picture_stands_in_the_text_the_preview_and_the_timeline(
    desk: Desk, signed_in: SignedIn, ticket: int
) -> None:
    page = opened(signed_in(), desk, ticket)
    page.keyboard.press("r")
    page.keyboard.type("Look: ")
    page.evaluate(PASTE)
    expect(page.locator("#composer-files .draft-file", has_text="shot.png")).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value(f"Look: ![shot.png](cid:{DraftFile.objects.get().content_id})")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.locator("#composer-preview img")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("r")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.held img")).to_be_visible()
    desk.let_leave()
    expect(page.locator(".message.agent:not(.held) .prose img")).to_be_visible()


def test_somebody_is_added_in_cc_by_keyboard_and_kept(desk: Desk, signed_in: SignedIn, ticket: int) -> None:
    page = opened(signed_in(), desk, ticket)
    page.locator("#recipient-new").focus()
    page.keyboard.type("kim@harbor.example")
    page.keyboard.press("Enter")
    expect(page.locator("#recipients", has_text="kim@harbor.example")).to_contain_text("added by you")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("Hello")
    expect(page.locator("[data-draft]")).to_have_text("Draft saved")
    assert from_json(Draft.objects.get().recipients)["cc"] == ["kim@harbor.example"]
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.held", has_text="Cc kim@harbor.example")).to_be_visible()
    desk.let_leave()
    assert from_json(Delivery.objects.get(recipient="kim@harbor.example").content)["cc"] == ["kim@harbor.example"]


def test_words_are_formatted_and_quoted_with_keys(desk: Desk, signed_in: SignedIn, ticket: int) -> None:
    page = opened(signed_in(), desk, ticket)
    page.keyboard.press("q")
    text = page.locator("#composer-text")
    expect(text).to_have_value("> It stops at row 10,000.\n\n")
    page.keyboard.press("Control+b")
    page.keyboard.type("Yes")
    expect(text).to_have_value("> It stops at row 10,000.\n\n**Yes**")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+a")
    page.keyboard.type("one\ntwo")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+Shift+Digit8")
    expect(text).to_have_value("- one\n- two")


def test_what_came_encrypted_is_not_quoted_by_a_key(desk: Desk, signed_in: SignedIn, ticket: int) -> None:
    Message.objects.filter(ticket=ticket).update(recipients={"encrypted": True})
    page = opened(signed_in(), desk, ticket)
    page.keyboard.press("q")
    expect(page.locator(".toast")).to_have_text("It came encrypted, and answers are not: it is not quoted.")
    page.locator(".message.customer .prose").click(click_count=3)
    page.keyboard.press("q")
    expect(page.locator(".toast")).to_have_count(2)
    expect(page.locator("#composer-text")).to_have_value("")


def test_a_ticket_is_snoozed_and_called_back_with_keys(desk: Desk, signed_in: SignedIn, ticket: int) -> None:
    page = opened(signed_in(), desk, ticket)
    page.keyboard.press("b")
    expect(page.locator("#chooser-text")).to_be_focused()
    page.keyboard.type("customer")
    page.keyboard.press("Enter")
    expect(page.locator(".asleep")).to_contain_text("until the customer writes")
    expect(page.locator("#place-snoozed .count")).to_have_text("1")
    assert Ticket.objects.get(pk=ticket).snoozed_since is not None
    page.keyboard.press("z")
    expect(page.locator(".asleep")).to_have_count(0)

    page.keyboard.press("b")
    expect(page.locator("#chooser-text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".asleep")).to_contain_text("Snoozed until")
    desk.answer(ticket, "It works again!")
    expect(page.locator(".asleep")).to_have_count(0)


def test_a_colleague_is_mentioned_by_keyboard_and_told(
    desk: Desk, signed_in: SignedIn, ticket: int, bram: Agent
) -> None:
    page = opened(signed_in(), desk, ticket)
    page.keyboard.press("n")
    page.keyboard.type("Ask @br")
    expect(page.locator("#mentionable .choice:visible", has_text="Bram Oak")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).to_have_value("Ask @Bram Oak ")
    page.keyboard.type("please")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.note .mention")).to_have_text("@Bram Oak")
    assert Notice.objects.filter(agent=bram, key__startswith="mention:").exists()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("#follow-switch")).to_contain_text("Unfollow")


def test_who_else_is_there_and_who_writes_is_shown_in_words(
    desk: Desk, signed_in: SignedIn, page_elsewhere: Page, ticket: int, bram: Agent
) -> None:
    page = opened(signed_in(), desk, ticket)
    other = opened(sign_in_as(page_elsewhere, desk, "bram@desk.example"), desk, ticket)
    expect(page.locator("#present")).to_contain_text("Bram Oak is here too")
    expect(other.locator("#present")).to_contain_text("Ada Quill is here too")
    other.keyboard.press("n")
    other.keyboard.type("Looking into it")
    expect(page.locator("#present")).to_contain_text("Bram Oak is writing")
    other.goto(f"{desk.url}/notices/")
    expect(page.locator("#present")).to_be_empty()


def test_a_reply_crossing_a_colleague_s_deed_is_stopped_once(
    desk: Desk, signed_in: SignedIn, page_elsewhere: Page, ticket: int, bram: Agent
) -> None:
    page = signed_in()
    page.route("**/live?*", lambda route: route.abort())
    opened(page, desk, ticket)
    page.keyboard.press("r")
    page.keyboard.type("Have you tried again?")
    other = opened(sign_in_as(page_elsewhere, desk, "bram@desk.example"), desk, ticket)
    other.keyboard.press("e")
    expect(other.locator("#property-status")).to_contain_text("Solved")

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Bram Oak changed status")
    expect(page.locator("#composer-text")).to_have_value("Have you tried again?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#composer-text")).to_have_value("")


def test_one_reply_leaves_the_other_way_and_the_next_as_the_customer_prefers(
    desk: Desk, signed_in: SignedIn, ticket: int
) -> None:
    now = clock.now()
    values = {"name": "Hotline", "number": "+493023125001", "provider": "plain", "calls": False, "sms": True}
    lines.connect(None, values | {"whatsapp": False, "dial": ""}, now=now)
    customer = Ticket.objects.get(pk=ticket).customer
    number = {"kind": "phone", "value": "+4917012345678"}
    Identity.objects.create(customer=customer, **number)
    told = {"value": number["value"], "code_hmac": "", "created_at": now, "expires_at": now, "used_at": now}
    NumberProof.objects.create(customer=customer, **told)
    Customer.objects.update(preferred_channel="sms")
    page = opened(signed_in(), desk, ticket)
    texted, mailed = page.locator("[name=by][value=sms]"), page.locator("[name=by][value=email]")
    expect(texted).to_be_checked()
    expect(page.locator(".way")).to_be_visible()
    expect(page.locator("#recipients")).to_be_hidden()
    mailed.check()
    expect(page.locator(".way")).to_be_hidden()
    expect(page.locator("#recipients")).to_be_visible()
    page.locator("#composer-text").fill("By mail this once.")
    page.keyboard.press("Control+Enter")
    expect(texted).to_be_checked()
    assert HeldReply.objects.get().by == "email"
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#composer-text")).to_have_value("By mail this once.")
    expect(mailed).to_be_checked()
