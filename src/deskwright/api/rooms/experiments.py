"""Experiments: how they stand, and the switch of each."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from deskwright.api.routing import Asked, Route
from deskwright.api.shapes import OBJECT, a_list, an_object
from deskwright.desk import clock, experiments
from deskwright.desk.experiments import Figure, Standing

READ, WRITE = "workflow:read", "workflow:write"


def listed(asked: Asked) -> Any:
    return {"experiments": [shown(one) for one in experiments.listing(clock.now())]}


def one(asked: Asked) -> Any:
    return shown(experiments.listing(clock.now(), asked.words[0])[0])


def stop(asked: Asked) -> Any:
    return switched(asked, on=False)


def start(asked: Asked) -> Any:
    return switched(asked, on=True)


def switched(asked: Asked, *, on: bool) -> Any:
    experiments.switch(asked.agent, asked.words[0], on, now=clock.now())
    return one(asked)


def shown(standing: Standing) -> dict[str, Any]:
    return {**asdict(standing), "figures": [shown_figure(figure) for figure in standing.figures]}


def shown_figure(figure: Figure) -> dict[str, Any]:
    return {**asdict(figure), "harmful": figure.harmful}


ROUTES: Final = (
    Route(
        "GET",
        "/experiments",
        READ,
        listed,
        "List experiments",
        gives=an_object(experiments=a_list(OBJECT)),
        asks="workflow:see",
    ),
    Route("GET", "/experiments/{name:word}", READ, one, "Show an experiment with its results", asks="workflow:see"),
    Route(
        "POST",
        "/experiments/{name:word}/stop",
        WRITE,
        stop,
        "Give an experiment no more tickets",
        asks="workflow:publish",
    ),
    Route(
        "POST",
        "/experiments/{name:word}/start",
        WRITE,
        start,
        "Give an experiment tickets again",
        asks="workflow:publish",
    ),
)
