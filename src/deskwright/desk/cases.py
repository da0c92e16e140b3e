"""A case: one ticket while a deed works on it. Facts in, decisions applied, rows out; no database."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deskwright.desk.answering.letters import Acknowledgement, NoticeByMail
from deskwright.engine import experiments, facts, sla
from deskwright.engine.calendars import ALWAYS, Calendar
from deskwright.engine.effects import MergeInto, OpenFollowUp
from deskwright.engine.events import Event
from deskwright.engine.values import LIVE_STATUSES, TIER_METRIC
from deskwright.engine.workflow import Workflow
from deskwright.store import columns
from deskwright.store.facts import Party, ticket_of

AT_RISK = 0.75
"""The share of a target from which a ticket counts as at risk."""


@dataclass(slots=True)
class Happening:
    """Something that happened to the ticket and waits to be decided on."""

    event: Event
    at: datetime
    actor: str = "system"
    agent: int | None = None
    message: facts.Message | None = None
    data: dict[str, Any] = field(default_factory=dict)
    """What the timeline shows beside the event's own fields: message_id, from, ..."""
    follows: int | None = None
    """Place in the case's events of the event that caused this one."""
    version: int | None = None
    """The workflow version that decides on it; None: the ticket's own."""


@dataclass(slots=True)
class Link:
    """The case is that of another, which may be new as well; see `TicketLink`."""

    kind: str
    other: Case | int
    share: float | None = None
    because: str = ""
    agent: int | None = None


@dataclass(slots=True, eq=False)
class Case:
    """`row` is the ticket's full row and the only truth; `ticket` is the engine's view of it."""

    row: dict[str, Any]
    party: Party
    clocks: dict[tuple[str, int], facts.Clock] = field(default_factory=dict)
    opened: bool = False
    pending: deque[Happening] = field(default_factory=deque)
    messages: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    letters: list[Acknowledgement | NoticeByMail] = field(default_factory=list)
    """Mails the decisions asked for; written once the ticket has its number."""
    letter_rows: list[int] = field(default_factory=list)
    """Ids taken for the messages of the acknowledgements among `letters`."""
    automation_runs: list[dict[str, Any]] = field(default_factory=list)
    of_customer: dict[str, Any] = field(default_factory=dict)
    """What rules or a mail say of the customer; written with the case, not seen by the rest of its deed."""
    follow_ups: list[OpenFollowUp] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    twins: Mapping[int, Case] = field(default_factory=dict)
    """Tickets it may become part of as it opens."""
    merging: MergeInto | None = None
    """What it becomes part of, once it has settled."""
    survey: dict[str, Any] | None = None
    """The survey planned in this deed."""
    survey_ended: str = ""
    """Why surveys that were planned before are not sent; "" while they stand."""
    turn: int = 0
    given: float = 0.0
    """What the running total of the agent who got it in this deed grows by."""
    changed_clocks: set[tuple[str, int]] = field(default_factory=set)
    touched: bool = False
    seen: facts.Ticket | None = None
    """`ticket` as it was last made; every change of the row forgets it."""
    reworded: bool = False
    """Its search document no longer says what the row or its people say."""
    carried: tuple[int | None, float] = (None, 0.0)
    """(agent, units) that counted in the agent's load before the deed."""
    known: facts.Ticket | None = None
    """The ticket as its events so far leave it; None before the first. What differs is told with the next event."""

    def __post_init__(self) -> None:
        if not self.opened:
            self.carried = carried(self.row)
            self.known = self.ticket

    @property
    def ticket(self) -> facts.Ticket:
        if self.seen is None:
            self.seen = ticket_of(self.row)
        return self.seen

    def happen(self, happening: Happening) -> None:
        self.pending.append(happening)

    def set(self, **values: Any) -> None:
        self.row.update(values)
        self.seen = None
        self.touched = True
        self.reworded |= "subject" in values

    def put_clock(self, clock: facts.Clock) -> None:
        place = (clock.metric, clock.cycle)
        self.clocks[place] = clock
        self.changed_clocks.add(place)

    def facts(self, desk: facts.Desk, message: facts.Message | None) -> facts.Facts:
        return facts.Facts(
            ticket=self.ticket,
            customer=self.party.customer,
            organisation=self.party.organisation,
            message=message,
            clocks=tuple(self.clocks.values()),
            desk=desk,
        )


def carried(row: dict[str, Any]) -> tuple[int | None, float]:
    """The agent whose load the ticket counts in, and its units; a solved ticket weighs nothing."""
    if row["status"] in LIVE_STATUSES and row["assignee_id"]:
        return row["assignee_id"], row["units"]
    return None, 0.0


def arms_for(workflow: Workflow, party: Party, stopped: frozenset[str]) -> list[str]:
    """The arms of a new ticket, by its organisation or its customer."""
    return experiments.arms(workflow, party.customer.id, party.organisation.id if party.organisation else None, stopped)


def blank_row(**known: Any) -> dict[str, Any]:
    """A new ticket's row: every column, the known ones set."""
    row: dict[str, Any] = dict.fromkeys(columns.TICKET)
    row.update(
        description="",
        type="question",
        status="new",
        tags=[],
        signals=[],
        fields={},
        units=0.0,
        tier_number=0,
        tier_signals=[],
        tier_acknowledged=False,
        triggers_fired=[],
        declined_by=[],
        boosted=False,
        reopen_count=0,
        by_agent=False,
        imported=False,
        breached=False,
        arms=[],
        workflow_version=0,
        revision=1,
    )
    row.update(known)
    return row


def summarise_clocks(case: Case, workflow: Workflow) -> None:
    """Bring the columns the inbox sorts by in step with the clocks: the next due one, its 75 % moment, any breach."""
    promises = [clock for clock in case.clocks.values() if clock.metric != TIER_METRIC]
    running = [clock for clock in promises if clock.running_since and clock.due_at and not clock.stopped_at]
    following = min(running, key=due_at, default=None)
    case.set(
        next_due_at=following and following.due_at,
        next_due_metric=following and following.metric,
        at_risk_at=following and sla.moment(following, calendar_of(following, workflow), AT_RISK),
        breached=any(clock.breached_at for clock in promises),
    )


def due_at(clock: facts.Clock) -> datetime:
    assert clock.due_at is not None
    return clock.due_at


def calendar_of(clock: facts.Clock, workflow: Workflow) -> Calendar:
    """The calendar the clock counts in; without a name it counts round the clock."""
    return workflow.calendars[clock.calendar] if clock.calendar else ALWAYS
