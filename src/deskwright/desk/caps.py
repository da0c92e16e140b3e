"""Decides while holding automations to what they may do: one that broke, or ran too often this hour, rests.

Runs are counted in the run log under a lock that the deed keeps until it commits, so that no two workers can spend the
same run; it is taken only when an automation with a cap wants to run.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from deskwright.engine import facts
from deskwright.engine.automation import FAILED, SPENT, AutomationFailed
from deskwright.engine.decide import Decision, decide
from deskwright.engine.effects import RanAutomation
from deskwright.engine.events import Event
from deskwright.engine.workflow import Workflow

Cursor = psycopg.Cursor[dict[str, Any]]
WINDOW: Final = timedelta(hours=1)

log = logging.getLogger("deskwright.automations")


@dataclass(frozen=True, slots=True)
class Held:
    """A decision with what was kept from it: automations and why, and those that broke with their error."""

    decision: Decision
    resting: dict[str, str] = field(default_factory=dict)
    failures: tuple[AutomationFailed, ...] = ()


def decide_within(
    sql: Cursor, workflow: Workflow, seen: facts.Facts, event: Event, at: datetime, runs: Counter[str]
) -> Held:
    """The decision, made again without each automation that broke or may not run. `runs` are those of the deed that
    are not written yet, by rule. Raises what `decide` raises for reasons that are no automation's.
    """
    resting, failures = dict(seen.desk.resting), []
    while True:
        asked = replace(seen, desk=replace(seen.desk, resting=resting))
        try:
            decision = decide(workflow, asked, event, at)
        except AutomationFailed as failure:
            log.exception("Automation %s broke on ticket %s", failure.rule, seen.ticket.id)
            failures.append(failure)
            resting[failure.rule] = FAILED
            continue
        spent = over_cap(sql, workflow, ran(decision), at, runs)
        if not spent:
            return Held(decision, resting, tuple(failures))
        resting |= dict.fromkeys(spent, SPENT)


def ran(decision: Decision) -> list[str]:
    return [effect.rule for effect in decision.effects if isinstance(effect, RanAutomation)]


def over_cap(sql: Cursor, workflow: Workflow, wanted: Sequence[str], at: datetime, runs: Counter[str]) -> list[str]:
    """Those of the wanted rules that have spent their runs of the hour before `at`."""
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
