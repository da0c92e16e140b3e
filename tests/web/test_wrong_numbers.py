"""Numbers no desk has, typed wherever a page or the API reads one: an answer, never a failure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

import deskwright.web
from deskwright.desk.numbers import number_in, numbers_in
from deskwright.store.models import Agent
from tests.web import furnished
from tests.web.furnished import Known
from tests.web.test_routes import ELSEWHERE, FAILED, PAGES, addresses, tried

READ: Final = re.compile(r'(?:GET|POST|form|query)(?:\.get|\.getlist)?[(\[]"(\w+)"')
NAMES: Final = frozenset(
    name for path in Path(deskwright.web.__path__[0]).rglob("*.py") for name in READ.findall(path.read_text("utf-8"))
)
"""Everything that a page reads by name out of its address or what was sent."""
TOO_LONG: Final = "9" * 5000
"""Python reads no number of more than 4,300 digits."""
TOO_LARGE: Final = "9" * 19
"""More than a bigint holds."""


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("17", 17),
        ("0", 0),
        ("9" * 18, int("9" * 18)),
        *((wrong, None) for wrong in ("", "-1", "²", "1.5", TOO_LARGE, TOO_LONG)),
    ],
)
def test_a_number_is_read_or_is_none(written: str, number: int | None) -> None:
    assert number_in(written) == number
    assert numbers_in([written, "3"]) == ([3] if number is None else [number, 3])


@pytest.fixture
def known(desk: None, now: datetime) -> Known:
    return furnished.furnish(now)


@pytest.mark.parametrize("written", [TOO_LONG, TOO_LARGE, "²"], ids=["too long", "too large", "no number"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_fails_on_what_stands_in_its_address_or_form(
    method: str, written: str, known: Known, signed_in: Callable[[Agent], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, wrong = signed_in(known.people["odile"]), dict.fromkeys(NAMES, written)
    sent = known.sent
    monkeypatch.setattr(Known, "sent", lambda self, route: {**sent(route), **wrong})
    faults = []
    for route, url in addresses(known):
        answer = tried(client, method, route, url, known)
        if answer.status_code >= FAILED:
            faults.append((url, answer.status_code))
    assert not faults


@pytest.mark.parametrize("number", [10**18, 10**30], ids=["of nothing", "too large"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_fails_on_a_number_in_its_path(
    method: str, number: int, known: Known, signed_in: Callable[[Agent], Client]
) -> None:
    client, faults = signed_in(known.people["odile"]), []
    for route in PAGES:
        given = known.arguments(route) if route.name and route.name not in ELSEWHERE else {}
        wrong = {name: number for name, value in given.items() if isinstance(value, int)}
        if wrong:
            url = reverse(route.name, kwargs=given | wrong)
            answer = tried(client, method, route, url, known)
            if answer.status_code >= FAILED:
                faults.append((url, answer.status_code))
    assert not faults
