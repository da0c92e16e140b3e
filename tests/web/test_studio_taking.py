"""Charts leave the page as a picture, a specification with every value, and a table; in the colours of the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from math import cos, radians, sin
from pathlib import Path
from typing import Any

import pytest
import vl_convert
from django.test import Client

from deskwright import web
from deskwright.store.models import Agent
from deskwright.web.studio import vega
from deskwright.web.studio.charts import Chart, Shape, chart, days_from, frame, hours_from
from tests import factories

SignIn = Callable[[Agent], Client]
PNG = b"\x89PNG\r\n\x1a\n"


def drawn() -> Chart:
    room = frame((-0.5, 2.5), [1.0, 4.0])
    shapes = [
        room.bar("came", "came", 0, 3.0, "Mon: 3"),
        room.ribbon("wide", "80 of 100 days", [(1, 1.0, 4.0), (2, 2.0, 3.0)]),
        room.line("expected", "expected", [(1, 2.5), (2, 2.75)]),
        room.upright("today", 0.5),
    ]
    return chart("Tickets a day", room, days_from(date(2026, 11, 23)), shapes, [])


def test_every_series_is_a_layer_with_its_values_and_what_helps_the_eye_is_none() -> None:
    spec = vega.spec(drawn())

    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["rect", "area", "line"]
    assert spec["layer"][2]["data"]["values"] == [
        {"x": "2026-11-24T00:00:00", "y": 2.5},
        {"x": "2026-11-25T00:00:00", "y": 2.75},
    ]
    scale = spec["layer"][0]["encoding"]["color"]["scale"]
    assert scale == {"domain": ["came", "80 of 100 days", "expected"], "range": ["#8c8f97", "#c3cff9", "#4353d6"]}
    assert vega.spec(drawn(), vega.DARK)["config"]["background"] == "#202328"


def test_the_table_has_a_row_for_each_moment_and_two_columns_for_an_interval() -> None:
    assert list(vega.table(drawn())) == [
        ["time", "came", "80 of 100 days, at least", "80 of 100 days, at most", "expected"],
        ["2026-11-23T00:00:00", 3.0, "", "", ""],
        ["2026-11-24T00:00:00", "", 1.0, 4.0, 2.5],
        ["2026-11-25T00:00:00", "", 2.0, 3.0, 2.75],
    ]


def test_an_hours_bar_and_its_step_share_a_row() -> None:
    room = frame((0, 2), [2.0])
    shapes: list[Shape] = [room.bar("needed", "needed", 1.5, 2.0, width=0.9), room.steps("shifts", "on shift", [0, 1])]
    found = list(vega.table(chart("Need", room, hours_from(date(2026, 11, 23)), shapes, [])))
    assert found[1:] == [["2026-11-23T00:00:00", "", 0.0], ["2026-11-23T01:00:00", 2.0, 1.0]]


@pytest.mark.parametrize("theme", [vega.LIGHT, vega.DARK])
def test_a_picture_is_drawn_without_the_network(theme: str) -> None:
    assert vega.png(vega.spec(drawn(), theme)).startswith(PNG)


def test_the_specification_is_understood_as_vega_lite_says() -> None:
    compiled = vl_convert.vegalite_to_vega(vega.spec(drawn()), vl_version=vega.VERSION)
    assert [mark["name"] for mark in compiled["marks"]] == ["layer_0_marks", "layer_1_marks", "layer_2_marks"]


def test_colours_outside_the_page_are_those_of_its_tokens() -> None:
    css = (Path(web.__file__).parent / "static/css/tokens.css").read_text()
    found = re.findall(r"--([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\)", css)
    tokens = {name: (srgb(light), srgb(dark)) for name, light, dark in found}
    for name in vega.TOKENS[vega.LIGHT]:
        assert (vega.TOKENS[vega.LIGHT][name], vega.TOKENS[vega.DARK][name]) == tokens[name], name


def srgb(oklch: str) -> str:
    """Ottosson, A perceptual color space for image processing (2020)."""
    light, chroma, hue = map(float, oklch.split())
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    one = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    two = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    three = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * one - 3.3077115913 * two + 0.2309699292 * three,
        -1.2684380046 * one + 2.6097574011 * two - 0.3413193965 * three,
        -0.0041960863 * one - 0.7034186147 * two + 1.7076147010 * three,
    )
    return "#" + "".join(f"{round(255 * gamma(min(1.0, max(0.0, part)))):02x}" for part in linear)


def gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def test_the_charts_of_a_page_are_taken_by_their_names(lead: Agent, now: datetime, signed_in: SignIn) -> None:
    for days in range(1, 4):
        factories.a_ticket(now - timedelta(days=days), subject="Exports")
    client = signed_in(lead)
    page = client.get("/studio/capacity/backlog/").content.decode()
    assert "?chart=picture&amp;form=png" in page

    picture = client.get("/studio/capacity/backlog/?chart=picture&form=png&theme=dark")
    plan = client.get("/studio/capacity/backlog/?chart=flow&form=json")
    table = client.get("/studio/capacity/backlog/?chart=flow&form=csv")

    assert picture.content.startswith(PNG)
    assert picture["Content-Disposition"] == 'attachment; filename="open-tickets.png"'
    assert plan.json()["title"] == "Opened and solved"
    assert table.content.decode().splitlines()[0] == "time,opened,solved"
    for query in ("chart=nothing", "chart=burn", "chart=flow&form=exe"):
        assert client.get(f"/studio/capacity/backlog/?{query}").status_code == 404


def test_the_flow_is_taken_too(lead: Agent, now: datetime, signed_in: SignIn) -> None:
    factories.a_ticket(now - timedelta(days=1), subject="Exports")
    client = signed_in(lead)
    assert client.get("/studio/flow/?days=7&chart=picture").content.startswith(PNG)
    plan: Any = client.get("/studio/flow/?days=7&chart=picture&form=json").json()
    assert {each["name"]: len(each["values"]) for each in plan["data"]} == {"bands": 4, "places": 5, "heads": 5}
    head, *rows = client.get("/studio/flow/?chart=picture&form=csv").content.decode().splitlines()
    assert (head, len(rows)) == ("step,from,to,tickets", 4)


def test_where_what_draws_is_missing_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(vega, "import_module", missing)
    with pytest.raises(vega.Invalid, match="pip install 'deskwright\\[charts\\]'"):
        vega.png(vega.spec(drawn()))
