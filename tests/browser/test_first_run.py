"""The first run from the mailed code to a working desk, by keyboard: every step sound, and as wide as a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from deskwright.desk import workflows
from deskwright.desk.settings.code import first_run_code
from deskwright.store.models import Agent
from tests.browser.conftest import opened
from tests.browser.walking import flaws


@pytest.fixture
def newcomer(served: str, live_db: str, browser: Browser) -> Iterator[Page]:
    for page in opened(browser):
        page.goto(f"{served}/setup/?code={first_run_code(settings.SECRET_KEY)}")
        yield page


def sound(page: Page) -> bool:
    """Nothing for axe to find, and nothing beside a phone's screen."""
    found = flaws(page)
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    page.set_viewport_size({"width": 1280, "height": 800})
    return found == [] and not wide


def test_a_desk_is_set_up_without_a_mouse(newcomer: Page) -> None:
    page = newcomer
    assert sound(page)
    page.locator("#id_name").focus()
    page.keyboard.type("Ada Quill")
    page.locator("#id_email").focus()
    page.keyboard.type("ada@desk.example")
    page.locator("#id_password").focus()
    page.keyboard.type("a long enough password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/setup/desk/")
    assert sound(page)
    page.get_by_role("button", name="Save and go on").press("Enter")
    page.wait_for_url("**/setup/mail/")
    assert sound(page)
    page.get_by_role("button", name="Skip this").press("Enter")
    page.wait_for_url("**/setup/people/")
    assert sound(page)
    page.get_by_role("button", name="Skip this").press("Enter")
    page.wait_for_url("**/setup/workflow/")
    assert sound(page)
    page.get_by_role("button", name="Publish and finish").press("Enter")
    page.wait_for_url("**/inbox/**")
    expect(page.locator("#main")).to_be_visible()
    assert Agent.objects.get().role == "admin"
    assert workflows.live()
