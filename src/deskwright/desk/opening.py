"""Takes a batch of arrivals into the desk, inside the caller's deed: threads, requesters, cases, decisions, rows.

The number of statements does not depend on the size of the batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import psycopg

from deskwright.desk import requesters, threads
from deskwright.desk.arrivals import Arrival, Outcome
from deskwright.desk.cases import Case, Happening, blank_row
from deskwright.desk.errors import Invalid
from deskwright.desk.step import step
from deskwright.desk.working import take_up
from deskwright.engine import events, facts
from deskwright.store import blobs
from deskwright.store import facts as rows
from deskwright.store.connection import from_json
from deskwright.store.writes import Batch
from deskwright.text import TextReading, read

Cursor = psycopg.Cursor[dict[str, Any]]
TAKEN_BEFORE: Final = "it was taken in before"


@dataclass(slots=True)
class Taken:
    """What became of one arrival before it has its numbers."""

    disposition: str
    case: Case | None = None
    message: dict[str, Any] | None = None
    reason: str = ""
    ticket: int | None = None
    """The ticket of a duplicate or a bounce, where no case is worked on."""


@dataclass(slots=True)
class Intake:
    """What one batch works on."""

    now: datetime
    live_version: int
    known: requesters.Known
    parties: dict[int, rows.Party]
    found: threads.Threads
    cases: dict[int, Case]
    """Existing tickets that the batch continues, by id."""
    finished: set[int] = field(default_factory=set)
    """Raw inputs of this batch that somebody else has finished meanwhile."""
    by_mail: dict[str, Case] = field(default_factory=dict)
    """Cases opened or continued in this batch, by Message-ID."""
    by_key: dict[tuple[int, str], tuple[Arrival, Taken]] = field(default_factory=dict)
    order: list[Case] = field(default_factory=list)


def take_in(sql: Cursor, batch: Sequence[Arrival], now: datetime) -> list[Outcome]:
    """Outcomes in the order of the batch. Raises Invalid for a key that comes with another body."""
    replayed = replays(sql, batch)
    fresh = [arrival for arrival in batch if arrival.key is None or place(arrival) not in replayed]
    taken: dict[int, Taken] = {}
    if fresh:
        intake, desk = prepare(sql, fresh, now)
        taken = {id(arrival): take(intake, arrival) for arrival in fresh}
        step(sql, intake.order, desk, also=lambda batch_: complete(batch_, fresh, taken, now))
        fail_bounced(sql, fresh)
    return [conclude(taken[id(arrival)]) if id(arrival) in taken else replayed[place(arrival)] for arrival in batch]


def fail_bounced(sql: Cursor, batch: Sequence[Arrival]) -> None:
    """Mark the deliveries that other servers have given up on."""
    given_up = {
        arrival.bounce_of: arrival.bounce_reason for arrival in batch if arrival.bounce_of and arrival.bounce_reason
    }
    if given_up:
        sql.execute(BOUNCED, {"names": list(given_up), "reasons": list(given_up.values())})


def place(arrival: Arrival) -> tuple[int, str]:
    assert arrival.key is not None
    return arrival.key.token_id, arrival.key.key


def replays(sql: Cursor, batch: Sequence[Arrival]) -> dict[tuple[int, str], Outcome]:
    """The answers already given to keys of this batch."""
    keyed = [arrival for arrival in batch if arrival.key is not None]
    if not keyed:
        return {}
    tokens, keys = zip(*{place(arrival) for arrival in keyed}, strict=True)
    rows_of = {
        (row["token_id"], row["key"]): row for row in sql.execute(REPLAYS, {"tokens": list(tokens), "keys": list(keys)})
    }
    for arrival in keyed:
        if place(arrival) in rows_of:
            same_answer(arrival, rows_of[place(arrival)]["body_sha256"])
    return {where: replay(from_json(row["answer"])) for where, row in rows_of.items()}


def replay(answer: Mapping[str, Any]) -> Outcome:
    return Outcome("ticket", ticket_id=answer["id"], answer=answer, replayed=True)


def same_answer(arrival: Arrival, body_sha256: str) -> None:
    """Raises Invalid when a key comes again with another body."""
    if arrival.key is not None and arrival.key.body_sha256 != body_sha256:
        raise Invalid("This Idempotency-Key was already used with another body.")


def prepare(sql: Cursor, batch: Sequence[Arrival], now: datetime) -> tuple[Intake, facts.Desk]:
    """Facts for the whole batch: people, requesters, threads, and the tickets it continues (locked)."""
    finished = hold_raws(sql, batch)
    present = rows.present(sql)
    known = requesters.resolve(sql, [arrival.requester for arrival in batch], now)
    found = threads.find(sql, batch)
    continued = sorted({ticket for arrival in batch if (ticket := found.ticket(arrival)) is not None})
    cases = take_up(sql, continued, now)
    parties = rows.parties(sql, known.values(), now)
    return Intake(now, present.live_version, known, parties, found, cases, finished), present.desk


def hold_raws(sql: Cursor, batch: Sequence[Arrival]) -> set[int]:
    """Lock the raw inputs of the batch. Returns those that another worker finished after a lease ran out."""
    held = sorted(arrival.raw_id for arrival in batch if arrival.raw_id is not None)
    if not held:
        return set()
    return {row["id"] for row in sql.execute(HOLD_RAWS, {"ids": held}) if row["state"] != "pending"}


def take(intake: Intake, arrival: Arrival) -> Taken:
    """Decide what an arrival is: a repeat, part of a conversation, or a new ticket."""
    if arrival.key is not None and place(arrival) in intake.by_key:
        first, taken = intake.by_key[place(arrival)]
        assert first.key is not None
        same_answer(arrival, first.key.body_sha256)
        return taken
    taken = take_new(intake, arrival)
    if arrival.key is not None:
        intake.by_key[place(arrival)] = (arrival, taken)
    return taken


def take_new(intake: Intake, arrival: Arrival) -> Taken:
    if arrival.raw_id in intake.finished:
        return Taken("duplicate", reason=TAKEN_BEFORE)
    if repeated(intake, arrival):
        name = str(arrival.mail_id)
        known = intake.by_mail.get(name), intake.found.ticket_of.get(name)
        return Taken("duplicate", known[0], reason="the same mail arrived before", ticket=known[1])
    case = continued(intake, arrival)
    if case is not None:
        return join(intake, case, arrival)
    if arrival.bounce_of or (arrival.automatic or "").startswith("auto-replied"):
        return Taken(
            "quarantined", reason=f"automatic mail that answers nothing here ({arrival.automatic or 'bounce'})"
        )
    return open_ticket(intake, arrival)


def repeated(intake: Intake, arrival: Arrival) -> bool:
    """The same Message-ID with the same words is the same mail; with other words it is a message of its own."""
    if arrival.mail_id is None:
        return False
    if arrival.mail_id in intake.by_mail:
        case = intake.by_mail[arrival.mail_id]
        return any(row["mail_id"] == arrival.mail_id and row["text"] == arrival.text for row in case.messages)
    stored = intake.found.text_of.get(arrival.mail_id)
    return stored == hashlib.md5(arrival.text.encode(), usedforsecurity=False).hexdigest()


def continued(intake: Intake, arrival: Arrival) -> Case | None:
    ticket = intake.found.ticket(arrival)
    if ticket in intake.cases:
        return intake.cases[ticket]
    return next((intake.by_mail[name] for name in arrival.references if name in intake.by_mail), None)


def join(intake: Intake, case: Case, arrival: Arrival) -> Taken:
    """A further message of a ticket. Automatic mail is kept quietly; a stranger's is marked unverified."""
    if case not in intake.order:
        intake.order.append(case)
    sender = intake.known[requesters.normalised(arrival.requester)]
    verified = arrival.trusted and sender == case.row["customer_id"]
    automatic = arrival.automatic is not None or arrival.bounce_of is not None
    understood = read(arrival.said)
    message = add_message(intake, case, arrival, understood, verified=verified, automatic=automatic)
    if not automatic:
        case.set(last_customer_at=message["created_at"])
        if case.row["unanswered_since"] is None:
            case.set(unanswered_since=message["created_at"])
    case.happen(
        Happening(
            events.CustomerWrote(automatic=automatic),
            message["created_at"],
            actor="customer",
            message=engine_message(arrival, understood, message, automatic=automatic),
            data=noted(arrival, verified),
        )
    )
    return Taken("note" if automatic else "reply", case, message)


