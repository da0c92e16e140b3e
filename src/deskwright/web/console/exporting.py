"""Tables that leave the desk: who may take one, and how its cells are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse

from deskwright.web.account.guard import confirmed
from deskwright.web.console.frame import settings_page
from deskwright.web.gate import asks
from deskwright.web.look import Look

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
RIGHT: Final = "data:export"
CSV: Final = "text/csv; charset=utf-8"


def export_page(right: str) -> Callable[[Callable[Concatenate[HttpRequest, Look, P], Any]], View[P]]:
    """A view that hands a table out: for those who hold the page's right and may export data, and said lately who they
    are.
    """

    def guarded(view: Callable[Concatenate[HttpRequest, Look, P], Any]) -> View[P]:
        return confirmed(settings_page(right)(asks(RIGHT)(view)))

    return guarded


def safe(text: str) -> str:
    """No cell that a spreadsheet would take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def line(cells: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()
