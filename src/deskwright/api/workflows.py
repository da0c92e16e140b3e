"""The workflow's routes: list, show, check, publish, compare, roll back, preview, re-apply.

Parses, calls one deed of the desk, renders; done beside the event loop. `front` has checked the token's scope.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deskwright.api.checking import Body, parsed
from deskwright.api.problems import Problem
from deskwright.api.tickets import writer
from deskwright.api.tokens import Token
from deskwright.desk import clock, reapplying, workflows
from deskwright.desk.workflows import Version
from deskwright.engine.linting import lint
from deskwright.engine.problems import Problem as Fault
from deskwright.engine.problems import WorkflowError
from deskwright.engine.testing import run_tests
from deskwright.engine.workflow import Workflow

ROOT: Final = "/api/v1/workflow"
READ, WRITE = "workflow:read", "workflow:write"
TEXT, NOTE = 2_000_000, 2_000
"""Longest, in characters."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as far as the routes need it."""

    token: Token
    numbers: tuple[int, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    """Below `ROOT`; what stands in braces is a whole number."""
    scope: str
    answer: Callable[[Asked], tuple[int, Any]]
    summary: str
    takes: str = ""
    """The schema of the body; "" for none."""

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(ROOT + re.sub(r"{\w+}", "([0-9]{1,9})", self.path))

    @property
    def makes_version(self) -> bool:
        return self.takes in {"NewVersion", "VersionOptions"}


def route_for(method: str, path: str) -> Route:
    """Raises Problem 404 for a path nobody answers, 405 for another method."""
    known = [route for route in ROUTES if route.pattern.fullmatch(path)]
    found = next((route for route in known if route.method == method), None)
    if found is not None:
        return found
    if not known:
        raise Problem(404, "not_found", f"There is nothing at {path[:200]}. See /api/v1/openapi.json.")
    allowed = ", ".join(route.method for route in known)
    raise Problem(405, "wrong_method", f"Only {allowed} is answered here.", headers={"Allow": allowed})


def answer(route: Route, path: str, token: Token, body: bytes) -> tuple[int, Any]:
    """(status, content) of one request. Raises Problem and DeskError."""
    match = route.pattern.fullmatch(path)
    assert match is not None
    try:
        return route.answer(Asked(token, tuple(map(int, match.groups())), body))
    except WorkflowError as error:
        raise wrong_workflow(error) from None


def wrong_workflow(error: WorkflowError) -> Problem:
    """422 with every problem of the document, where it stands and what was probably meant."""
    faults = [{"pointer": "/text", "detail": str(problem)} for problem in error.problems]
    number = len(faults)
    said = faults[0]["detail"] if number == 1 else f"The workflow has {number} problems; `errors` names each."
    return Problem(422, "wrong_workflow", said, errors=faults)


# The routes


def listed(asked: Asked) -> tuple[int, Any]:
    return 200, {"versions": [shown(version) for version in workflows.versions()]}


def one(asked: Asked) -> tuple[int, Any]:
    version, text = workflows.published(asked.numbers[0])
    return 200, {**shown(version), "text": text}


def check(asked: Asked) -> tuple[int, Any]:
    """Always 200: what is wrong with the document is the answer."""
    text = document(asked).text
    try:
        workflow = workflows.load(text)
    except WorkflowError as error:
        return 200, {"ok": False, "problems": [fault.as_json() for fault in error.problems], "lints": [], "tests": []}
    results = run_tests(workflow)
    tests = [{"name": each.name, "line": each.line, "faults": list(each.faults)} for each in results]
    fine = all(each.passed for each in results)
    return 200, {"ok": fine, "problems": [], "lints": lints(lint(workflow)), "tests": tests}


def lints(found: tuple[Fault, ...]) -> list[dict[str, Any]]:
    return [each.as_json() for each in found]


def publish(asked: Asked) -> tuple[int, Any]:
    wanted = document(asked, "note", "reapply")
    agent = publisher(asked)
    now = clock.now()
    number = workflows.publish(wanted.text, now=now, agent=agent.pk if agent else None, note=wanted.note)
    return 201, finished(agent, number, wanted.reapply, now)


def roll_back(asked: Asked) -> tuple[int, Any]:
    wanted = options(asked)
    agent = publisher(asked)
    now = clock.now()
    number = workflows.roll_back(asked.numbers[0], now=now, agent=agent.pk if agent else None, note=wanted.note)
    return 201, finished(agent, number, wanted.reapply, now)


def compare(asked: Asked) -> tuple[int, Any]:
    before, after = asked.numbers
    return 200, {"differences": [each.as_json() for each in workflows.compared(before, after)]}


def preview(asked: Asked) -> tuple[int, Any]:
    """Of the document sent, or of the live version when none is."""
    text = document(asked, required=False).text
    workflow: Workflow = workflows.load(text) if text else workflows.live()
    return 200, reapplying.preview(workflow, clock.now()).as_json()


def reapply(asked: Asked) -> tuple[int, Any]:
    done = reapplying.reapply(publisher(asked), asked.numbers[0], clock.now())
    return 200, {"version": asked.numbers[0], "reapplied": done}


# What they share


@dataclass(frozen=True, slots=True)
class Wanted:
    text: str = ""
    note: str = ""
    reapply: bool = False


def document(asked: Asked, *more: str, required: bool = True) -> Wanted:
    """The document sent, as JSON. Raises Problem 400 or 422 with every fault."""
    return read(asked.body, ("text", *more), required=required)


def options(asked: Asked) -> Wanted:
    return read(asked.body or b"{}", ("note", "reapply"), required=False)


def read(body: bytes, known: tuple[str, ...], *, required: bool) -> Wanted:
    sent = Body(parsed(body or (b"{}" if not required else b"")))
    sent.only(known)
    text = sent.text("text", TEXT) or ""
    if required and "text" not in sent.values:
        sent.fault("text", "'text' is missing: send the workflow document.")
    wanted = Wanted(text, sent.text("note", NOTE) or "", sent.flag("reapply"))
    sent.done()
    return wanted


def publisher(asked: Asked) -> Any:
    """The token's agent, who must be a lead or an admin; a token of nobody is the operator's. Raises Forbidden."""
    agent = writer(asked.token)
    workflows.may_publish(agent)
    return agent


def finished(agent: Any, number: int, also_open: bool, now: Any) -> dict[str, Any]:
    version, _ = workflows.published(number)
    done = reapplying.reapply(agent, number, now) if also_open else 0
    return {**shown(version), "reapplied": done}


def shown(version: Version) -> Mapping[str, Any]:
    return {name: getattr(version, name) for name in Version.__dataclass_fields__}


ROUTES: Final = (
    Route("GET", "/versions", READ, listed, "List the versions of the workflow"),
    Route("POST", "/versions", WRITE, publish, "Publish a workflow", "NewVersion"),
    Route("GET", "/versions/{number}", READ, one, "Show a version with its text"),
    Route("GET", "/versions/{number}/differences/{other}", READ, compare, "Say what changed between two versions"),
    Route(
        "POST",
        "/versions/{number}/rollback",
        WRITE,
        roll_back,
        "Publish an earlier version again",
        "VersionOptions",
    ),
    Route("POST", "/versions/{number}/reapply", WRITE, reapply, "Let the live version decide about open tickets too"),
    Route("POST", "/check", READ, check, "Find the problems of a workflow", "Document"),
    Route("POST", "/preview", READ, preview, "Say what re-applying would change", "Document"),
)
