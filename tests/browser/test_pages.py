"""Every page, loaded once and asked everything: sound to axe in light and dark, no wider than its screen, within a
finger's reach, quiet in the console, and light to carry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests.browser import pages
from tests.browser.walking import Walk, flaws

Address = tuple[str, str]

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

PARTED: Final = """
() => [...document.querySelectorAll("td[data-label]")].filter((cell) => getComputedStyle(cell).display === "grid"
    && [...cell.childNodes].filter((part) => part.nodeType === Node.TEXT_NODE ? part.data.trim()
      : part.nodeType === Node.ELEMENT_NODE && !part.matches("script, template, .unseen")).length > 1)
  .map((cell) => cell.outerHTML.slice(0, 160))
"""
"""Cells that stand beside their label on a phone and are in several pieces, which the grid would scatter."""

MOST: Final = 60_000
"""Bytes of script on the wire, for one page."""
LOADED: Final = """performance.getEntriesByType("resource").filter((one) => /\\.js(\\?|$)/.test(one.name))
  .map((one) => [new URL(one.name).pathname, one.encodedBodySize])"""


@pytest.fixture(scope="module", params=pages.PAGES)
def page(request: pytest.FixtureRequest, walk: Walk) -> Page:
    """One page after the other; a test leaves it as it was, for the next to ask."""
    return walk.open(request.param)


def test_a_page_brings_at_most_sixty_kilobytes_of_script(page: Page) -> None:
    scripts = dict(page.evaluate(LOADED))
    assert sum(scripts.values()) <= MOST, scripts


def test_a_page_has_nothing_wrong_in_the_console(page: Page, walk: Walk) -> None:
    assert walk.wrong == []


def test_axe_finds_nothing_on_a_page(page: Page) -> None:
    assert "\n".join(flaws(page)) == ""


def test_a_page_fits_the_screen_in_either_direction(page: Page) -> None:
    wide = [at for at in SIZES if overflows(page, at)]
    page.evaluate("document.documentElement.dir = 'rtl'")
    wide += [f"right to left, {at}" for at in SIZES if overflows(page, at)]
    page.evaluate("document.documentElement.dir = 'ltr'")
    assert wide == []


def test_fingers_hit_what_they_aim_at(page: Page) -> None:
    resize(page, "a phone")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    small = page.evaluate(TOO_SMALL, TARGET)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    devtools.detach()
    resize(page, "a window")
    assert "\n".join(small) == ""


def test_what_a_cell_says_stays_beside_its_label_on_a_phone(page: Page) -> None:
    resize(page, "a phone")
    scattered = page.evaluate(PARTED)
    resize(page, "a window")
    assert "\n".join(scattered) == ""


def test_script_is_measured_as_it_is_served(walk: Walk) -> None:
    assert sum(dict(walk.open("ticket").evaluate(LOADED)).values()) > 1_000


def overflows(page: Page, at: str) -> bool:
    """Whether the page must be scrolled sideways at that size."""
    resize(page, at)
    wide: bool = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return wide


def resize(page: Page, at: str) -> None:
    width, height = SIZES[at]
    page.set_viewport_size({"width": width, "height": height})


def test_every_address_is_walked_or_said_to_be_no_page(walk: Walk) -> None:
    walked = {name.partition(",")[0] for name in pages.PAGES} | pages.FIRST_RUN
    known = walked.union(*pages.OTHERS.values())
    client = Client()
    client.force_login(walk.agent("odile"), backend="django.contrib.auth.backends.ModelBackend")
    strange = [
        (name, path)
        for name, path in addresses(get_resolver())
        if name not in known and client.get(path).status_code != 405
    ]
    assert strange == []


def test_no_page_is_listed_that_is_not_there() -> None:
    named = {name for name, _path in addresses(get_resolver())}
    walked = {name.partition(",")[0] for name in pages.PAGES} | pages.FIRST_RUN
    assert walked.union(*pages.OTHERS.values()) - named - {"404", "403"} == set()
    assert walked.isdisjoint(set().union(*pages.OTHERS.values()))


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[Address]:
    """(name, an address of that form) of the whole table; what has no name goes by its form."""
    for one in resolver.url_patterns:
        form = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield one.name or form, re.sub(r"<[^>]+>", "none", re.sub(r"<int:[^>]+>", "999999", form))
        else:
            yield from addresses(one, form)
