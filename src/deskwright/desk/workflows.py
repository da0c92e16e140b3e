"""Published workflows: immutable versions, one live. Each process keeps the loaded ones; a version never changes."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from deskwright.engine.loading import load
from deskwright.engine.workflow import Workflow
from deskwright.store.connection import cursor, deed

NO_WORKFLOW = ""
"""The empty document: everything comes from the starter."""

_loaded: dict[int, Workflow] = {}


def version(number: int) -> Workflow:
    """The workflow published under this number; 0 is the starter, for a desk that has published nothing."""
    if number not in _loaded:
        _loaded[number] = fetch(number)
    return _loaded[number]


def fetch(number: int) -> Workflow:
    row = cursor().execute("SELECT text FROM store_workflowversion WHERE number = %s", [number]).fetchone()
    return load(row["text"] if row else NO_WORKFLOW, version=number)


def live() -> Workflow:
    """The version that decides about new tickets now."""
    row = cursor().execute("SELECT number FROM store_workflowversion WHERE live").fetchone()
    return version(row["number"] if row else 0)


def publish(text: str, *, now: datetime, agent: int | None = None, note: str = "") -> int:
    """Check and publish a document; it decides about tickets opened from now on. Returns the version's number.

    Raises engine.problems.WorkflowError with every problem; the running version stays. Publishing the live text again
    publishes nothing and returns the live number.
    """
    workflow = load(text)
    with deed() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('deskwright.publish'))")
        current = sql.execute("SELECT number, content_hash FROM store_workflowversion WHERE live").fetchone()
        if current and current["content_hash"] == workflow.content_hash:
            return int(current["number"])
        sql.execute("UPDATE store_workflowversion SET live = false WHERE live")
        row: dict[str, Any] | None = sql.execute(
            PUBLISH,
            {
                "name": workflow.name,
                "text": text,
                "hash": workflow.content_hash,
                "note": note,
                "agent": agent,
                "now": now,
            },
        ).fetchone()
        assert row is not None
        return int(row["number"])


def forget() -> None:
    """Drop what this process has loaded (tests change databases under it)."""
    _loaded.clear()


@cache
def zone(workflow: Workflow) -> str:
    """The time zone the desk promises in: that of the workflow's default calendar, else UTC."""
    calendar = workflow.calendars.get(workflow.sla.calendar or "")
    return getattr(calendar, "timezone", None) or "UTC"


PUBLISH = """
INSERT INTO store_workflowversion (number, name, text, content_hash, note, published_by_id, published_at, live)
SELECT coalesce(max(number), 0) + 1, %(name)s, %(text)s, %(hash)s, %(note)s, %(agent)s, %(now)s, true
FROM store_workflowversion
RETURNING number
"""
