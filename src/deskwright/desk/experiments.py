"""Experiments at run time: how each stands, a lead's switch, and the guard that stops a harmful variant.

Stopping keeps an experiment from new tickets; those it has keep their arms. The statistics are the lab's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.errors import NotFound
from deskwright.desk.said import kept
from deskwright.desk.settings import rights
from deskwright.engine import saying
from deskwright.engine.experiments import CONTROL, VARIANT
from deskwright.lab.experiments import Result, compare, uneven, verdict
from deskwright.store import live
from deskwright.store.connection import cursor, deed
from deskwright.store.models import Agent
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
LOWER_IS_BETTER: Final = frozenset({"first_response", "next_response", "resolution", "reopened", "escalated"})
"""Minutes, and shares of trouble; of the other figures more is better."""
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an experiment. `role`: judge | guard."""

    name: str
    role: str
    result: Result
    verdict: str

    @property
    def harmful(self) -> bool:
        """Whether the variant is shown to be worse."""
        return self.result.sure and (self.result.difference or 0) * (-1 if self.name in LOWER_IS_BETTER else 1) < 0


@dataclass(frozen=True, slots=True)
class Standing:
    """One experiment of the live workflow. `units` are customers (organisations where they have one) by arm; `uneven`
    tells that its share does not explain their numbers.
    """

    name: str
    share: float
    running: bool
    stopped_at: datetime | None
    reason: str
    since: datetime | None
    units: Mapping[str, int]
    tickets: Mapping[str, int]
    figures: tuple[Figure, ...]
    uneven: bool


def listing(now: datetime, name: str | None = None) -> list[Standing]:
    """The live workflow's experiments, or the one of this name. Raises NotFound. Two statements for any number."""
    known = workflows.live().experiments
    if name is not None:
        _known(known, name)
    wanted = [name] if name is not None else list(known)
    if not wanted:
        return []
    measured = rows_of(cursor(), wanted)
    states = {row["name"]: row for row in cursor().execute(STATES, {"names": wanted})}
    return [standing(one, known[one], measured.get(one, []), states.get(one), now) for one in wanted]


def _known(experiments: Mapping[str, Any], name: str) -> None:
    if name not in experiments:
        raise NotFound(_("The live workflow has no experiment named %(name)s.") % {"name": name[:200]})


def rows_of(sql: Cursor, names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    arms = [f"{name}={arm}" for name in names for arm in (CONTROL, VARIANT)]
    for row in sql.execute(MEASURED, {"arms": arms}):
        found.setdefault(row["experiment"], []).append(row)
    return found


def standing(
    name: str, entry: Mapping[str, Any], rows: Sequence[dict[str, Any]], state: Mapping[str, Any] | None, now: datetime
) -> Standing:
    since = min((row["since"] for row in rows), default=None)
    stopped = state["stopped_at"] if state else None
    days = ((stopped or now) - since) / DAY if since else 0.0
    roles = {entry["judge_by"]: "judge"} | {one: "guard" for one in entry["guard"] if one != entry["judge_by"]}
    units = {arm: sum(row["arm"] == arm for row in rows) for arm in (CONTROL, VARIANT)}
    return Standing(
        name,
        entry["share"],
        entry["enabled"] and stopped is None,
        stopped,
        state["reason"] if state else "",
        since,
        units,
        {arm: sum(row["tickets"] for row in rows if row["arm"] == arm) for arm in (CONTROL, VARIANT)},
        tuple(figure(one, role, rows, days) for one, role in roles.items()),
        uneven(units[CONTROL], units[VARIANT], entry["share"]),
    )


def figure(name: str, role: str, rows: Sequence[dict[str, Any]], days: float) -> Figure:
    control, variant = (
        [row[name] for row in rows if row["arm"] == arm and row[name] is not None] for arm in (CONTROL, VARIANT)
    )
    result = compare(control, variant)
    return Figure(name, role, result, verdict(result, lower_is_better=name in LOWER_IS_BETTER, days=days))


def switch(actor: Agent | None, name: str, on: bool, *, now: datetime, reason: str = "") -> None:
    """Let an experiment take new tickets again, or no more. Nobody is the operator. Raises Forbidden, NotFound."""
    rights.require(actor, "workflow:publish")
    _known(workflows.live().experiments, name)
    with deed() as sql:
        said = "" if on else reason or kept(stopped_by(actor))
        sql.execute(SWITCH, {"name": name, "stopped": None if on else now, "reason": said,
                             "agent": actor.pk if actor else None})  # fmt: skip


def guard(now: datetime, limit: int = 100) -> int:
    """Stop experiments whose guard figures show harm, and tell the leads. Returns how many were stopped."""
    stopped = 0
    for one in listing(now):
        harm = next((figure for figure in one.figures if figure.role == "guard" and figure.harmful), None)
        if one.running and harm is not None and stopped < limit:
            stopped += stop_harmful(one.name, harm, now)
    return stopped


def stopped_by(actor: Agent | None) -> str:
    return saying._("stopped by %(who)s", who=actor.name) if actor else saying._("stopped by the operator")


def stop_harmful(name: str, harm: Figure, now: datetime) -> int:
    """1, or 0 when another worker was first."""
    harmful = saying._("its guard %(figure)s shows harm: %(verdict)s", figure=harm.name, verdict=harm.verdict)
    named = name.replace("_", " ")
    subject = kept(saying._("The experiment %(name)s was stopped: %(reason)s", name=named, reason=harmful))
    reason = kept(harmful)
    with deed() as sql:
        if sql.execute(STOP, {"name": name, "now": now, "reason": reason}).fetchone() is None:
            return 0
        key = f"experiment:{name}:{now.isoformat(timespec='seconds')}"[:200]
        told = sql.execute(TELL_LEADS, {"subject": subject, "key": key, "now": now}).fetchall()
        live.announce(sql, [], sorted(row["agent_id"] for row in told))
        return 1


MEASURED = load("queries/experiments.sql").format(settled="(stopped_at IS NOT NULL OR breached_at IS NOT NULL)")
STATES = "SELECT name, stopped_at, reason FROM store_experimentstate WHERE name = ANY(%(names)s)"
SWITCH = """
INSERT INTO store_experimentstate (name, stopped_at, reason, changed_by_id)
VALUES (%(name)s, %(stopped)s, %(reason)s, %(agent)s)
ON CONFLICT (name) DO UPDATE
SET stopped_at = EXCLUDED.stopped_at, reason = EXCLUDED.reason, changed_by_id = EXCLUDED.changed_by_id
"""
STOP = """
INSERT INTO store_experimentstate (name, stopped_at, reason) VALUES (%(name)s, %(now)s, %(reason)s)
ON CONFLICT (name) DO UPDATE SET stopped_at = EXCLUDED.stopped_at, reason = EXCLUDED.reason, changed_by_id = NULL
WHERE store_experimentstate.stopped_at IS NULL RETURNING name
"""
TELL_LEADS = """
INSERT INTO store_notice (agent_id, subject, key, created_at)
SELECT id, %(subject)s, %(key)s, %(now)s FROM store_agent WHERE is_active AND role IN ('lead', 'admin')
RETURNING agent_id
"""
