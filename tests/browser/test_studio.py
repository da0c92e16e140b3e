"""The studio in a real browser: the flow picture by mouse, by keyboard and on a phone; a trial that moves by itself."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from deskwright.desk import clock, workflows
from deskwright.desk.studio import trials
from deskwright.desk.studio.trials import TRIALS
from deskwright.store.models import Agent
from tests.browser.walking import Walk

RULE = re.compile(r"^Rule: (?!No rule)")


def test_a_click_on_a_rule_leads_to_its_tickets(walk: Walk) -> None:
    page = walk.open("flow")
    rule = page.get_by_role("link", name=RULE).first
    number = (rule.get_attribute("aria-label") or "").rsplit(" ", 1)[1]

    rule.locator("text").click()

    page.wait_for_url("**/studio/flow/tickets/?*rule=*")
    expect(page.locator("tbody tr")).to_have_count(min(50, int(number)))


def test_the_tab_key_reaches_the_places_and_enter_opens_one(walk: Walk) -> None:
    page = walk.open("flow")
    page.locator(".chart-scroll").focus()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("aria-label", re.compile(r"^Comes in by: "))
    page.keyboard.press("Enter")
    page.wait_for_url("**/studio/flow/tickets/?*channel=*")


def test_on_a_phone_the_picture_moves_within_the_page(walk: Walk) -> None:
    page = walk.open("flow")
    page.set_viewport_size({"width": 390, "height": 800})
    try:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        rule = page.get_by_role("link", name=RULE).first
        rule.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/studio/flow/tickets/?*rule=*")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})


def test_a_trial_shows_its_report_as_soon_as_a_worker_has_it(walk: Walk) -> None:
    page = walk.open("whatif")
    lead = Agent.objects.get(email="odile@lanternfish.example")
    trial = trials.ask(lead, workflows.live().text, None, now=clock.now())
    page.goto(f"{walk.url}/studio/what-if/{trial.pk}/")
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()

    assert TRIALS.run_due(clock.now()) == 1

    expect(page.get_by_text("tickets decided again")).to_be_visible()
