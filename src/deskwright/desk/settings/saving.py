"""The one place every change of a setting passes: it is noted for the audit, and what depends on it is told.

It is called inside the deed that changes the setting, so the note stands or falls with the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg

from deskwright.desk import audit
from deskwright.desk.audit_actions import Action
from deskwright.desk.staff.people import people_changed
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
Values = Mapping[str, Any]


def saved(
    sql: Cursor,
    actor: Agent | None,
    action: Action,
    subject: str,
    *,
    now: datetime,
    before: Values | None = None,
    after: Values | None = None,
    people: bool = False,
    kind: str = audit.CHANGE,
) -> None:
    """Note a change, `subject` as people call the thing; `actor` None is the operator.

    `before` and `after` hold what changed, never a secret. `people`: decisions read it, so a replay must find it again.
    """
    if people:
        people_changed(sql)
    audit.note(actor, action, subject, now=now, before=before, after=after, kind=kind)
