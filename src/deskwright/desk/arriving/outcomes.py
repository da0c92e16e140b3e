"""What became of each arrival, as its sender is told and as the desk keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from deskwright.desk.answering.files import row_of
from deskwright.desk.answering.recipients import heard
from deskwright.desk.arriving import keys
from deskwright.desk.arriving.arrivals import Arrival, Outcome
from deskwright.desk.cases import Case
from deskwright.desk.said import kept
from deskwright.engine.saying import _
from deskwright.store.writes import Batch

TAKEN_BEFORE: Final = _("it was taken in before")
TAKEN_AND_GONE: Final = _("the same mail was taken in before, and what became of it is gone")
ARRIVED_BEFORE: Final = _("the same mail arrived before")


@dataclass(slots=True)
class Taken:
    """What became of one arrival before it has its numbers."""

    disposition: str
    case: Case | None = None
    message: dict[str, Any] | None = None
    reason: str = ""
    ticket: int | None = None
    """The ticket of a duplicate or a bounce, where no case is worked on."""


def complete(batch: Batch, arrivals: Sequence[Arrival], taken: Mapping[int, Taken], now: datetime) -> None:
    """The rows that hang on the batch's numbers: files, finished raw input, idempotent answers."""
    answered = set()
    for arrival in arrivals:
        result = taken[id(arrival)]
        if result.message is not None:
            batch.attachments.extend(row_of(result.message["id"], file) for file in arrival.files)
            batch.participants.extend(participants(result, arrival))
        if arrival.raw_id is not None and result.reason != TAKEN_BEFORE:
            batch.raws.append(finished(arrival.raw_id, result))
        if arrival.key is not None and keys.place(arrival) not in answered:
            answered.add(keys.place(arrival))
            batch.idempotency.append(
                {
                    "token_id": arrival.key.token_id,
                    "key": arrival.key.key,
                    "body_sha256": arrival.key.body_sha256,
                    "answer": answer_of(result),
                    "created_at": now,
                }
            )


def answer_of(taken: Taken) -> dict[str, Any]:
    """What a repetition of the arrival is answered with; `message` is where it stands."""
    if taken.case is None:
        return {}
    return shown(taken.case) | {"message": taken.message["id"] if taken.message else None}


def participants(taken: Taken, arrival: Arrival) -> Iterator[dict[str, Any]]:
    """Whom a customer's mail names beside them."""
    message, case = taken.message, taken.case
    if message is None or case is None or message["kind"] != "customer" or arrival.channel != "email":
        return
    known = {"ticket_id": case.row["merged_into_id"] or case.row["id"], "added_at": message["created_at"]}
    for row in heard(message, arrival.requester.value, case.party.customer.email):
        yield row | known


def finished(raw_id: int, taken: Taken) -> dict[str, Any]:
    states = {"quarantined": "quarantined", "duplicate": "duplicate"}
    ticket = taken.case.row["id"] if taken.case else taken.ticket
    return {
        "id": raw_id,
        "state": states.get(taken.disposition, "done"),
        "disposition": taken.disposition,
        "reason": kept(taken.reason),
        "ticket_id": ticket,
    }


def conclude(taken: Taken) -> Outcome:
    case = taken.case
    return Outcome(
        taken.disposition,
        ticket_id=case.row["id"] if case else taken.ticket,
        message_id=taken.message["id"] if taken.message else None,
        reason=taken.reason,
        answer=shown(case) if case else None,
    )


def shown(case: Case) -> dict[str, Any]:
    """The ticket as the API answers with it. Instants are UTC."""
    names = (
        "id",
        "subject",
        "status",
        "priority",
        "category",
        "complexity",
        "queue",
        "channel",
        "tags",
        "rule",
        "created_at",
    )
    due = {metric: clock.due_at for (metric, _), clock in case.clocks.items()}
    return {name: case.row[name] for name in names} | {
        "assignee": case.row["assignee_id"],
        "first_response_due": due.get("first_response"),
        "resolution_due": due.get("resolution"),
    }
