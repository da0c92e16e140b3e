"""Every page fits: on a phone, at twice the size, written from right to left; and fingers hit what they aim at."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser import pages
from tests.browser.walking import Walk

CONTEXT: Final = {"has_touch": True}
SIZES: Final = {"a phone": (390, 844), "a window at 200 %": (640, 400), "a window": (1280, 800)}
TARGET: Final = {"whole": 44, "least": 24}
"""CSS pixels: of what stands by itself, and of anything."""

TOO_SMALL: Final = """
({whole, least}) => [...document.querySelectorAll(
  "button, summary, select, input:not([type=hidden]), textarea, nav a, .button, .place, [role=button], [role=tab]"
)].filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && !one.closest(".unseen, .skip"))
  .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
  .filter(([one, box]) => box.width > 1 && (box.height < least || box.width < least
     || (one.matches(".button, .input, .place") && box.height < whole)))
  .map(([one, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 160)}`)
"""


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_page_fits_the_screen_and_the_finger(name: str, walk: Walk) -> None:
    page = walk.open(name)
    assert [at for at in SIZES if overflows(page, at)] == []
    resize(page, "a phone")
    assert "\n".join(page.evaluate(TOO_SMALL, TARGET)) == ""


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_page_fits_from_right_to_left(name: str, walk: Walk) -> None:
    page = walk.open(name)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert [at for at in SIZES if overflows(page, at)] == []


def overflows(page: Page, at: str) -> bool:
    """Whether the page must be scrolled sideways at that size."""
    resize(page, at)
    wide: bool = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return wide


def resize(page: Page, at: str) -> None:
    width, height = SIZES[at]
    page.set_viewport_size({"width": width, "height": height})