def noted(arrival: Arrival, verified: bool) -> dict[str, Any]:
    known = {"automatic": arrival.automatic, "bounce_of": arrival.bounce_of, "from": arrival.requester.value}
    return {name: value for name, value in known.items() if value} | ({} if verified else {"unverified": True})


def open_ticket(intake: Intake, arrival: Arrival) -> Taken:
    at = arrival.at or intake.now
    customer = intake.known[requesters.normalised(arrival.requester)]
    party = intake.parties[customer]
    understood = read(arrival.said)
    row = blank_row(
        subject=arrival.subject.strip() or "(no subject)",
        description=arrival.said,
        channel=arrival.channel,
        type=arrival.type,
        priority=arrival.priority,
        impact=arrival.impact,
        urgency=arrival.urgency,
        category=arrival.category,
        tags=sorted(arrival.tags),
        fields=dict(arrival.fields),
        language=arrival.language or understood.language,
        sentiment=understood.sentiment,
        customer_id=customer,
        organisation_id=party.organisation.id if party.organisation else None,
        by_agent=arrival.by_agent is not None,
        imported=arrival.imported,
        created_at=at,
        updated_at=at,
        last_customer_at=at,
        unanswered_since=at,
        workflow_version=intake.live_version,
    )
    case = Case(row, party, opened=True)
    intake.order.append(case)
    quiet = arrival.automatic is not None or arrival.no_acknowledgement
    message = add_message(intake, case, arrival, understood, verified=arrival.trusted, automatic=False)
    case.happen(
        Happening(
            events.TicketOpened(by="agent" if arrival.by_agent else "customer"),
            at,
            actor="agent" if arrival.by_agent else "customer",
            agent=arrival.by_agent,
            message=engine_message(arrival, understood, message, automatic=quiet),
            data=noted(arrival, arrival.trusted),
        )
    )
    return Taken("ticket", case, message)


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
        "recipients": dict(arrival.recipients),
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


