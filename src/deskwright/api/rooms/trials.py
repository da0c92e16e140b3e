"""Drafts of the workflow tried on the desk's own past behind the answer: asked for, followed, read, called off."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.rooms.workflow import wrong_workflow
from deskwright.api.routing import Asked
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    WHOLE,
    WHOLE_OR_NULL,
    Instant,
    Shape,
    Text,
    a,
    an_object,
)
from deskwright.api.things import Things, also, as_told
from deskwright.desk import access, clock
from deskwright.desk.studio import trials
from deskwright.desk.studio.running import RIGHT
from deskwright.desk.studio.trials import TRIALS
from deskwright.engine.loading import WorkflowError
from deskwright.store.models import Trial

TRIAL: Final = an_object(
    id=WHOLE,
    title=TEXT,
    state=TEXT,
    progress=a("number"),
    against=WHOLE,
    since=INSTANT_OR_NULL,
    asked_by=WHOLE_OR_NULL,
    asked_at=INSTANT,
    ended_at=INSTANT_OR_NULL,
    fault=TEXT,
)
WHOLE_TRIAL: Final = also(TRIAL, text=TEXT, report=a("object", nullable=True))
ASKED: Final = Shape(
    {"text": Text(1_000_000, required=True), "since": Instant(nullable=True), "until": Instant(nullable=True)}
)


def ask(asked: Asked) -> Trial:
    """A worker tries it on tickets opened since, and before `until`; null is all of them."""
    sent = asked.sent
    try:
        return trials.ask(asked.actor, sent["text"], sent.get("since"), sent.get("until"), now=clock.now())
    except WorkflowError as error:
        raise wrong_workflow(error) from None


def show(asked: Asked) -> Any:
    """With its text and, once it is done, the report. Tickets that the agent may not see are not named in `moved`."""
    run = TRIALS.found(asked.agent, asked.numbers[0])
    report = dict(run.report) if run.report else None
    if report is not None:
        known = access.subjects(access.visible_to(asked.agent), sorted(each["ticket"] for each in report["moved"]))
        report["moved"] = [each for each in report["moved"] if each["ticket"] in known]
    return {**THINGS.shown(run), "text": run.text, "report": report}


THINGS: Final = Things(
    "/trials",
    "a trial",
    "trials",
    RIGHT,
    lambda asked: TRIALS.listing(asked.agent),
    as_told(TRIAL, asked_by="asked_by_id"),
    TRIAL,
    scope="workflow:write",
    reads=("workflow:read", ""),
)
ROUTES: Final = (
    THINGS.lists(),
    THINGS.makes(ask, ASKED, "Try a draft on the desk's own past"),
    THINGS.reading("/{id}", show, "Show a trial with its report", gives=WHOLE_TRIAL),
    THINGS.does("cancel", TRIALS.cancel, "Call a trial off"),
    THINGS.removes(TRIALS.forget, "Delete a trial with its report"),
)
