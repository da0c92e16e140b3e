"""Fixtures of the page tests: three people at the desk, a requester, a browser without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.test import Client

from deskwright.desk import clock, workflows
from deskwright.store.models import Agent, Customer
from tests.web import rows

WORKFLOW = """
workflow: Page tests
queues:
  technical: {team: technical}
  billing: {team: billing}
  everybody: {}
"""


@pytest.fixture
def desk(db: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A desk with three queues, at a fixed moment."""
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: now)
    workflows.publish(WORKFLOW, now=now)
    yield


@pytest.fixture
def admin(desk: None) -> Agent:
    return rows.agent("Odile Marsh", "admin")


@pytest.fixture
def lead(desk: None) -> Agent:
    return rows.agent("Nora Lind", "lead")


@pytest.fixture
def ada(desk: None) -> Agent:
    """An agent of the technical team."""
    return rows.agent("Ada Quill", "agent", ("technical",))


@pytest.fixture
def bram(desk: None) -> Agent:
    """An agent of another team."""
    return rows.agent("Bram Oak", "agent", ("billing",))


@pytest.fixture
def mina(desk: None, now: datetime) -> Customer:
    harbor = rows.organisation("Harbor Lines", tier="enterprise", vip=True)
    return rows.customer("Mina Holt", now, organisation=harbor)


@pytest.fixture
def signed_in() -> Callable[[Agent], Client]:
    def sign_in(agent: Agent) -> Client:
        client = Client()
        client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Counts every statement psycopg sends inside the block, whoever sends it."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        sent: list[str] = []
        execute = psycopg.Cursor.execute

        def counted(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            sent.append(str(query))
            return execute(self, query, *args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(psycopg.Cursor, "execute", counted)
            yield sent

    return counting
