"""What workers of the desk run behind a page: asked for, run by one of them, followed, called off, kept with a report.

A worker holds a lock while it runs one, so that one whose worker died is taken up by another. Running reads a
snapshot; only the row of the run itself is written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final, Generic, TypeVar

import psycopg
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from deskwright.desk import clock
from deskwright.desk.errors import DeskError, NotFound
from deskwright.desk.settings.rights import require
from deskwright.lab.whatif.rerunning import Cancelled
from deskwright.store import outage
from deskwright.store.connection import deed, from_json, to_json
from deskwright.store.live import STUDIO, say, work_is_due
from deskwright.store.models import Agent, Recommendation, Trial

RIGHT: Final = "workflow:see"
PAUSE: Final = 0.5
"""Seconds between two looks at whether it is still wanted."""
ATTEMPTS: Final = 3
DUE: Final = ("waiting", "running")
Follow = Callable[[float], None]
"""Hears the share done; raises Cancelled when the run is not wanted any more."""
R = TypeVar("R", Trial, Recommendation)

log = logging.getLogger("deskwright.lab")


@dataclass(frozen=True, slots=True)
class Bench(Generic[R]):
    """One kind of run. `work` gives {report, against}; it raises Cancelled, or an error of the desk that says why
    nothing came out.
    """

    model: type[R]
    locks: int
    """The space of the locks workers hold."""
    work: Callable[[R, datetime, Follow], Mapping[str, Any]]

    @property
    def name(self) -> str:
        return self.model._meta.model_name or ""

    def said(self, statement: str) -> str:
        return statement.format(table=self.model._meta.db_table)

    # The page's part

    def begin(self, **values: Any) -> R:
        """A new one, for the next worker that is free."""
        with deed() as sql:
            made = self.model.objects.create(**values)
            work_is_due(sql, self.name)
            return made

    def listing(self, actor: Agent | None) -> QuerySet[R]:
        """Every one, the latest first; without reports. Raises Forbidden."""
        require(actor, RIGHT)
        return self.model.objects.defer("report").select_related("asked_by").order_by("-asked_at", "-id")

    def found(self, actor: Agent | None, number: int) -> R:
        """Raises Forbidden, NotFound."""
        require(actor, RIGHT)
        run = self.model.objects.select_related("asked_by").filter(pk=number).first()
        if run is None:
            raise NotFound(_("There is no run with this number."))
        return run

    def cancel(self, actor: Agent | None, number: int, *, now: datetime) -> bool:
        """Call it off; False when it had ended already. Raises Forbidden, NotFound."""
        run = self.found(actor, number)
        with deed() as sql:
            due = self.model.objects.filter(pk=run.pk, state__in=DUE)
            ended = bool(due.update(state="cancelled", ended_at=now))
            say(sql, STUDIO, self.name)
        return ended

    def forget(self, actor: Agent | None, number: int, *, now: datetime) -> None:
        """Delete it with its report; one that runs is called off by that. Raises Forbidden, NotFound."""
        self.found(actor, number).delete()

    # The worker's part

    def run_due(self, now: datetime) -> int:
        """Run the oldest one nobody runs. Returns 1, or 0 when there is none."""
        due = list(self.model.objects.filter(state__in=DUE).order_by("pk").values_list("pk", flat=True))
        for number in due:
            with self.held(number) as follow:
                if follow is not None:
                    self.run(number, now, follow)
                    return 1
        return 0

    @contextmanager
    def held(self, number: int) -> Iterator[Follow | None]:
        """It is this worker's while the block lasts, even should the process die in it; None: another one has it."""
        with outage.connect() as aside:
            lock = [self.locks, number % 2**31]
            row = aside.execute("SELECT pg_try_advisory_lock(%s, %s)", lock).fetchone()
            mine = row is not None and row[0]
            yield self.follower(aside, number) if mine else None
            if mine:  # at once: PostgreSQL lets go of it some time after the connection is closed
                aside.execute("SELECT pg_advisory_unlock(%s, %s)", lock)

    def follower(self, aside: psycopg.Connection, number: int) -> Follow:
        """Keeps the bar moving from a connection of its own: the one that reads the snapshot can write nothing."""
        next_look = 0.0
        statement = self.said(PROGRESS)

        def follow(share: float) -> None:
            nonlocal next_look
            if monotonic() < next_look:
                return
            next_look = monotonic() + PAUSE
            values = {"id": number, "share": min(1.0, share), "channel": STUDIO, "name": self.name}
            if aside.execute(statement, values).fetchone() is None:
                raise Cancelled

        return follow

    def run(self, number: int, now: datetime, follow: Follow) -> None:
        """Run it and keep what came out, be it a report or the sentence that says why there is none."""
        run = self.started(number)
        if run is None:
            return
        if run.attempts > ATTEMPTS:
            self.end(number, "failed", fault=interrupted())
            return
        try:
            found = self.work(run, now, follow)
        except Cancelled:
            log.info("%s %s was called off", self.name, number)
        except DeskError as refusal:
            self.end(number, "failed", fault=refusal.sentence)
        except outage.AWAY:
            raise
        except Exception:
            log.exception("%s %s broke", self.name, number)
            self.end(number, "failed", fault=broke())
        else:
            self.end(number, "done", **found)

    def started(self, number: int) -> R | None:
        """The run, its attempt counted for good before anything can go wrong; None when it is not wanted any more."""
        with deed():
            due = self.model.objects.filter(pk=number, state__in=DUE)
            due.update(state="running", progress=0, attempts=F("attempts") + 1)
            return due.first()

    def end(self, number: int, state: str, *, fault: str = "", report: Any = None, against: int = 0) -> None:
        kept = None if report is None else from_json(to_json(report))
        values = {"state": state, "fault": fault, "report": kept, "against": against, "progress": 1}
        with deed() as sql:
            running = self.model.objects.filter(pk=number, state="running")
            running.update(**values, ended_at=clock.now())
            say(sql, STUDIO, self.name)


def interrupted() -> str:
    return _("It was interrupted three times and is not tried again.")


def broke() -> str:
    return _("Something in the lab broke; the log of the worker says what.")


PROGRESS: Final = """
WITH moved AS (
    UPDATE {table} SET progress = %(share)s WHERE id = %(id)s AND state = 'running' RETURNING id
)
SELECT id, pg_notify(%(channel)s, %(name)s) FROM moved
"""
