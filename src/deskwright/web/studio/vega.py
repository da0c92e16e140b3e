"""Charts as they leave the page: a Vega-Lite specification with its data, a picture made from it, a table.

The specification holds every value and needs no network. Colours are those of the stylesheet's tokens, light or dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.errors import Invalid
from deskwright.web.studio.charts import Chart, Shape, Slots

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"
VERSION: Final = "5.21"
"""Of Vega-Lite, which the picture is made with."""
FONTS: Final = "Liberation Sans, DejaVu Sans, sans-serif"
WIDTH, HEIGHT, SCALE = 900, 300, 2.0
LIGHT, DARK = "light", "dark"
TOKENS: Final[Mapping[str, Mapping[str, str]]] = {
    LIGHT: {
        "raised": "#ffffff",
        "line": "#e2e4e8",
        "line-control": "#8c8f97",
        "ink": "#1c1f28",
        "ink-2": "#494d57",
        "ink-3": "#626670",
        "accent": "#4353d6",
        "accent-soft": "#ebf0ff",
        "accent-line": "#c3cff9",
    },
    DARK: {
        "raised": "#202328",
        "line": "#282b31",
        "line-control": "#656972",
        "ink": "#ebedef",
        "ink-2": "#b7bbc1",
        "ink-3": "#9498a1",
        "accent": "#8c9cf8",
        "accent-soft": "#232945",
        "accent-line": "#3e487e",
    },
}
"""The stylesheet's, as sRGB: nothing outside a browser reads OKLCH."""
PAINT: Final[Mapping[str, str]] = {
    "came": "line-control",
    "went": "accent",
    "widest": "accent-soft",
    "wide": "accent-line",
    "expected": "accent",
    "open-area": "accent-soft",
    "pace": "ink-3",
    "needed": "accent-line",
    "missing": "ink-2",
    "shifts": "accent",
}
"""Which token a kind of mark is drawn in, as in studio.css."""
MARKS: Final[Mapping[str, Mapping[str, Any]]] = {
    "line": {"type": "line", "strokeWidth": 2},
    "steps": {"type": "line", "strokeWidth": 2, "interpolate": "step-after"},
    "bar": {"type": "rect"},
    "ribbon": {"type": "area"},
}
Row = dict[str, Any]


# The specification


def spec(chart: Chart, theme: str = LIGHT) -> dict[str, Any]:
    """One layer for each series, the legend in the order of the layers."""
    series = grouped(chart)
    paints = {shapes[0].label: TOKENS[theme][PAINT[shapes[0].kind]] for shapes in series if shapes[0].label}
    scale = {"domain": list(paints), "range": list(paints.values())}
    return {
        "$schema": SCHEMA,
        "title": chart.title,
        "width": WIDTH,
        "height": HEIGHT,
        "config": config(theme),
        "layer": [layer(shapes, chart.slots, theme, scale) for shapes in series],
    }


def grouped(chart: Chart) -> list[list[Shape]]:
    """The shapes with values, those of one series together, in the order in which they are drawn."""
    found: dict[tuple[str, str], list[Shape]] = {}
    for shape in chart.shapes:
        if shape.mark:
            found.setdefault((shape.mark, shape.kind), []).append(shape)
    return list(found.values())


def layer(shapes: Sequence[Shape], slots: Slots, theme: str, scale: Mapping[str, Any]) -> dict[str, Any]:
    first = shapes[0]
    mark: dict[str, Any] = {**MARKS[first.mark], **({"strokeDash": [5, 5]} if first.kind == "pace" else {})}
    kinds = dict.fromkeys(ENDS[first.mark], "quantitative") | dict.fromkeys(PLACES[first.mark], "temporal")
    encoding: dict[str, Any] = {name: {"field": name, "type": kind, "title": None} for name, kind in kinds.items()}
    if first.mark == "bar":
        encoding["y2"] = {"datum": 0}
    if first.label:
        legend = {"title": None, "orient": "bottom", "symbolType": "square"}
        encoding["color"] = {"datum": first.label, "scale": dict(scale), "legend": legend}
    else:
        mark["color"] = TOKENS[theme][PAINT[first.kind]]
    rows = [row for shape in shapes for row in shape.rows]
    if first.mark == "steps" and rows:
        rows.append((rows[-1][0] + 1, rows[-1][1]))  # the last value holds for its slot, too
    values = [value(first.mark, row, slots) for row in rows]
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


PLACES: Final = {"line": ("x",), "steps": ("x",), "bar": ("x", "x2"), "ribbon": ("x",)}
ENDS: Final = {"line": ("y",), "steps": ("y",), "bar": ("y",), "ribbon": ("y", "y2")}


def value(mark: str, row: Sequence[float], slots: Slots) -> Row:
    names = (*PLACES[mark], *ENDS[mark])
    places = len(PLACES[mark])
    return {
        name: moment(slots.at(number)) if place < places else float(number)
        for place, (name, number) in enumerate(zip(names, row, strict=True))
    }


def moment(at: datetime) -> str:
    """On the desk's own clock: without a zone, as charts are drawn."""
    return at.isoformat(timespec="seconds")


def config(theme: str) -> dict[str, Any]:
    token = TOKENS[theme]
    words = {"labelColor": token["ink-3"], "labelFontSize": 12}
    return {
        "background": token["raised"],
        "padding": 16,
        "font": FONTS,
        "view": {"stroke": None},
        "title": {"color": token["ink"], "anchor": "start", "fontSize": 15, "offset": 12},
        "axis": {**words, "gridColor": token["line"], "domainColor": token["line"], "tickColor": token["line"]},
        "axisX": {"grid": False},
        "legend": {**words, "labelColor": token["ink-2"], "labelLimit": 400},
    }


# The picture


def png(specification: Mapping[str, Any], *, lite: bool = True) -> bytes:
    """The picture of a Vega-Lite or Vega specification. Nothing is fetched. Raises Invalid where the part that draws is
    not installed.
    """
    try:
        drawing = import_module("vl_convert")
    except ImportError:
        raise Invalid(
            _("Pictures need vl-convert, which is not installed: pip install 'deskwright[charts]', then start again.")
        ) from None
    if lite:
        return bytes(drawing.vegalite_to_png(specification, vl_version=VERSION, scale=SCALE, allowed_base_urls=[]))
    return bytes(drawing.vega_to_png(specification, scale=SCALE, allowed_base_urls=[]))


# The table


def table(chart: Chart) -> Iterator[list[Any]]:
    """A head, then a row for each moment with the values of every series that has a label; a ribbon has two."""
    columns: list[str] = []
    rows: dict[datetime, Row] = {}
    for shapes in grouped(chart):
        first = shapes[0]
        if not first.label:
            continue
        names = [_("%(series)s, at least"), _("%(series)s, at most")] if first.mark == "ribbon" else ["%(series)s"]
        names = [name % {"series": first.label} for name in names]
        columns += names
        for row in (row for shape in shapes for row in shape.rows):
            ends = len(row) - len(names)
            at = slot(chart, row[0] if ends == 1 else (row[0] + row[1]) / 2)
            rows.setdefault(at, {}).update(zip(names, row[ends:], strict=True))
    yield [_("time"), *columns]
    for at in sorted(rows):
        yield [moment(at), *(rows[at].get(name, "") for name in columns)]


def slot(chart: Chart, place: float) -> datetime:
    """The moment a value is of: that of its whole day, or of the hour it stands in the middle of."""
    hourly = chart.slots.step.total_seconds() <= 3600
    return chart.slots.at(int(place) if hourly else round(place))
