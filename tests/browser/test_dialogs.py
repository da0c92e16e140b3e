"""Dialogs and what unfolds: axe finds nothing, Tab stays inside, Escape closes, and the focus is where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walking import Walk, flaws


@dataclass(frozen=True)
class Dialog:
    """A page, the key that opens the dialog on it, and what shows that it is there."""

    on: str
    key: str
    shown: str


DIALOGS: Final = {
    "palette": Dialog("inbox", "Control+k", "#palette .choice"),
    "keys": Dialog("inbox", "?", "#keys[open]"),
    "assign": Dialog("ticket", "a", "#chooser[open] .choice"),
    "status": Dialog("ticket", "s", "#chooser[open] .choice"),
    "priority": Dialog("ticket", "p", "#chooser[open] .choice"),
    "tags": Dialog("ticket", "t", "#chooser[open] .choice"),
    "macros": Dialog("ticket", "m", "#chooser[open] .macro-pick"),
}


@pytest.fixture
def opened(walk: Walk) -> Callable[[str], Page]:
    def open_it(name: str) -> Page:
        page = walk.open(DIALOGS[name].on)
        page.locator("#main a[href]:visible").first.focus()
        page.keyboard.press(DIALOGS[name].key)
        expect(page.locator(DIALOGS[name].shown).first).to_be_visible()
        return page

    return open_it


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_is_sound_keeps_the_focus_and_gives_it_back(name: str, opened: Callable[[str], Page]) -> None:
    page = opened(name)
    assert "\n".join(flaws(page)) == ""
    for _step in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")

    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.evaluate("document.activeElement.matches('#main a[href]')")


def test_a_macro_is_shown_before_it_is_used(opened: Callable[[str], Page]) -> None:
    page = opened("macros")
    page.keyboard.press("Enter")
    expect(page.locator("#chooser form[action$='/use/']")).to_be_visible()
    assert "\n".join(flaws(page)) == ""


def test_the_composer_with_a_preview_and_a_later_moment(walk: Walk) -> None:
    page = walk.open("ticket")
    page.keyboard.press("r")
    page.keyboard.type("Please try **again**, see [how](https://example.com).")
    page.locator("[data-do=preview]").press("Enter")
    expect(page.locator("#composer-preview strong")).to_be_visible()
    assert "\n".join(flaws(page)) == ""
    page.locator("[data-do=preview]").press("Enter")
    page.get_by_role("button", name="Send later").press("Enter")
    expect(page.locator("#later[open]")).to_be_visible()
    assert "\n".join(flaws(page)) == ""
    page.keyboard.press("Escape")
    expect(page.locator("#composer-text")).to_be_focused()


@pytest.mark.parametrize("name", ["ticket", "inbox", "queues", "article_versions", "webhook", "view_edit"])
def test_everything_that_folds_is_sound_unfolded(name: str, walk: Walk) -> None:
    page = walk.open(name)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    expect(page.locator(".htmx-request")).to_have_count(0)
    assert "\n".join(flaws(page)) == ""


def test_the_bar_for_changes_of_several_tickets(walk: Walk) -> None:
    page = walk.open("inbox")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("#bulk [data-number]")).to_have_text("2")
    assert "\n".join(flaws(page)) == ""


def test_the_rail_is_a_drawer_on_a_phone_which_escape_closes(walk: Walk) -> None:
    page = walk.open("inbox")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".topbar [data-do=rail]").press("Enter")
    expect(page.locator(".rail .place").first).to_be_visible()
    assert "\n".join(flaws(page)) == ""
    page.keyboard.press("Escape")
    expect(page.locator(".topbar [data-do=rail]")).to_be_focused()
    page.set_viewport_size({"width": 1280, "height": 800})


PLACES: Final = ["inbox", "ticket", "people", "workflow_edit", "sign_in", "help", "my_ticket"]
HIDDEN: Final = """() => {
  const one = document.activeElement;
  if (one === document.body) return "";
  const drawn = [one, one.closest("label"), one.closest(".row"), one.parentElement].filter(Boolean)
    .some((each) => { const style = getComputedStyle(each);
      return style.outlineStyle !== "none" || style.boxShadow !== "none"; });
  const box = one.getBoundingClientRect();
  const there = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  return drawn && there ? "" : one.outerHTML.slice(0, 160);
}"""


@pytest.mark.parametrize("name", PLACES)
def test_tab_goes_through_a_page_and_always_shows_where_it_is(name: str, walk: Walk) -> None:
    page = walk.open(name)
    page.evaluate("document.activeElement?.blur()")
    met, unseen = set(), []
    for _step in range(60):
        page.keyboard.press("Tab")
        met.add(page.evaluate("document.activeElement.outerHTML.slice(0, 300)"))
        unseen += [gone] if (gone := page.evaluate(HIDDEN)) else []
    assert unseen == []
    everything = page.evaluate("document.querySelectorAll('a[href], button, input, select, textarea').length")
    assert len(met) >= min(20, everything // 2)


@pytest.mark.parametrize("name", ["inbox", "help"])
def test_the_first_tab_offers_to_skip_to_the_page(name: str, walk: Walk) -> None:
    page = walk.open(name)
    page.evaluate("sessionStorage.clear()")  # a list one comes back to begins at the ticket one looked at
    page.reload()
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_nothing_moves_for_who_asked_for_stillness(walk: Walk) -> None:
    page = walk.open("ticket")
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        """[...document.querySelectorAll("*")].filter((one) => {
          const style = getComputedStyle(one);
          return [style.transitionDuration, style.animationDuration]
            .some((all) => all.split(",").some((each) => parseFloat(each) > 0));
        }).map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert moving == []
