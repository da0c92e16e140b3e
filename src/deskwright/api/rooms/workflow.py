"""The workflow's routes: list, show, check, publish, compare, roll back, preview, re-apply, try out on history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from deskwright.api.problems import Problem
from deskwright.api.routing import Answer, Asked, Route
from deskwright.api.shapes import (
    INSTANT,
    OBJECT,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    WHOLE,
    Flag,
    Instant,
    Shape,
    Text,
    Whole,
    a_list,
    an_object,
)
from deskwright.desk import clock, reapplying, simulation, staffed, workflows
from deskwright.desk.settings.rights import require
from deskwright.desk.workflows import Version
from deskwright.engine.linting import lint
from deskwright.engine.problems import Problem as Fault
from deskwright.engine.problems import WorkflowError
from deskwright.engine.testing import run_tests
from deskwright.engine.workflow import Workflow
from deskwright.store.models import Agent

READ, WRITE = "workflow:read", "workflow:write"
LONGEST, NOTE = 2_000_000, 2_000
"""In characters."""

DOCUMENT: Final = Shape({"text": Text(LONGEST, required=True)})
PREVIEWED: Final = Shape({"text": Text(LONGEST)}, none_needed=True)
OPTIONS: Final = Shape({"note": Text(NOTE), "reapply": Flag()}, none_needed=True)
NEW_VERSION: Final = Shape({"text": Text(LONGEST, required=True), "note": Text(NOTE), "reapply": Flag()})
MOST_RUNS: Final = 100
"""Of a staffed simulation, each way: some seconds for every thousand tickets."""
TRIED: Final = Shape(
    {
        "text": Text(LONGEST, required=True),
        "since": Instant(),
        "until": Instant(),
        "staffed": Flag(),
        "runs": Whole(2, MOST_RUNS),
        "seed": Whole(),
    }
)

VERSION: Final = an_object(
    number=WHOLE,
    name=TEXT,
    content_hash=TEXT,
    note=TEXT,
    author=TEXT_OR_NULL,
    published_at=INSTANT,
    live=TRUTH,
)
PUBLISHED: Final = {**VERSION, "properties": {**VERSION["properties"], "reapplied": WHOLE}}
WITH_TEXT: Final = {**VERSION, "properties": {**VERSION["properties"], "text": TEXT}}
CHECKED: Final = an_object(ok=TRUTH, problems=a_list(OBJECT), lints=a_list(OBJECT), tests=a_list(OBJECT))


def wrong_workflow(error: WorkflowError) -> Problem:
    """422 with every problem of the document, where it stands and what was probably meant."""
    faults = [{"pointer": "/text", "detail": str(problem)} for problem in error.problems]
    number = len(faults)
    said = faults[0]["detail"] if number == 1 else f"The workflow has {number} problems; `errors` names each."
    return Problem(422, "wrong_workflow", said, errors=faults)


def loaded(text: str) -> Workflow:
    """Raises Problem 422."""
    try:
        return workflows.load(text)
    except WorkflowError as error:
        raise wrong_workflow(error) from None


def listed(asked: Asked) -> Any:
    return {"versions": [shown(version) for version in workflows.versions()]}


def one(asked: Asked) -> Any:
    version, text = workflows.published(asked.numbers[0])
    return {**shown(version), "text": text}


def check(asked: Asked) -> Any:
    """Always 200: what is wrong with the document is the answer."""
    try:
        workflow = workflows.load(asked.sent["text"])
    except WorkflowError as error:
        return {"ok": False, "problems": [fault.as_json() for fault in error.problems], "lints": [], "tests": []}
    results = run_tests(workflow)
    tests = [{"name": each.name, "line": each.line, "faults": list(each.faults)} for each in results]
    fine = all(each.passed for each in results)
    return {"ok": fine, "problems": [], "lints": lints(lint(workflow)), "tests": tests}


def lints(found: tuple[Fault, ...]) -> list[dict[str, Any]]:
    return [each.as_json() for each in found]


def publish(asked: Asked) -> Any:
    agent, now = publisher(asked), clock.now()
    note = asked.sent.get("note", "")
    try:
        number = workflows.publish(asked.sent["text"], now=now, agent=agent.pk if agent else None, note=note)
    except WorkflowError as error:
        raise wrong_workflow(error) from None
    return finished(agent, number, asked.sent.get("reapply", False), now)


def roll_back(asked: Asked) -> Any:
    agent, now = publisher(asked), clock.now()
    note = asked.sent.get("note", "")
    number = workflows.roll_back(asked.numbers[0], now=now, agent=agent.pk if agent else None, note=note)
    return finished(agent, number, asked.sent.get("reapply", False), now)


def compare(asked: Asked) -> Any:
    before, after = asked.numbers
    return {"differences": [each.as_json() for each in workflows.compared(before, after)]}


def preview(asked: Asked) -> Any:
    """Of the document sent, or of the live version when none is."""
    text = asked.sent.get("text")
    return reapplying.preview(loaded(text) if text else workflows.live(), clock.now()).as_json()


def reapply(asked: Asked) -> Any:
    done = reapplying.reapply(publisher(asked), asked.numbers[0], clock.now())
    return {"version": asked.numbers[0], "reapplied": done}


def simulate(asked: Asked) -> Any:
    """What the document would have done to past tickets. Takes as long as it takes: some seconds for 10,000 events, and
    with `staffed` (the agents are simulated too, `runs` times each way) as much again for every run; those know no
    `until`.
    """
    require(asked.agent, "workflow:see")
    draft, since, until = loaded(asked.sent["text"]), asked.sent.get("since"), asked.sent.get("until")
    if asked.sent.get("staffed"):
        options = {name: asked.sent[name] for name in ("runs", "seed") if name in asked.sent}
        studied = staffed.simulate(draft, now=clock.now(), since=since, **options)
        return {"since": studied.since, "until": studied.until, **studied.study.as_json()}
    found = simulation.simulate(draft, now=clock.now(), since=since, until=until)
    return {"since": found.since, "until": found.until, "events": found.events, **found.report.as_json()}


def publisher(asked: Asked) -> Agent | None:
    """The token's agent, who must have the right to publish; a token of nobody is the operator's. Raises Forbidden."""
    require(asked.agent, "workflow:publish")
    return asked.agent


def finished(agent: Agent | None, number: int, also_open: bool, now: datetime) -> Answer:
    version, _ = workflows.published(number)
    done = reapplying.reapply(agent, number, now) if also_open else 0
    return Answer({**shown(version), "reapplied": done}, 201)


def shown(version: Version) -> Mapping[str, Any]:
    return {name: getattr(version, name) for name in Version.__dataclass_fields__}


VERSIONS: Final = "/workflow/versions"
ROUTES: Final = (
    Route(
        "GET",
        VERSIONS,
        READ,
        listed,
        "List the versions of the workflow",
        gives=an_object(versions=a_list(VERSION)),
        asks="workflow:see",
    ),
    Route(
        "POST",
        VERSIONS,
        WRITE,
        publish,
        "Publish a workflow",
        NEW_VERSION,
        PUBLISHED,
        status=201,
        asks="workflow:publish",
    ),
    Route(
        "GET", VERSIONS + "/{number}", READ, one, "Show a version with its text", gives=WITH_TEXT, asks="workflow:see"
    ),
    Route(
        "GET",
        VERSIONS + "/{number}/differences/{other}",
        READ,
        compare,
        "Say what changed between two versions",
        gives=an_object(differences=a_list(OBJECT)),
        asks="workflow:see",
    ),
    Route(
        "POST",
        VERSIONS + "/{number}/rollback",
        WRITE,
        roll_back,
        "Publish an earlier version again",
        OPTIONS,
        PUBLISHED,
        status=201,
        asks="workflow:publish",
    ),
    Route(
        "POST",
        VERSIONS + "/{number}/reapply",
        WRITE,
        reapply,
        "Let the live version decide about open tickets too",
        gives=an_object(version=WHOLE, reapplied=WHOLE),
        asks="workflow:publish",
    ),
    Route(
        "POST",
        "/workflow/check",
        READ,
        check,
        "Find the problems of a workflow",
        DOCUMENT,
        CHECKED,
        asks="workflow:see",
    ),
    Route(
        "POST", "/workflow/preview", READ, preview, "Say what re-applying would change", PREVIEWED, asks="workflow:see"
    ),
    Route(
        "POST",
        "/workflow/simulate",
        READ,
        simulate,
        "Say what a workflow would have done to past tickets",
        TRIED,
        asks="workflow:see",
    ),
)
