"""What the history recommends for the workflow: asked for, followed, called off, read. Nothing is ever applied."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.routing import Asked
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    OBJECT,
    TEXT,
    WHOLE,
    WHOLE_OR_NULL,
    WORDS,
    Instant,
    Shape,
    Texts,
    Whole,
    a,
    a_list,
    an_object,
)
from deskwright.api.things import Things, also, as_told
from deskwright.desk import clock, optimising
from deskwright.desk.studio import recommendations
from deskwright.desk.studio.recommendations import FEWEST, MOST, RECOMMENDATIONS
from deskwright.desk.studio.running import RIGHT
from deskwright.engine.saying import again
from deskwright.store.models import Recommendation

WANTED: Final = Shape(
    {"allow": Texts(20, len(optimising.ALLOWED)), "since": Instant(nullable=True), "runs": Whole(FEWEST, MOST)},
    none_needed=True,
)
RUN: Final = an_object(
    id=WHOLE,
    state=TEXT,
    progress=a("number"),
    against=WHOLE,
    allow=WORDS,
    since=INSTANT_OR_NULL,
    runs=WHOLE,
    asked_by=WHOLE_OR_NULL,
    asked_at=INSTANT,
    ended_at=INSTANT_OR_NULL,
    fault=TEXT,
)
WHOLE_RUN: Final = also(RUN, findings=a_list(OBJECT), proposal=a("object", nullable=True))


def ask(asked: Asked) -> Recommendation:
    """`allow` names what may be moved, all but targets if not said; [] reads the history only."""
    sent = asked.sent
    allowed, runs = sent.get("allow", optimising.USUALLY), sent.get("runs", optimising.RUNS)
    return recommendations.ask(asked.agent, allowed, sent.get("since"), runs, now=clock.now())


def show(asked: Asked) -> Any:
    """With what was found, once it is done: `proposal` stays null where nothing might be moved. Tickets that the agent
    may not see are not named, nor sentences that stand only in such.
    """
    run = RECOMMENDATIONS.found(asked.agent, asked.numbers[0])
    report = recommendations.seen(asked.agent, run.report) if run.report else {"findings": [], "proposal": None}
    return {**THINGS.shown(run), "findings": again(report["findings"]), "proposal": again(report["proposal"])}


THINGS: Final = Things(
    "/recommendations",
    "a recommendation",
    "recommendations",
    RIGHT,
    lambda asked: RECOMMENDATIONS.listing(asked.agent),
    as_told(RUN, asked_by="asked_by_id", allow="allowed"),
    RUN,
    scope="workflow:write",
    reads=("workflow:read", ""),
)
ROUTES: Final = (
    THINGS.lists(),
    THINGS.makes(ask, WANTED, "Look for what to improve in the workflow"),
    THINGS.reading("/{id}", show, "Show a recommendation: findings and proposal", gives=WHOLE_RUN),
    THINGS.does("cancel", RECOMMENDATIONS.cancel, "Call a recommendation off"),
    THINGS.removes(RECOMMENDATIONS.forget, "Delete a recommendation"),
)
