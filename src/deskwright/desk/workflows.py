"""Published workflows: immutable versions, one live. Each process keeps the loaded ones; a version never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.errors import Conflict, NotFound
from deskwright.desk.holidays import public_holidays
from deskwright.engine import loading
from deskwright.engine.differences import Difference, differences
from deskwright.engine.workflow import Workflow
from deskwright.store.connection import cursor, deed

NO_WORKFLOW: Final = ""
"""The empty document: everything comes from the starter."""

READ: Final = 16
"""Texts whose meaning a process remembers: what was just checked is published next, and then decides."""

_loaded: dict[int, Workflow] = {}
_latest: list[int] = []
"""The number of the live version when this process last asked."""


@dataclass(frozen=True, slots=True)
class Version:
    """One published version. `author` is an agent's name; without one it was published from the command line."""

    number: int
    name: str
    content_hash: str
    note: str
    author: str | None
    published_at: datetime
    live: bool


def load(text: str, version: int = 0) -> Workflow:
    """The workflow a document means, public holidays included. Raises engine.problems.WorkflowError."""
    return replace(meaning(text), version=version)


@lru_cache(READ)
def meaning(text: str) -> Workflow:
    return loading.load(text, holidays=public_holidays)


def version(number: int) -> Workflow:
    """The workflow published under this number; 0 is the starter, for a desk that has published nothing."""
    if number not in _loaded:
        _loaded[number] = fetch(number)
    return _loaded[number]


def fetch(number: int) -> Workflow:
    row = cursor().execute("SELECT text FROM store_workflowversion WHERE number = %s", [number]).fetchone()
    return load(row["text"] if row else NO_WORKFLOW, number)


def live() -> Workflow:
    """The version that decides about new tickets now."""
    row = cursor().execute("SELECT number FROM store_workflowversion WHERE live").fetchone()
    _latest[:] = [row["number"] if row else 0]
    return version(_latest[0])


def latest() -> Workflow:
    """The live version as this process last saw it, for words on a page: no statement where one was just asked."""
    return version(_latest[0]) if _latest else live()


def versions() -> list[Version]:
    """Every published version, the newest first."""
    return [Version(**row) for row in cursor().execute(f"{VERSIONS} ORDER BY v.number DESC")]


def published(number: int) -> tuple[Version, str]:
    """One version with its text. Raises NotFound."""
    row = cursor().execute(f"{VERSIONS} WHERE v.number = %s", [number]).fetchone()
    text = cursor().execute("SELECT text FROM store_workflowversion WHERE number = %s", [number]).fetchone()
    if row is None or text is None:
        raise NotFound(_("There is no version %(number)s of the workflow.") % {"number": number})
    return Version(**row), text["text"]


def compared(before: int, after: int) -> tuple[Difference, ...]:
    """What changed from one version to another, in the language's own terms; 0 is the starter. Raises NotFound."""
    for number in (before, after):
        if number:
            published(number)
    return differences(version(before), version(after))


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
        row: dict[str, Any] | None = sql.execute(PUBLISH, values(workflow, now, agent, note)).fetchone()
        assert row is not None
        return int(row["number"])


def values(workflow: Workflow, now: datetime, agent: int | None, note: str) -> Mapping[str, Any]:
    return {
        "name": workflow.name[:200],
        "text": workflow.text,
        "hash": workflow.content_hash,
        "note": note,
        "agent": agent,
        "now": now,
    }


def roll_back(number: int, *, now: datetime, agent: int | None = None, note: str = "") -> int:
    """Publish an earlier version's text again, as a new version that says so. Returns its number.

    Raises NotFound, and Conflict when that text is live already.
    """
    earlier, text = published(number)
    if earlier.content_hash == live().content_hash:
        raise Conflict(
            _("Version %(number)s says what the live version says: there is nothing to roll back to.")
            % {"number": number}
        )
    said = f"Rolled back to version {number}."
    return publish(text, now=now, agent=agent, note=f"{said} {note}".strip())


def forget() -> None:
    """Drop what this process has loaded (tests change databases under it)."""
    _loaded.clear()
    _latest.clear()


@cache
def zone(workflow: Workflow) -> str:
    """The time zone the desk promises in: that of the workflow's default calendar, else UTC."""
    calendar = workflow.calendars.get(workflow.sla.calendar or "")
    return (calendar and calendar.timezone) or "UTC"


VERSIONS: Final = """
SELECT v.number, v.name, v.content_hash, v.note, a.name AS author, v.published_at, v.live
FROM store_workflowversion AS v LEFT JOIN store_agent AS a ON a.id = v.published_by_id
"""
PUBLISH: Final = """
INSERT INTO store_workflowversion (number, name, text, content_hash, note, published_by_id, published_at, live)
SELECT coalesce(max(number), 0) + 1, %(name)s, %(text)s, %(hash)s, %(note)s, %(agent)s, %(now)s, true
FROM store_workflowversion
RETURNING number
"""
