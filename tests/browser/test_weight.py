"""How much script a page brings, as served: never more than 60 kB, and never twice."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

from tests.browser import pages
from tests.browser.walking import Walk

MOST: Final = 60_000
LOADED: Final = """performance.getEntriesByType("resource").filter((one) => /\\.js(\\?|$)/.test(one.name))
  .map((one) => [new URL(one.name).pathname, one.encodedBodySize])"""


def script(page: Page) -> dict[str, int]:
    """The page's scripts and the bytes each takes on the wire."""
    return dict(page.evaluate(LOADED))


def test_no_page_brings_more_than_sixty_kilobytes_of_script(walk: Walk) -> None:
    weights = {name: sum(script(walk.open(name)).values()) for name in pages.PAGES}
    heaviest = sorted(weights.items(), key=lambda one: -one[1])
    print(f"the heaviest: {heaviest[:3]}")
    assert 0 < heaviest[0][1] <= MOST, heaviest[:3]
