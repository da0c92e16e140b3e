"""One trouble's course: it begins (a ticket opens, or opens again), repeats (it is counted), ends (it is solved).

Works inside `taking`'s deed on rows that are locked. Everything a ticket gets passes intake or a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.channels.alerts.signals import PRIORITIES, Signal
from deskwright.desk import workflows
from deskwright.desk.alerts.door import Source
from deskwright.desk.answering.letters import message_row
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.arriving.opening import take_in
from deskwright.desk.cases import Case, Happening
from deskwright.desk.errors import DeskError
from deskwright.desk.fields.forms import refuse_unsolvable
from deskwright.desk.fields.values import PREFIX, typed
from deskwright.desk.step import step
from deskwright.desk.tickets.changing import alter
from deskwright.desk.tickets.linking import refuse_open_children
from deskwright.desk.tickets.merging import whole_of
from deskwright.desk.working import take_up
from deskwright.engine import events
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.values import PRIORITIES as ORDER
from deskwright.engine.workflow import Workflow
from deskwright.store import facts as rows

Cursor = psycopg.Cursor[dict[str, Any]]
TYPE: Final = "incident"


@dataclass(slots=True)
class Run:
    """The same thing said several times in a row; the latest words count."""

    source: Source
    signal: Signal
    times: int

    def add(self, signal: Signal) -> None:
        self.signal = signal
        self.times += signal.times


@dataclass(slots=True, eq=False)
class Trouble:
    """The row of a trouble. `moved`: it is to be written."""

    row: dict[str, Any]
    moved: bool = False

    @property
    def goes_on(self) -> bool:
        return bool(self.row["firing"] and self.row["ticket_id"])

    def set(self, **values: Any) -> None:
        self.row.update(values)
        self.moved = self.row["id"] is not None


Turn = Sequence[tuple[Trouble, Run]]


def begin(sql: Cursor, turn: Turn, now: datetime) -> None:
    """A ticket for each; one that was solved is opened again as far as the workflow lets messages do that."""
    if not turn:
        return
    workflow = workflows.live()
    arrivals = [arrival(trouble, run, workflow) for trouble, run in turn]
    for (trouble, run), outcome in zip(turn, take_in(sql, arrivals, now), strict=True):
        same = outcome.ticket_id == trouble.row["ticket_id"]
        trouble.set(
            ticket_id=outcome.ticket_id,
            title=run.signal.title,
            severity=run.signal.severity,
            firing=True,
            count=run.times + (trouble.row["count"] if same else 0),
            first_at=trouble.row["first_at"] if same else now,
            last_at=now,
            ended_at=None,
        )


def arrival(trouble: Trouble, run: Run, workflow: Workflow) -> Arrival:
    """What the desk takes in: the source is who asks."""
    signal = run.signal
    return Arrival(
        channel="alert",
        requester=Person(f"alert:{run.source.key}", run.source.name, kind="alert"),
        subject=signal.title,
        text=worded(signal),
        priority=PRIORITIES.get(signal.severity.casefold()),
        type=TYPE if TYPE in workflow.types else "question",
        fields=filled_in(signal, workflow),
        thread_ticket=trouble.row["ticket_id"],
        no_acknowledgement=True,
    )


def worded(signal: Signal) -> str:
    """Its words, then its labels and where to look."""
    labels = "\n".join(f"{name}: {value}" for name, value in sorted(signal.labels.items()) if value)
    parts = [signal.text or signal.title, labels, signal.url]
    return "\n\n".join(part for part in parts if part.strip())


def filled_in(signal: Signal, workflow: Workflow) -> dict[str, Any]:
    """Severity and labels, in those fields of a ticket that the workflow declares under their names."""
    known = {**signal.labels, "severity": signal.severity}
    values: dict[str, Any] = {}
    for name, spec in workflow.fields.items():
        if spec.of == "ticket" and known.get(name):
            with suppress(ValueError):
                values[name] = typed(spec, known[name])
    return {name: value for name, value in values.items() if value is not None}


def repeat(sql: Cursor, turn: Turn, now: datetime) -> None:
    """Counted; only what has changed about it is told to the workflow."""
    for trouble, run in turn:
        trouble.set(count=trouble.row["count"] + run.times, last_at=now)
    changed = [(trouble, run) for trouble, run in turn if run.signal.severity != trouble.row["severity"]]
    cases = wholes(sql, changed, now)
    for trouble, run in changed:
        trouble.set(severity=run.signal.severity)
        if (case := cases.get(trouble.row["ticket_id"])) is not None and case.row["status"] in LIVE_STATUSES:
            alter(case, worsened(case, run.signal), None, now, told={"alert": {"severity": run.signal.severity}})
    settle(sql, cases.values())


def worsened(case: Case, signal: Signal) -> dict[str, Any]:
    """Its fields as they are now; the priority only ever rises by itself."""
    changes = {PREFIX + name: value for name, value in filled_in(signal, workflows.live()).items()}
    wanted, present = PRIORITIES.get(signal.severity.casefold()), case.row["priority"]
    if wanted is not None and present in ORDER and ORDER.index(wanted) > ORDER.index(present):
        changes["priority"] = wanted
    return changes


def end(sql: Cursor, turn: Turn, now: datetime) -> None:
    """The ticket is solved, or told that the trouble is over where a person has to solve it."""
    cases = wholes(sql, turn, now)
    for trouble, run in turn:
        trouble.set(firing=False, ended_at=now)
        case = cases.get(trouble.row["ticket_id"])
        if case is not None and case.row["status"] in LIVE_STATUSES:
            solve_or_tell(case, trouble.row, run.source, now)
    settle(sql, cases.values())


def wholes(sql: Cursor, turn: Turn, now: datetime) -> dict[int, Case]:
    """By the troubles' tickets, each as a case; for one that was merged, what it is part of by now."""
    found = take_up(sql, sorted({trouble.row["ticket_id"] for trouble, _ in turn if trouble.row["ticket_id"]}), now)
    moved = {number: whole_of(number) for number, case in found.items() if case.row["merged_into_id"] is not None}
    every = found | take_up(sql, sorted(set(moved.values()) - found.keys()), now)
    return {number: every[moved.get(number, number)] for number in found}


