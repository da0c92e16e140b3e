"""What is taken away from a page with charts: the picture, the specification, the table of one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from deskwright.desk.errors import NotFound
from deskwright.web.console.exporting import CSV, line, safe
from deskwright.web.downloads import download
from deskwright.web.studio import vega
from deskwright.web.studio.charts import Chart

TYPES: Final = {"png": "image/png", "json": "application/json", "csv": CSV}


@dataclass(frozen=True, slots=True)
class Drawing:
    """Something drawn: its specification for a theme, in Vega-Lite or in Vega, and the table that says the same."""

    title: str
    spec: Callable[[str], Mapping[str, Any]]
    table: Callable[[], Iterable[Sequence[Any]]]
    lite: bool = True


def taken(request: HttpRequest, charts: Mapping[str, Any]) -> HttpResponse | None:
    """The file that `?chart=NAME&form=png|json|csv` asks for (`theme=dark` for a dark ground), else None. Raises
    NotFound for one that is not on this page.
    """
    name = request.GET.get("chart", "")
    if not name:
        return None
    form, found = request.GET.get("form", "png"), charts.get(name)
    drawing = drawing_of(found) if isinstance(found, Chart) else found
    if not isinstance(drawing, Drawing) or form not in TYPES:
        raise NotFound(_("There is no such chart on this page."))
    if form == "csv":
        return file(sheet(drawing.table()), drawing.title, form)
    specification = drawing.spec(theme_of(request))
    body = vega.png(specification, lite=drawing.lite) if form == "png" else orjson.dumps(specification)
    return file(body, drawing.title, form)


def drawing_of(chart: Chart) -> Drawing:
    return Drawing(chart.title, lambda theme: vega.spec(chart, theme), lambda: vega.table(chart))


def theme_of(request: HttpRequest) -> str:
    return vega.DARK if request.GET.get("theme") == vega.DARK else vega.LIGHT


def sheet(rows: Iterable[Iterable[Any]]) -> bytes:
    return b"".join(line([safe(cell) if isinstance(cell, str) else cell for cell in row]) for row in rows)


def file(body: bytes, title: str, form: str) -> HttpResponse:
    return download(body, f"{slugify(title)[:60] or 'chart'}.{form}", TYPES[form])
