"""The flow picture as it leaves the page: a Vega specification of bands and places as they were laid out, a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.web.studio.sankey import NODE
from deskwright.web.studio.taking import Drawing
from deskwright.web.studio.vega import FONTS, TOKENS

SCHEMA: Final = "https://vega.github.io/schema/vega/v5.json"
LONGEST: Final = 30
"""Characters of a label."""


def drawing(title: str, shown: dict[str, Any]) -> Drawing:
    """Of what the page shows: boxes, ribbons, heads and steps."""
    return Drawing(title, lambda theme: spec(title, shown, theme), lambda: table(shown["steps"]), lite=False)


def spec(title: str, shown: dict[str, Any], theme: str) -> dict[str, Any]:
    token = TOKENS[theme]
    heads = [{"x": x, "align": side(end), "text": str(head)} for x, end, head in shown["heads"]]
    data = {
        "bands": [{"path": one.path, "said": one.said} for one in shown["ribbons"]],
        "places": [place(one) for one in shown["boxes"]],
        "heads": heads,
    }
    return {
        "$schema": SCHEMA,
        "title": {"text": title, "anchor": "start", "color": token["ink"], "font": FONTS, "offset": 12},
        "width": shown["width"],
        "height": shown["height"],
        "padding": 16,
        "background": token["raised"],
        "data": [{"name": name, "values": values} for name, values in data.items()],
        "marks": marks(token),
    }


def marks(token: Any) -> list[dict[str, Any]]:
    drawn = {name: {"field": name} for name in ("x", "y", "height")}
    band = {"path": {"field": "path"}, "tooltip": {"field": "said"}, "fillOpacity": {"value": 0.5}}
    return [
        mark("path", "bands", {**band, "fill": {"value": token["accent-line"]}}),
        mark("rect", "places", {**drawn, "width": {"value": NODE}, "fill": {"value": token["accent"]}}),
        words("places", "labelX", {"field": "middle"}, token["ink"], 12.5),
        words("heads", "x", {"value": 14}, token["ink-3"], 12),
    ]


def mark(kind: str, data: str, enter: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "from": {"data": data}, "encode": {"enter": enter}}


def words(data: str, x: str, y: dict[str, Any], colour: str, size: float) -> dict[str, Any]:
    fixed = {"fill": colour, "font": FONTS, "fontSize": size, "baseline": "middle"}
    read = {"x": x, "align": "align", "text": "text"}
    values = {name: {"value": value} for name, value in fixed.items()}
    return mark("text", data, {"y": y, **values, **{name: {"field": field} for name, field in read.items()}})


def place(box: Any) -> dict[str, Any]:
    label = box.label if len(box.label) <= LONGEST else box.label[: LONGEST - 1] + "…"
    return {
        "x": box.x,
        "y": box.y,
        "height": box.height,
        "middle": box.y + box.height / 2,
        "labelX": box.label_x,
        "align": side(box.anchor),
        "text": f"{label}  {box.number}",
    }


def side(anchor: str) -> str:
    return "right" if anchor == "end" else "left"


def table(steps: Sequence[tuple[str, Sequence[Any]]]) -> Iterator[list[Any]]:
    yield [_("step"), _("from"), _("to"), _("tickets")]
    for title, rows in steps:
        for row in rows:
            yield [title, row.source, row.target, row.number]
