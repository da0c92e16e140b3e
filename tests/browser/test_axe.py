"""Every page and dialog as axe sees it in a real browser, light and dark: nothing may be wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests.browser import pages
from tests.browser.walking import COLOURS, WHOLE, Walk, violations

Address = tuple[str, str]


@pytest.mark.parametrize("name", pages.PAGES)
def test_axe_finds_nothing_on_a_page(name: str, walk: Walk) -> None:
    page = walk.open(name)
    assert "\n".join(flaws(page)) == ""


def flaws(page: Page) -> list[str]:
    """Everything in the light theme, what colours can spoil in the dark one."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    light = violations(page, WHOLE)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return [*light, *(f"dark: {line}" for line in violations(page, COLOURS))]


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
