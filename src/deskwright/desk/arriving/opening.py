"""Takes a batch of arrivals into the desk, inside the caller's deed: threads, requesters, cases, decisions, rows.

The number of statements does not depend on the size of the batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import psycopg

from deskwright.desk import workflows
from deskwright.desk.arriving import brakes, keys, logos, outcomes, reopenings, requesters, threads, twins
from deskwright.desk.arriving.arrivals import Arrival, Outcome
from deskwright.desk.arriving.batch import Intake, add_message, engine_message, noted, queue_of
from deskwright.desk.arriving.continuing import continued, copies, elsewhere, join, may_open, remarks, too_late
from deskwright.desk.arriving.judging import answers_nothing
from deskwright.desk.arriving.outcomes import ARRIVED_BEFORE, TAKEN_AND_GONE, TAKEN_BEFORE, Taken
from deskwright.desk.cases import Case, Happening, Link, arms_for, blank_row
from deskwright.desk.outbox import returning
from deskwright.desk.outbox.returning import Returned
from deskwright.desk.settings import house
from deskwright.desk.step import step
from deskwright.desk.working import take_up
from deskwright.engine import events, facts
from deskwright.store import facts as rows
from deskwright.text import TextReading, read

Cursor = psycopg.Cursor[dict[str, Any]]
MOST_AWAITED = 5
"""Message-IDs that one mail may wait for."""
KEYED: Final = frozenset({"alert"})
"""Channels whose own keys say what is the same: the likeness of their words means nothing."""


def take_in(sql: Cursor, batch: Sequence[Arrival], now: datetime) -> list[Outcome]:
    """Outcomes in the order of the batch. Raises Invalid for a key that comes with another body."""
    batch = logos.marked(sql, batch)
    replayed = keys.replays(sql, batch)
    fresh = [arrival for arrival in batch if arrival.key is None or keys.place(arrival) not in replayed]
    taken: dict[int, Taken] = {}
    if fresh:
        intake, desk = prepare(sql, fresh, now)
        taken = {id(arrival): take(intake, arrival) for arrival in fresh}
        step(sql, intake.order, desk, lambda batch_: outcomes.complete(batch_, fresh, taken, now), now)
        came_back(sql, intake, fresh, taken)
        brakes.tell(sql, intake.brakes, now)
        threads.await_answered(sql, unseen(intake, fresh, taken), now)
    return [
        outcomes.conclude(taken[id(arrival)]) if id(arrival) in taken else replayed[keys.place(arrival)]
        for arrival in batch
    ]


def came_back(sql: Cursor, intake: Intake, batch: Sequence[Arrival], taken: Mapping[int, Taken]) -> None:
    """Say of the mails that other servers report on what became of them; a report that came before says nothing new."""
    new = [one for one in batch if id(one) in intake.returned and taken[id(one)].disposition != "duplicate"]
    reports = [(intake.returned[id(one)], taken[id(one)].message) for one in new]
    returning.came_back(sql, [(found, message["id"] if message else None) for found, message in reports], intake.now)


def unseen(intake: Intake, batch: Sequence[Arrival], taken: Mapping[int, Taken]) -> list[tuple[str, int]]:
    """Message-IDs that new tickets answer and the desk has never seen, nearest first, with their tickets."""
    return [
        (name, taken[id(one)].case.row["id"])  # type: ignore[union-attr]  # a new ticket has a case
        for one in batch
        if one.channel == "email" and taken[id(one)].disposition == "ticket" and one.trusted
        for name in one.references[:MOST_AWAITED]
        if name not in intake.found.ticket_of and name not in intake.by_mail
    ]


def prepare(sql: Cursor, batch: Sequence[Arrival], now: datetime) -> tuple[Intake, facts.Desk]:
    """Facts for the whole batch: people, requesters, threads, and the tickets it continues (locked)."""
    finished, repeats = hold_raws(sql, batch)
    present = rows.present(sql)
    requesters.prove(sql, [(one.thread_ticket, one.requester) for one in batch if one.thread_ticket and proves(one)])
    known = requesters.resolve(sql, [arrival.requester for arrival in batch], now)
    found = threads.find(sql, batch)
    continued = sorted({ticket for arrival in batch if (ticket := found.ticket(arrival)) is not None})
    parties = rows.parties(sql, known.values(), now)
    workflow = workflows.version(present.live_version)
    alike = twins.find(sql, fresh(batch, found), known, parties, workflow, now)
    cases = take_up_whole(sql, sorted({*continued, *twins.joinable(alike, workflow)}), now)
    returned = reported(sql, batch, found)
    intake = Intake(
        now=now,
        live_version=present.live_version,
        stopped=present.stopped,
        known=known,
        parties=parties,
        found=found,
        cases=cases,
        alike=alike,
        brakes=braked(sql, batch, found, known, now),
        reopenings=reopenings.find(sql, cases.values(), now),
        returned=returned,
        finished=finished,
        repeats=repeats,
    )
    return intake, present.desk


def proves(arrival: Arrival) -> bool:
    """Whether it shows that its sender has the address it comes from."""
    return arrival.channel == "email" and arrival.proved and arrival.automatic is None and arrival.bounce_of is None


def reported(sql: Cursor, batch: Sequence[Arrival], found: threads.Threads) -> dict[int, Returned]:
    """The reports of the batch with the mails of ours they speak of."""
    reports = [(arrival, arrival.bounce) for arrival in batch if arrival.bounce is not None]
    looked = returning.find(sql, [(bounce, found.ticket(arrival)) for arrival, bounce in reports])
    return {id(arrival): one for (arrival, _), one in zip(reports, looked, strict=True) if one is not None}


def braked(
    sql: Cursor, batch: Sequence[Arrival], found: threads.Threads, known: requesters.Known, now: datetime
) -> brakes.Brakes:
    opening = [one for one in batch if one.channel == "email" and not one.imported and found.ticket(one) is None]
    who = [(known[requesters.normalised(one.requester)], one.requester.value, one.at or now) for one in opening]
    return brakes.find(sql, who)


def fresh(batch: Sequence[Arrival], found: threads.Threads) -> list[Arrival]:
    """Those that begin something, as far as one can tell before they are taken in."""
    return [
        arrival
        for arrival in batch
        if found.ticket(arrival) is None
        and arrival.automatic is None
        and not arrival.imported
        and arrival.channel not in KEYED
    ]


def take_up_whole(sql: Cursor, tickets: Sequence[int], now: datetime) -> dict[int, Case]:
    """As `take_up`, with the tickets that these were merged into while they were looked for."""
    cases = take_up(sql, tickets, now)
    while missing := {case.row["merged_into_id"] for case in cases.values()} - {None, *cases}:
        cases |= take_up(sql, sorted(missing), now)
    return cases


def hold_raws(sql: Cursor, batch: Sequence[Arrival]) -> tuple[set[int], set[int]]:
    """Lock the raw inputs of the batch. Returns those that another worker finished after a lease ran out, and those
    whose very bytes were taken in before.
    """
    held = sorted(arrival.raw_id for arrival in batch if arrival.raw_id is not None)
    rows_ = sql.execute(HOLD_RAWS, {"ids": held}).fetchall() if held else []
    finished = {row["id"] for row in rows_ if row["state"] != "pending"}
    return finished, {row["id"] for row in rows_ if row["again"]}


def take(intake: Intake, arrival: Arrival) -> Taken:
    """Decide what an arrival is: a repeat, part of a conversation, or a new ticket."""
    if arrival.key is not None and keys.place(arrival) in intake.by_key:
        first, taken = intake.by_key[keys.place(arrival)]
        assert first.key is not None
        keys.same_answer(arrival, first.key.body_sha256)
        return taken
    taken = take_new(intake, arrival)
    if arrival.key is not None:
        intake.by_key[keys.place(arrival)] = (arrival, taken)
    return taken


def take_new(intake: Intake, arrival: Arrival) -> Taken:
    if arrival.raw_id in intake.finished:
        return Taken("duplicate", reason=TAKEN_BEFORE)
    same = [] if arrival.recovered else copies(intake, arrival)
    if same and elsewhere(intake, arrival, same):
        return open_ticket(intake, arrival, copy_of=same[0].ticket)
    if same:
        ticket = next((one.ticket for one in same if one.queue == queue_of(intake, arrival)), same[0].ticket)
        return placed("duplicate", ticket, ARRIVED_BEFORE)
    if arrival.raw_id in intake.repeats and not arrival.recovered:
        return Taken("duplicate", reason=TAKEN_AND_GONE)
    case = continued(intake, arrival) if arrival.proved else None
    if case is not None and not too_late(intake, case, arrival):
        return join(intake, case, arrival)
    machine = answers_nothing(arrival.automatic, arrival.bounce_of is not None)
    if machine is not None:
        return Taken("quarantined", reason=machine)
    storm = stormy(intake, arrival)
    if storm is not None:
        return placed("quarantined", storm.ticket, storm.reason)
    return open_ticket(intake, arrival, case)


def placed(disposition: str, ticket: Case | int, reason: str) -> Taken:
    """What adds nothing to a ticket but hangs on it; the ticket may be as new as the batch."""
    if isinstance(ticket, Case):
        return Taken(disposition, ticket, reason=reason)
    return Taken(disposition, reason=reason, ticket=ticket)


def stormy(intake: Intake, arrival: Arrival) -> brakes.Storm | None:
    if arrival.channel != "email" or arrival.imported or arrival.recovered:
        return None
    return intake.brakes.storm(mail_of(intake, arrival))


def mail_of(intake: Intake, arrival: Arrival) -> brakes.Mail:
    """What the brakes count of it."""
    if id(arrival) not in intake.counted:
        sender = brakes.Sender(intake.known[requesters.normalised(arrival.requester)], arrival.proved)
        shape = brakes.shaped(arrival.subject, brakes.worded(arrival.text))
        intake.counted[id(arrival)] = brakes.Mail(sender, arrival.at or intake.now, shape)
    return intake.counted[id(arrival)]


def open_ticket(
    intake: Intake, arrival: Arrival, follows: Case | None = None, copy_of: Case | int | None = None
) -> Taken:
    """A new ticket; `follows` is the one that this comes too late for, `copy_of` that of the same mail elsewhere."""
    at = arrival.at or intake.now
    customer = intake.known[requesters.normalised(arrival.requester)]
    party = intake.parties[customer]
    understood = read(arrival.said)
    row = new_row(intake, arrival, party, understood, follows)
    case = Case(row, party, opened=True, twins=intake.cases)
    intake.order.append(case)
    told = noted(arrival, arrival.proved, () if copy_of else remarks(intake, arrival, follows))
    if follows is not None:
        case.links.append(Link("follow_up", follows))
        told |= {"follows": follows.row["id"]}
        told |= {} if may_open(intake, follows, arrival) else {"only_requester": True}
    if copy_of is not None:
        case.links.append(Link("related", copy_of))
    tired = arrival.channel == "email" and intake.brakes.answered_enough(customer, at)
    quiet = arrival.automatic is not None or not arrival.answerable or tired
    if arrival.channel == "email" and not arrival.recovered:
        intake.brakes.note(mail_of(intake, arrival), case)
    message = add_message(intake, case, arrival, understood, verified=arrival.proved, automatic=False)
    case.happen(
        Happening(
            events.TicketOpened(
                by="agent" if arrival.by_agent else "customer", alike=twins.told(intake.alike, arrival, intake.cases)
            ),
            at,
            actor="agent" if arrival.by_agent else "customer",
            agent=arrival.by_agent,
            message=engine_message(arrival, understood, message, automatic=quiet),
            data=told,
        )
    )
    return Taken("ticket", case, message)


def new_row(
    intake: Intake, arrival: Arrival, party: rows.Party, understood: TextReading, follows: Case | None
) -> dict[str, Any]:
    at = arrival.at or intake.now
    brand = brand_of(arrival, follows)
    return blank_row(
        subject=arrival.subject.strip() or "(no subject)",
        description=arrival.said,
        channel=arrival.channel,
        type=arrival.type,
        priority=arrival.priority,
        impact=arrival.impact,
        urgency=arrival.urgency,
        category=arrival.category,
        tags=sorted({*arrival.tags, *([brand["tag"]] if brand and brand["tag"] else ())}),
        fields=dict(arrival.fields),
        language=arrival.language or understood.language,
        sentiment=understood.sentiment,
        customer_id=party.customer.id,
        organisation_id=party.organisation.id if party.organisation else None,
        by_agent=arrival.by_agent is not None,
        imported=arrival.imported,
        created_at=at,
        updated_at=at,
        last_customer_at=at,
        unanswered_since=at,
        brand_id=brand["id"] if brand else None,
        queue=queue_of(intake, arrival),
        arms=[] if arrival.imported else arms_of(intake, party),
        workflow_version=intake.live_version,
    )


def brand_of(arrival: Arrival, follows: Case | None) -> Mapping[str, Any] | None:
    """The one it came in for, else of the host it came in by, else of the ticket it follows."""
    home = house.house()
    followed = home.brand(follows.row["brand_id"]) if follows else None
    return home.brand(arrival.brand) or house.brand_at(arrival.host, home) or followed


def arms_of(intake: Intake, party: rows.Party) -> list[str]:
    return arms_for(workflows.version(intake.live_version), party, intake.stopped)


HOLD_RAWS = """
SELECT r.id, r.state, EXISTS (
    SELECT 1 FROM store_rawinput AS e
    WHERE e.sha256 = r.sha256 AND e.id <> r.id AND e.channel = r.channel AND e.state = 'done'
) AS again
FROM store_rawinput AS r WHERE r.id = ANY(%(ids)s) ORDER BY r.id FOR UPDATE OF r
"""
