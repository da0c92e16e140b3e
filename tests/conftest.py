"""Fixtures every test may use. A throw-away PostgreSQL is started by the first test that asks for `db`.

`db` rolls back after each test; `live_db` really commits (threads, processes, NOTIFY) and is emptied afterwards.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = tempfile.mkdtemp(prefix="deskwright-tests-")
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
GIVEN = os.environ.get("TEST_DATABASE_URL", "")
"""A server to test on instead of the bundled one; its user is a superuser."""
os.environ.update(
    {
        "DATA": SCRATCH,
        "DATABASE_URL": "postgresql://nobody@localhost:1/unstarted",
        "SECRET_KEY": "a key for tests only, which opens nothing at all",
        "MAIL_FROM": "support@desk.example",
        "MAIL_DOMAIN": "desk.example",
        "PUBLIC_URL": "http://testserver",
        "DJANGO_SETTINGS_MODULE": "deskwright.config.settings",
    }
)

import django  # noqa: E402
from hypothesis import settings as examples  # noqa: E402

from deskwright.desk import garbage  # noqa: E402
from tests import clusters, hashing  # noqa: E402

django.setup()
hashing.stretch_little()
# The same examples in every run: what is red here is red everywhere.
examples.register_profile("desk", derandomize=True, deadline=None)
examples.load_profile("desk")


@pytest.fixture
def now() -> datetime:
    """A Monday morning in Berlin: 10:00 there."""
    return datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Every worker of a run shares the scratch directory of the process that started them."""
    node.workerinput["shared"] = SCRATCH


def pytest_collection_finish() -> None:
    """What is loaded stays: looking through it for rubbish again and again took a seventh of the tests' time."""
    garbage.calm()


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest) -> Path:
    """A stopped cluster with every table and nothing in them, to copy: made once for all workers."""
    shared = getattr(request.config, "workerinput", {}).get("shared", SCRATCH)
    return clusters.made(Path(shared), migrate)


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated throw-away database for this worker: of a PostgreSQL of its own, or of the one that
    TEST_DATABASE_URL names.
    """
    with given() if GIVEN else clusters.serving(request.getfixturevalue("migrated")) as url:
        point_at(url)
        yield url
        let_go()


@contextmanager
def given() -> Iterator[str]:
    name = f"deskwright_test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    with psycopg.connect(GIVEN, autocommit=True) as sql:
        sql.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        sql.execute(f'CREATE DATABASE "{name}"')
    url = urlsplit(GIVEN)._replace(path=f"/{name}").geturl()
    migrate(url)
    yield url


def migrate(url: str) -> None:
    """Makes the tables of another database than the one pointed at."""
    from django.core.management import call_command
    from django.db import connection

    before = dict(connection.settings_dict)
    let_go()
    point_at(url)
    try:
        call_command("migrate", verbosity=0)
    finally:
        let_go()
        connection.settings_dict.update(before)


def point_at(url: str) -> None:
    from django.db import connections

    from deskwright.config.databases import database

    connection = connections["default"]
    connection.close()
    connection.settings_dict.update(database(url))


def let_go() -> None:
    """Closes every connection to the database that is pointed at."""
    from django.db import connections

    connections.close_all()
    connections["default"].close_pool()


@pytest.fixture
def db(database_url: str) -> Iterator[str]:
    """The database, rolled back when the test ends."""
    from django.db import transaction

    forget()
    with transaction.atomic():
        yield database_url
        transaction.set_rollback(True)
    forget()


@pytest.fixture
def live_db(database_url: str) -> Iterator[str]:
    """The database with real commits, emptied when the test ends."""
    forget()
    yield database_url
    empty()
    forget()


EMPTYING = """
DO $$
DECLARE
    kept CONSTANT text[] := ARRAY['django_migrations', 'django_content_type', 'auth_permission'];
    filled text;
BEGIN
    SET LOCAL session_replication_role = replica;  -- neither triggers nor references: everything goes
    FOR filled IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (kept) LOOP
        EXECUTE format('DELETE FROM %I', filled);
    END LOOP;
    PERFORM setval(format('%I', sequencename), start_value, false) FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL
        AND regexp_replace(sequencename, '_id_seq$', '') <> ALL (kept);
END $$
"""
"""Numbers begin anew: a process that a module serves may remember those of the test before."""


def empty() -> None:
    """Take out what a test committed. `flush` of Django makes each table and index anew: a hundred times as slow."""
    from django.db import connection

    with connection.cursor() as sql:
        sql.execute(EMPTYING)


def forget() -> None:
    """Drop what the process keeps of a database that is about to be another."""
    from deskwright.desk import workflows
    from deskwright.desk.alerts import door
    from deskwright.desk.answering import expecting
    from deskwright.desk.calls import serving
    from deskwright.desk.knowledge import suggesting
    from deskwright.desk.settings import house
    from deskwright.store import articles, facts

    door.forget()
    serving.forget()
    house.forget()
    workflows.forget()
    suggesting.forget()
    expecting.forget()
    articles.forget()
    facts.forget()
