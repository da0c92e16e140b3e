"""Whether this installation can serve: asked by load balancers and people, answered with reasons."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from deskwright.desk import workflows
from deskwright.store import outage
from deskwright.store.aside import aside

LEAST_SPACE = 100 * 1024 * 1024
"""Bytes free under DATA; below it the desk asks for help while it can still write."""

Reason = dict[str, Any]


async def readiness() -> list[Reason]:
    """Why the desk is not ready; empty when it is. Never raises."""
    try:
        return [*await aside(database), *space()]
    except outage.AWAY:
        return [{"check": "database", "reason": "The database does not answer."}, *space()]


def database() -> list[Reason]:
    """The first thing that is wrong with the database: each check needs the one before."""
    for name, check in (("database", answers), ("migrations", migrated), ("workflow", decides)):
        try:
            said = check()
        except outage.AWAY as trouble:
            said = f"The database does not answer: {outage.first_line(trouble)}."
        except Exception as trouble:
            said = f"{type(trouble).__name__}: {outage.first_line(trouble)}."
        if said:
            return [{"check": name, "reason": said}]
    return []


def answers() -> str | None:
    return None if outage.answers() else "The database does not answer."


def migrated() -> str | None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} migrations are not applied; run `deskwright migrate`." if plan else None


def decides() -> str | None:
    """Loading the live workflow is the proof that it decides."""
    return None if workflows.live() else "No workflow is live."


def space() -> list[Reason]:
    try:
        free = shutil.disk_usage(settings.DATA).free
    except OSError as trouble:
        return [{"check": "data", "reason": f"The data directory cannot be read: {trouble.strerror}."}]
    if free >= LEAST_SPACE:
        return []
    return [{"check": "data", "reason": f"The data directory has {free // 1024 // 1024} MB left."}]
