"""Every address and every operation says which right it asks; nothing is open because somebody forgot to say."""

from __future__ import annotations

import pytest

from deskwright.api import table
from deskwright.desk.access import RIGHTS, STAFF, Demand
from tools.routes import pages


def test_every_address_says_what_it_asks() -> None:
    silent = [route.path for route in pages() if not route.asks]
    assert not silent, f"put @asks(...) of deskwright.web.gate below @page for {silent}, then `make routes`"


def test_every_operation_of_the_api_says_which_right_it_asks() -> None:
    wrong = [(route.method, route.path) for route in table.ROUTES if route.asks not in {*RIGHTS, STAFF}]
    assert not wrong, f"say Route(..., asks=...) for {wrong}, then `make routes`"


def test_a_right_nobody_defined_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="tickets:polish"):
        Demand(("tickets:polish",))
    with pytest.raises(ValueError, match="names"):
        Demand(())
