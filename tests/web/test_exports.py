"""Tables of what the desk keeps leave it by one rule: a right of their own, and a fresh word of who one is.

What the studio has worked out is taken away by whoever may read it, as its charts are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from deskwright.desk import workflows
from deskwright.store.models import Agent
from tests.web import furnished, rows
from tests.web.conftest import WORKFLOW
from tools.routes import PageRoute, pages

TABLES: Final = [route for route in pages() if not route.path.startswith("/studio/")]
EXPORTS: Final = [route for route in TABLES if route.name.endswith("_export")]
each_export: Final = pytest.mark.parametrize("route", EXPORTS, ids=lambda route: route.name)


@pytest.fixture
def address(desk: None, now: datetime) -> Callable[[PageRoute], str]:
    workflows.publish(WORKFLOW, now=now)
    known = furnished.furnish(now)
    return lambda route: reverse(route.name, kwargs=known.arguments(route))


def test_every_table_among_the_pages_is_an_export() -> None:
    assert {route.name for route in TABLES if route.path.endswith(".csv")} < {route.name for route in EXPORTS}


@each_export
def test_who_may_read_a_page_but_not_export_takes_no_table(
    route: PageRoute, address: Callable[[PageRoute], str], signed_in: Callable[[Agent], Client]
) -> None:
    client = signed_in(rows.agent("Lia Moss", "lead"))
    assert client.get(address(route)).status_code == 403


@each_export
def test_a_table_is_handed_to_who_said_lately_who_they_are(
    route: PageRoute, address: Callable[[PageRoute], str], signed_in: Callable[[Agent], Client]
) -> None:
    client = signed_in(rows.agent("Ova Reed", "admin", password=rows.PASSWORD))
    assert client.get(address(route)).headers["Location"].startswith("/account/confirm/")