def solve_or_tell(case: Case, row: Mapping[str, Any], source: Source, now: datetime) -> None:
    because = why_not(case, row, source, now)
    if because:
        tell(case, because, now)
        return
    over = {"state": "ended", "count": row["count"], "since": row["first_at"]}
    alter(case, {"status": "solved"}, None, now, told={"alert": over})


def why_not(case: Case, row: Mapping[str, Any], source: Source, now: datetime) -> str:
    """Why the ticket stays open, "" when it can be solved. A whole is about more than the trouble of one part."""
    if not source.solves or case.row["id"] != row["ticket_id"]:
        return _("The alert has ended. This ticket stays open until somebody solves it.")
    before, case.row["status"], case.seen = case.row["status"], "solved", None
    try:
        refuse_unsolvable(workflows.live(), [case], now)
        refuse_open_children([case])
    except DeskError as refusal:
        return _("The alert has ended. This ticket stays open: %(reason)s") % {"reason": refusal.sentence}
    finally:
        case.row["status"], case.seen = before, None
    return ""


def tell(case: Case, sentence: str, now: datetime) -> None:
    """A note of the desk's own."""
    message = message_row(case, 0, "note", sentence, now, None) | {"id": None}
    case.messages.append(message)
    case.happen(Happening(events.NoteAdded(agent=0), now))


def settle(sql: Cursor, cases: Iterable[Case]) -> None:
    moved = [case for case in {case.row["id"]: case for case in cases}.values() if case.pending]
    if moved:
        step(sql, moved, rows.present(sql).desk)
