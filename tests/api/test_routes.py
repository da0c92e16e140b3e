"""Every operation of the API, tried with the tokens of everybody at the desk: each answers as its route says."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import orjson
import pytest
from django.db import transaction

from deskwright.api import front, table, tokens
from deskwright.api.problems import Problem
from deskwright.api.routing import IN_BRACES, ROOT, Route
from deskwright.desk import workflows
from deskwright.desk.access import STAFF, may
from deskwright.desk.errors import DeskError
from deskwright.store.models import Agent, ApiToken
from tests.api.furnished import more
from tests.api.test_front import make_token
from tests.conftest import forget
from tests.web import furnished
from tests.web.conftest import WORKFLOW
from tests.web.furnished import Known

WHO: Final = ("light", "ada", "bram", "nora", "odile")
REFUSED, UNSEEN = 403, 404
BODIES: Final[dict[str, dict[str, Any]]] = {
    "PATCH /tickets/{id}": {"priority": "high"},
    "POST /tickets/{id}/checklist": {"lines": ["Ask for the log"]},
    "PUT /checklist/{id}": {"done": True},
    "POST /tickets/{id}/time": {"minutes": 5},
    "PUT /time/{id}": {"minutes": 6},
    "PUT /articles/{id}/state": {"state": "archived"},
    "PUT /tickets/{id}/drafts/{kind:word}": {"text": "It was"},
    "PATCH /checklist/{id}": {"text": "Ask for the log"},
    "POST /checklist/{id}/move": {"step": 1},
    "POST /tickets/{id}/skip": {"reason": "Too hard"},
    "POST /tickets/{id}/hand-over": {"channel": "phone", "summary": "She waits for a call."},
    "PATCH /tickets/{id}/fields/{of:word}": {"fields": {}},
    "POST /tickets/{id}/held-replies": {"text": "Soon."},
    "POST /tickets/{id}/templates": {"template": 1},
    "POST /tickets/{id}/chat/answer": {"text": "Hello"},
    "PUT /tickets/{id}/known-issue": {"title": "Exports are slow"},
}
BEYOND: Final = {
    ("PUT /articles/{id}/state", "ada"): REFUSED,
    ("PUT /articles/{id}/state", "bram"): REFUSED,
    ("PUT /time/{id}", "light"): REFUSED,
    ("DELETE /time/{id}", "light"): REFUSED,
    **{(f"{deed} /macros/{{id}}", who): REFUSED for deed in ("PATCH", "DELETE") for who in ("ada", "bram")},
    **{("POST /macros/{id}/restore", who): REFUSED for who in ("ada", "bram")},
    **{("PATCH /views/{id}", who): REFUSED for who in ("light", "ada", "bram")},
    **{("DELETE /views/{id}", who): REFUSED for who in ("light", "ada", "bram")},
}
"""What the deed answers to those the route lets in, of things of others."""
NOT_THERE: Final = {
    "POST /tickets/{id}/templates",
    "POST /merges/{id}/undo", "POST /views/{id}/restore", "GET /experiments/{name:word}",
    "POST /experiments/{name:word}/stop", "POST /experiments/{name:word}/start",
    "GET /workflow/versions/{number}/differences/{other}", "GET /tickets/{id}/drafts/{kind:word}",
    "DELETE /agents/me/tokens/{id}", "DELETE /agents/{id}/invitation", "POST /notices/{id}/read",
    "DELETE /mail-doors/{provider:word}", "GET /webhooks/{id}/deliveries/{delivery}", "GET /tickets/{id}/known-issue",
    "DELETE /tickets/{id}/known-issue", "DELETE /tickets/{id}/timer", "POST /articles/{id}/versions/{number}/restore",
    "GET /capacity/plan", "POST /mail-log/{id}/take-in-storm",
}  # fmt: skip
"""The test desk has none, so whoever may is told so."""


@pytest.fixture
def known(db: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Known:
    monkeypatch.setattr("deskwright.desk.clock.now", lambda: now)
    workflows.publish(WORKFLOW, now=now)
    known = furnished.furnish(now)
    known.numbers |= more(known, now)
    return known


@pytest.mark.parametrize("who", WHO)
def test_everybody_at_the_desk_is_answered_as_the_route_says(who: str, known: Known, now: datetime) -> None:
    agent: Agent = known.people[who]
    faults = []
    for route in table.ROUTES:
        status = tried(route, agent, known, now)
        if not as_told(status, route, agent, who):
            faults.append((route.method, route.path, status))
    assert not faults


def tried(route: Route, agent: Agent, known: Known, now: datetime) -> int:
    """The status of the answer; whatever the request did is taken back."""
    body = orjson.dumps(named(known).get(name_of(route)) or BODIES.get(name_of(route), {}))
    with transaction.atomic():
        make_token(now, "dw_tried", agent=agent)
        try:
            token = tokens.look_up(ApiToken.objects.latest("id").token_sha256)
            assert token is not None
            token.require(route.scope, route.asks)
            status = front.answered(route, token, path(route, known), "", body, {}).status
        except (Problem, DeskError) as refusal:
            status = refusal.status
        transaction.set_rollback(True)
    forget()
    return status


def named(known: Known) -> dict[str, dict[str, Any]]:
    """What is sent where it names something that was made for the test."""
    return {
        "POST /tickets/{id}/merge": {"sources": [known.other]},
        "POST /tickets/{id}/merge/preview": {"sources": [known.other]},
        "PUT /tickets/{id}/requester": {"customer": known.customer.pk},
        "POST /tickets/{id}/links": {"other": known.other, "kind": "related"},
        "POST /tickets/{id}/split": {"messages": [known.numbers["messages"]]},
        "POST /tickets/{id}/broadcast/preview": {"text": "It works again."},
        "POST /tickets/{id}/broadcast": {"text": "It works again.", "tickets": [known.other]},
    }


def path(route: Route, known: Known) -> str:
    """The address with a number or a word for each that stands in braces."""

    def value(found: Any) -> str:
        before = route.path[: found.start()].strip("/").split("/")
        thing = next((part for part in reversed(before) if part in {*known.numbers, *CALLED}), "tickets")
        return word(route, found[1]) if found[2] else str(known.numbers.get(CALLED.get(thing, thing), known.ticket))

    return ROOT + IN_BRACES.sub(value, route.path)


WORDS: Final = {
    "/tickets/{id}/drafts": {"kind": "note"},
    "/tickets/{id}/fields": {"of": "customer"},
    "/letters": {"kind": "acknowledge", "language": "nl"},
    "/tags": {"name": "export"},
    "/domains": {"name": "desk.example"},
    "/mail-doors": {"provider": "postmark"},
}
"""The beginning of an address -> the words in it; `none` elsewhere."""


def word(route: Route, name: str) -> str:
    return next((known[name] for begins, known in WORDS.items() if route.path.startswith(begins)), "none")


CALLED: Final = {
    "agents": "people",
    "identities": "points",
    "held-replies": "held",
    "versions": "workflow",
    "articles": "knowledge",
    "recommendations": "recommend",
}


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def as_told(status: int, route: Route, agent: Agent, who: str) -> bool:
    if route.asks != STAFF and not may(agent, route.asks):
        return status == REFUSED
    if who == "bram" and of_a_ticket(route):
        return status == UNSEEN
    beyond = BEYOND.get((name_of(route), who))
    if beyond:
        return status == beyond
    return status < 500 and status != REFUSED and (status != UNSEEN or name_of(route) in NOT_THERE)


APART: Final = {"views", "macros", "calls", "held-replies"}
"""Things of their own, though the right to them is one on tickets."""


def of_a_ticket(route: Route) -> bool:
    """Whether the address names a ticket or a thing of one."""
    return route.asks.startswith("tickets:") and "{" in route.path and route.path.split("/")[1] not in APART
