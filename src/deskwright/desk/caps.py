"""Which automations have run as often as they may within an hour.

Runs are counted in the run log under a lock that the deed keeps until it commits, so that no two workers can spend the
same run; it is taken only when an automation with a cap wants to run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from deskwright.engine.workflow import Workflow

Cursor = psycopg.Cursor[dict[str, Any]]
WINDOW: Final = timedelta(hours=1)


def over_cap(sql: Cursor, workflow: Workflow, wanted: Sequence[str], at: datetime, runs: Counter[str]) -> list[str]:
    """Those of the wanted rules that have spent their runs of the hour before `at`. `runs` are the deed's own by rule,
    which are not written yet.
    """
    caps = {rule.name: rule.per_hour for rule in workflow.automations if rule.per_hour and rule.name in wanted}
    if not caps:
        return []
    sql.execute(LOCK)
    counted = sql.execute(COUNT, {"rules": list(caps), "since": at - WINDOW}).fetchall()
    spent = Counter({row["rule"]: row["runs"] for row in counted}) + runs
    return [name for name, cap in caps.items() if spent[name] >= cap]


LOCK = "SELECT pg_advisory_xact_lock(hashtext('deskwright.automations'))"
COUNT = """
SELECT rule, count(*)::int AS runs FROM store_automationrun
WHERE rule = ANY(%(rules)s) AND at > %(since)s AND error = ''
GROUP BY rule
"""