def complete(batch: Batch, arrivals: Sequence[Arrival], taken: Mapping[int, Taken], now: datetime) -> None:
    """The rows that hang on the batch's numbers: files, finished raw input, idempotent answers."""
    answered = set()
    for arrival in arrivals:
        result = taken[id(arrival)]
        if result.message is not None:
            batch.attachments.extend(attachment(result.message["id"], file) for file in arrival.files)
        if arrival.raw_id is not None and result.reason != TAKEN_BEFORE:
            batch.raws.append(finished(arrival.raw_id, result))
        if arrival.key is not None and place(arrival) not in answered:
            answered.add(place(arrival))
            batch.idempotency.append(
                {
                    "token_id": arrival.key.token_id,
                    "key": arrival.key.key,
                    "body_sha256": arrival.key.body_sha256,
                    "answer": shown(result.case) if result.case else {},
                    "created_at": now,
                }
            )


def attachment(message: int, file: Any) -> dict[str, Any]:
    return {
        "message_id": message,
        "name": file.name[:255] or "unnamed",
        "content_type": file.content_type[:120],
        "size": len(file.content),
        "sha256": blobs.put(file.content),
        "content_id": file.content_id,
        "inline": file.inline,
    }


def finished(raw_id: int, taken: Taken) -> dict[str, Any]:
    states = {"quarantined": "quarantined", "duplicate": "duplicate"}
    ticket = taken.case.row["id"] if taken.case else taken.ticket
    return {
        "id": raw_id,
        "state": states.get(taken.disposition, "done"),
        "disposition": taken.disposition,
        "reason": taken.reason,
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


BOUNCED = """
UPDATE store_delivery AS d SET state = 'failed', due_at = NULL, last_error = given.reason
FROM unnest(%(names)s::text[], %(reasons)s::text[]) AS given (name, reason) WHERE d.mail_id = given.name
"""
HOLD_RAWS = "SELECT id, state FROM store_rawinput WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE"
REPLAYS = """
SELECT k.token_id, k.key, k.body_sha256, k.answer FROM store_idempotencykey AS k
JOIN unnest(%(tokens)s::bigint[], %(keys)s::text[]) AS wanted (token_id, key) USING (token_id, key)
"""
