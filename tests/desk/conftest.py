"""Fixtures of the desk's own tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest

from deskwright.desk import workflows
from deskwright.store.models import Agent
from tests.desk.providers import Provider
from tests.factories import an_agent


@pytest.fixture
def provider(request: pytest.FixtureRequest, db: str, now: datetime) -> Iterator[Provider]:
    """A telephone company on loopback, and a desk with the module's WORKFLOW."""
    workflows.publish(getattr(request.module, "WORKFLOW", "workflow: Texts\n"), now=now)
    with closing(Provider(now)) as made:
        yield made


@pytest.fixture
def lead(db: str) -> Agent:
    return an_agent("Mira Lund", role="lead")


@pytest.fixture
def jonas(db: str) -> Agent:
    """A lead whose phone rings."""
    return an_agent("Jonas Feld", role="lead", email="jonas@desk.example")
