"""What one batch of arrivals works on, and the messages that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deskwright.channels.email.automatic import NO_REPLY
from deskwright.desk import workflows
from deskwright.desk.arriving import requesters, threads, twins
from deskwright.desk.arriving.arrivals import Arrival
from deskwright.desk.arriving.brakes import Brakes, Mail
from deskwright.desk.arriving.outcomes import Taken
from deskwright.desk.arriving.reopenings import Reopenings
from deskwright.desk.cases import Case
from deskwright.desk.outbox.returning import Returned
from deskwright.engine import facts
from deskwright.store import facts as rows
from deskwright.text import TextReading


@dataclass(slots=True)
class Intake:
    """What one batch works on."""

    now: datetime
    live_version: int
    stopped: frozenset[str]
    """Experiments that take no more tickets."""
    known: requesters.Known
    parties: dict[int, rows.Party]
    found: threads.Threads
    cases: dict[int, Case]
    """Existing tickets that the batch continues, by id."""
    alike: twins.Alike
    """What the new ones of the batch look like."""
    brakes: Brakes
    reopenings: Reopenings
    returned: dict[int, Returned] = field(default_factory=dict)
    """Reports and the deliveries they speak of, by the identity of the arrival."""
    finished: set[int] = field(default_factory=set)
    """Raw inputs of this batch that somebody else has finished meanwhile."""
    repeats: set[int] = field(default_factory=set)
    """Raw inputs whose very bytes were taken in before."""
    by_mail: dict[str, Case] = field(default_factory=dict)
    """Cases opened or continued in this batch, by Message-ID."""
    by_key: dict[tuple[int, str], tuple[Arrival, Taken]] = field(default_factory=dict)
    order: list[Case] = field(default_factory=list)
    counted: dict[int, Mail] = field(default_factory=dict)
    """What the brakes count of arrivals, by their identity."""


def queue_of(intake: Intake, arrival: Arrival) -> str | None:
    """Where a ticket of it begins, as the address it came for says; None: as the workflow says."""
    known = workflows.version(intake.live_version).queues
    return next((name for name in arrival.queues if name in known), None)


def noted(arrival: Arrival, verified: bool, further: Sequence[str] = ()) -> dict[str, Any]:
    """What the event keeps of an arrival; `further` are sentences beside its own."""
    known: dict[str, Any] = {
        "automatic": arrival.automatic,
        "bounce_of": arrival.bounce_of,
        "from": arrival.requester.value,
        "notes": [*arrival.notes, *further],
        "claims": arrival.claims,
        "copied": arrival.copied,
        "forged": not arrival.trusted,
        "unread": unread(arrival),
        "away_until": arrival.away_until and arrival.away_until.isoformat(),
    }
    return {name: value for name, value in known.items() if value} | ({} if verified else {"unverified": True})


def unread(arrival: Arrival) -> bool:
    """Whether answers to it reach nobody: its sender's address says so, and it names no other. Reports are answered by
    nobody anyhow.
    """
    silent = NO_REPLY.match(arrival.requester.value) is not None and not arrival.recipients.get("reply_to")
    return silent and arrival.bounce is None


def add_message(
    intake: Intake, case: Case, arrival: Arrival, understood: TextReading, *, verified: bool, automatic: bool
) -> dict[str, Any]:
    at = arrival.at or intake.now
    message = {
        "ticket_id": case.row["id"],
        "kind": "automatic" if automatic else "customer",
        "channel": arrival.channel,
        "agent_id": arrival.by_agent,
        "customer_id": intake.known[requesters.normalised(arrival.requester)],
        "text": arrival.text,
        "new_text": arrival.shown,
        "html": arrival.html,
        "mail_id": arrival.mail_id,
        "recipients": dict(arrival.recipients) | ({"queue": queue} if (queue := queue_of(intake, arrival)) else {}),
        "raw_id": arrival.raw_id,
        "sentiment": understood.sentiment,
        "verified": verified,
        "created_at": at,
    }
    case.messages.append(message)
    if arrival.mail_id:
        intake.by_mail[arrival.mail_id] = case
    return message


def engine_message(
    arrival: Arrival, understood: TextReading, message: Mapping[str, Any], *, automatic: bool
) -> facts.Message:
    return facts.Message(
        text=message["text"],
        new_text=arrival.said,
        channel=arrival.channel,
        at=message["created_at"],
        automatic=automatic,
        signals=facts.Signals(understood.sentiment, arrival.language or understood.language),
    )
