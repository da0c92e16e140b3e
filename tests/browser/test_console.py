"""The settings by keyboard, in a real browser: finding a page, a form, the matrix, taking back, a phone's width."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deskwright.desk.staff import people
from deskwright.store.models import Agent, AgentSkill, Team
from tests.browser.conftest import Desk

SignedIn = Callable[[], Page]
PAGES = [
    "",
    "people/",
    "teams/",
    "skills/",
    "absences/",
    "workflow/",
    "workflow/edit/",
    "queues/",
    "automations/",
    "tags/",
]
PAGES += [
    "letters/",
    "letters/acknowledge/en/",
    "mail/",
    "mail/server/",
    "webhooks/",
    "webhooks/new/",
    "tokens/",
    "branding/",
]


@pytest.fixture
def admin(desk: Desk, signed_in: SignedIn) -> Page:
    desk.receive("Export stops")
    page = signed_in()
    Agent.objects.filter(pk=desk.agent.pk).update(role="admin")
    return page


def test_a_page_is_found_by_its_name_and_a_team_is_made_without_a_mouse(desk: Desk, admin: Page) -> None:
    admin.keyboard.press("Control+k")
    admin.keyboard.type("teams")
    expect(admin.locator("#palette-results .choice").first).to_contain_text("Teams")
    admin.keyboard.press("Enter")
    admin.wait_for_url("**/console/teams/")

    admin.get_by_role("link", name="New team").first.focus()
    admin.keyboard.press("Enter")
    admin.wait_for_url("**/teams/new/")
    admin.get_by_label("Name").focus()
    admin.keyboard.type("Night watch")
    admin.keyboard.press("Tab")
    admin.keyboard.type("night")
    admin.keyboard.press("Tab")
    admin.keyboard.press("Space")
    admin.keyboard.press("Control+Enter")
    admin.wait_for_url("**/console/teams/")

    expect(admin.locator("#toasts")).to_contain_text("Team added")
    assert list(Team.objects.get(key="night").agents.all()) == [desk.agent]


def test_levels_are_typed_and_walked_with_the_arrows(desk: Desk, admin: Page) -> None:
    people.add_agent("Bram Oak", "bram@desk.example", skills={"database": 1})
    admin.goto(f"{desk.url}/console/skills/")
    admin.get_by_label("Ada Quill, Database").focus()
    admin.keyboard.type("3")
    admin.keyboard.press("ArrowDown")
    expect(admin.get_by_label("Bram Oak, Database")).to_be_focused()

    expect(admin.locator("#toasts")).to_contain_text("Saved")
    assert AgentSkill.objects.get(agent=desk.agent).level == 3


def test_a_retired_colleague_comes_back_with_z(desk: Desk, admin: Page) -> None:
    bram = people.add_agent("Bram Oak", "bram@desk.example")
    admin.goto(f"{desk.url}/console/people/{bram.pk}/")
    admin.get_by_role("button", name="Retire").focus()
    admin.keyboard.press("Enter")
    admin.wait_for_url("**/console/people/")
    expect(admin.locator("#found")).not_to_contain_text("Bram Oak")

    admin.locator("#toasts [data-undo]").focus()
    admin.keyboard.press("Enter")
    expect(admin.locator("#found")).to_contain_text("Bram Oak")


def test_a_problem_leads_to_its_line(desk: Desk, admin: Page) -> None:
    admin.goto(f"{desk.url}/console/workflow/edit/")
    text = admin.get_by_label("The workflow, as text")
    text.fill("workflow: Browser tests\nquues: {}\n")
    admin.get_by_role("button", name="Check").focus()
    admin.keyboard.press("Enter")
    expect(admin.locator("#problems")).to_contain_text("Line 2")
    admin.locator(".problem-line").first.focus()
    admin.keyboard.press("Enter")
    expect(text).to_be_focused()
    assert text.evaluate("field => field.selectionStart") == len("workflow: Browser tests\n")


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_the_screen(width: int, desk: Desk, admin: Page) -> None:
    people.add_agent(
        "Donaudampfschifffahrtsgesellschaft Kapitänsmützenhersteller", "d@desk.example", skills={"database": 1}
    )
    admin.set_viewport_size({"width": width, "height": 844})
    for path in PAGES:
        admin.goto(f"{desk.url}/console/{path}")
        assert admin.evaluate("document.documentElement.scrollWidth") <= width, path
