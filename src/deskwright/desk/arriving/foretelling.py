"""What would become of a mail: the intake's own way, walked until it would write, then undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deskwright.channels.contract import Incoming
from deskwright.desk.arriving import mailroom, opening
from deskwright.desk.arriving.arrivals import Arrival
from deskwright.desk.arriving.batch import Intake
from deskwright.store.connection import deed


@dataclass(frozen=True, slots=True)
class Foretold:
    """`disposition` as an outcome's; `ticket` the one it would belong to, with what proves it: signed | known."""

    disposition: str
    reason: str = ""
    ticket: int | None = None
    proof: str = ""

    def as_json(self) -> dict[str, Any]:
        thread = {"ticket": self.ticket, "proof": self.proof} if self.ticket is not None and self.proof else None
        return {"disposition": self.disposition, "reason": self.reason, "thread": thread}


class Undone(Exception):
    """Raised to leave a deed without a trace."""


def foretell(mail: Incoming, envelope: Mapping[str, Any], now: datetime) -> Foretold:
    """What the intake would do with this mail now. Nothing is kept, sent or announced."""
    row = {"id": None, "received_at": now}
    try:
        arrival = mailroom.judged(mail, row, dict(envelope))
    except mailroom.NotForUs as refusal:
        return Foretold("quarantined", str(refusal))
    found: list[Foretold] = []
    try:
        with deed() as sql:
            intake, _ = opening.prepare(sql, [arrival], now)
            found.append(told(intake, arrival))
            raise Undone
    except Undone:
        return found[0]


def told(intake: Intake, arrival: Arrival) -> Foretold:
    taken = opening.take(intake, arrival)
    ticket = intake.found.ticket(arrival)
    if taken.disposition == "duplicate":
        return Foretold("duplicate", taken.reason, taken.ticket, "known")
    if ticket is None:
        return Foretold(taken.disposition, taken.reason)
    proof = "signed" if arrival.thread_ticket in intake.found.proved else "known"
    return Foretold(taken.disposition, taken.reason or apart(taken.disposition, arrival, ticket), ticket, proof)


def apart(disposition: str, arrival: Arrival, ticket: int) -> str:
    """Why what answers a ticket becomes one of its own."""
    if disposition != "ticket":
        return ""
    if not arrival.trusted:
        return f"it answers #{ticket}, but its sender failed authentication (DMARC)"
    return f"it answers #{ticket}, which is solved and not opened again by it"
