"""Every workflow shown to readers loads, and what they are told to run is there."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import holidays
import pytest

from deskwright.desk.demo.people import HERE, logins
from deskwright.engine.loading import load
from deskwright.engine.testing import run_tests

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(?:yaml|json)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def shown() -> list[tuple[str, str]]:
    """(page and number, text) of every workflow shown."""
    pages = [ROOT / "README.md", ROOT / "docs" / "workflow.md"]
    return [
        (f"{page.name} {number}", text)
        for page in pages
        for number, text in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1)
    ]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in shown()])
def test_every_workflow_shown_loads(text: str) -> None:
    assert load(text, holidays=public_holidays).rules


def public_holidays(country: str, subdivision: str | None, year: int) -> list[date]:
    return list(holidays.country_holidays(country, subdiv=subdivision, years=year))


def test_the_pages_show_workflows() -> None:
    assert len(shown()) >= 10


def test_the_readme_names_the_people_who_can_sign_in() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(email in readme for _, email in logins())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if not (page.parent / link).exists() and "images/" not in link]
    assert missing == []


def test_the_demos_workflow_passes_its_own_tests() -> None:
    workflow = load((HERE / "workflow.yaml").read_text(encoding="utf-8"))
    assert workflow.tests
    assert [one for one in run_tests(workflow) if not one.passed] == []
