"""What another workflow would have done to the tickets of this desk: reads a snapshot of the log, touches nothing.

The rerunning and comparing are the lab's. One transaction that only reads sees the desk at one moment, however long it
takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.errors import Invalid
from deskwright.engine.history import Recorded
from deskwright.engine.workflow import Workflow
from deskwright.lab.whatif.comparing import Report, compare
from deskwright.lab.whatif.rerunning import Outcomes, rerun
from deskwright.store import history
from deskwright.store.connection import snapshot
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
NAMED: Final = 10_000
"""Tickets that are named to the database; more of them are picked from the whole log."""
Progress = Callable[[float], None]
"""Hears the share done, 0 to 1; may raise `Cancelled` of the lab."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """`report` compares the live version with the draft; the tickets are those opened from `since` to `until`."""

    report: Report
    since: datetime | None
    until: datetime
    events: int
    names: dict[int, str]
    """Of the agents in it."""


def simulate(
    draft: Workflow,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress = lambda share: None,
) -> Simulated:
    """Run the log under the live workflow and under the draft, and compare. Tickets still open at `since`, and those
    opened from `until` on, are run along, so that loads are right, but not counted. Raises Invalid for a desk without
    tickets in that time.
    """
    live = workflows.live()
    with snapshot() as sql:
        run = Run(sql, since, now, progress, until)
        if not run.counted:
            raise Invalid(_("There is no ticket in that time: nothing can be tried out on it."))
        before, after = run.beside(live, draft)
        teams = {queue.name: queue.team for queue in live.queues.values() if queue.team}
        names = {agent.id: agent.name for agent in run.people(run.latest).values()}
        return Simulated(compare(before, after, run.counted, teams), since, until or now, run.events, names)


class Run:
    """One look at the log, read once."""

    def __init__(
        self, sql: Cursor, since: datetime | None, now: datetime, progress: Progress, until: datetime | None = None
    ) -> None:
        found = sql.execute(SCOPE, {"since": since, "until": until}).fetchall()
        self.sql, self.now, self.progress = sql, now, progress
        self.tickets = [row["id"] for row in found]
        self.counted = {row["id"] for row in found if row["counted"]}
        self.ends = {row["id"]: row["last"] for row in found if row["last"] is not None}
        self.events = sum(row["events"] for row in found)
        self.versions = {version for row in found for version in row["versions"] or ()}
        self.latest = max((row["people"] or 0 for row in found), default=0)
        self.people = history.people(sql)

    def beside(self, live: Workflow, draft: Workflow) -> tuple[Outcomes, Outcomes]:
        """Under the live version and under the draft. Where nothing else ever decided, what happened is the former."""
        if self.versions <= {live.version}:
            before, after = self.rerun(draft)
        else:
            _, before, after = self.rerun(live, draft)
        return before, after

    def rerun(self, *others: Workflow) -> list[Outcomes]:
        """Under the versions that really decided, and under the others."""

        def told(number: int) -> None:
            self.progress(number / max(1, self.events))

        return rerun(self.log(), workflows.version, self.people, self.now, others, self.ends, told)

    def read(self) -> list[Recorded]:
        """The whole log; `progress` hears how far it is."""
        found: list[Recorded] = []
        for recorded in self.log():
            self.progress(min(1.0, len(found) / max(1, self.events)))
            found.append(recorded)
        return found

    def log(self) -> Iterator[Recorded]:
        if len(self.tickets) <= NAMED:
            return history.recorded(self.sql, self.tickets)
        wanted = frozenset(self.tickets)
        return (recorded for recorded in history.recorded(self.sql) if recorded.ticket in wanted)


SCOPE = load("queries/simulated.sql")
