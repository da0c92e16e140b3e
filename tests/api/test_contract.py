"""The API keeps its own description: whatever is asked, no answer is a defect and none is undocumented."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from deskwright.api import limits, tokens
from deskwright.api.openapi import document
from deskwright.desk import workflows
from deskwright.store.models import Agent, ApiToken
from tests import factories
from tests.api.test_front import make_token
from tests.api.test_tickets import WORKFLOW
from tests.conftest import empty

KEPT = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
AUTH = {"Authorization": "Bearer dw_admin"}
described = schemathesis.openapi.from_dict(document())


@pytest.fixture(scope="module")
def served(database_url: str) -> Iterator[str]:
    """The whole application on a port of its own, with a few tickets in it."""
    now = datetime.fromisoformat("2026-11-23T09:00:00+00:00")
    forget()
    workflows.publish(WORKFLOW, now=now)
    admin = factories.an_agent("Odile Marsh", role="admin", teams=(factories.a_team("technical"),))
    make_token(now, "dw_admin", agent=admin)
    for _ in range(5):
        factories.a_ticket(now)
    with listening() as url:
        yield url
    empty()
    forget()


@pytest.fixture(scope="module")
def wire() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def forget() -> None:
    tokens.forget()
    limits.forget()
    workflows.forget()


@contextmanager
def listening() -> Iterator[str]:
    from deskwright.config.asgi import application

    server = uvicorn.Server(uvicorn.Config(application, port=0, lifespan="on", log_level="warning"))
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def revive() -> None:
    """Whoever asks may do everything, also after they have retired themselves or revoked their own token."""
    asking = Agent.objects.order_by("pk")[:1]
    Agent.objects.filter(pk__in=asking).update(is_active=True, role="admin", custom_role=None)
    ApiToken.objects.filter(agent__in=asking).update(revoked_at=None)


@described.parametrize()
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_a_described_one(case: Any, served: str, wire: requests.Session) -> None:
    answer = case.call(base_url=served, headers=AUTH, session=wire, timeout=30)
    case.validate_response(answer, checks=KEPT)
    if answer.status_code in {401, 403}:
        revive()


def test_every_operation_says_what_it_takes_gives_and_needs() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"] and operation["tags"], (method, path)
            assert any(operation["security"][0].values()), (method, path)
            assert "default" in operation["responses"], (method, path)
