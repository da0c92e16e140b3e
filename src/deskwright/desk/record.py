"""Turns settled cases into rows and writes them: ids, letters, loads, announcement, one statement.

The caller's deed commits. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import psycopg

from deskwright.channels.telephony.values import TEXTS
from deskwright.desk.answering import acknowledging, following, telling
from deskwright.desk.answering.letters import Acknowledgement, NoticeByMail, notice_delivery
from deskwright.desk.cases import Case, Link, carried
from deskwright.engine.altering import taken_apart
from deskwright.store import live, writes
from deskwright.store.columns import MOVING
from deskwright.store.writes import Batch

Cursor = psycopg.Cursor[dict[str, Any]]


KEEP: Final[Mapping[str, str]] = {
    "preferred_channel": "UPDATE store_customer SET preferred_channel = %(value)s WHERE id = %(customer)s",
    "away_until": "UPDATE store_customer SET away_until = %(value)s WHERE id = %(customer)s",
}
"""What rules may set of a customer, or a mail says of them, and how it is kept."""


def record(cursor: Cursor, cases: Sequence[Case], also: Callable[[Batch], None] | None = None) -> None:
    """Write what happened to the cases. `also` may add rows of its own once every ticket has its number."""
    batch = Batch()
    number(cursor, cases)
    following.tell(cursor, cases)
    telling.mail_too(cursor, cases)
    emails = agent_emails(cursor, [letter for case in cases for letter in case.letters])
    looking = acknowledging.Looking(cursor)
    for case in cases:
        write_letters(looking, case, emails)
        fill(batch, case)
    if also is not None:
        also(batch)
    batch.loads.extend(load_differences(cases))
    batch.work.extend(offers(batch.loads, cases))
    batch.announcement = live.announcement([case.row["id"] for case in cases], sorted(told(cases)))
    writes.write(cursor, batch)
    keep_of_customers(cursor, cases)


def keep_of_customers(cursor: Cursor, cases: Sequence[Case]) -> None:
    """What rules want to be known of customers, in the order of the cases. No statement where they want nothing."""
    for case in cases:
        for name, value in case.of_customer.items():
            cursor.execute(KEEP[name], {"customer": case.row["customer_id"], "value": value})


def number(cursor: Cursor, cases: Sequence[Case]) -> None:
    """Give new tickets, messages and events their ids, and letters a message each to be."""
    opened = [case for case in cases if case.row["id"] is None]
    rows = [message for case in cases for message in case.messages if message.get("id") is None]
    acknowledged = sum(isinstance(letter, Acknowledgement) for case in cases for letter in case.letters)
    events = sum(len(case.events) for case in cases)
    tickets, messages, event_ids = writes.take_ids(cursor, len(opened), len(rows) + acknowledged, events)
    for case, ticket in zip(opened, tickets, strict=True):
        case.set(id=ticket)
    for row, message in zip(rows, messages, strict=False):
        row["id"] = message
    spare = iter(messages[len(rows) :])
    ids = iter(event_ids)
    for case in cases:
        case.letter_rows = [next(spare) for letter in case.letters if isinstance(letter, Acknowledgement)]
        number_events(case, [next(ids) for _ in case.events])


def number_events(case: Case, ids: list[int]) -> None:
    for row, event in zip(case.events, ids, strict=True):
        follows = row.pop("follows")
        row.update(id=event, ticket_id=case.row["id"], cause=ids[follows] if follows is not None else None)


def write_letters(looking: acknowledging.Looking, case: Case, emails: Mapping[int, tuple[str, str]]) -> None:
    spare = iter(case.letter_rows)
    for letter in case.letters:
        if isinstance(letter, NoticeByMail):
            if letter.agent in emails:
                case.deliveries.append(notice_delivery(case.row, letter, *emails[letter.agent]))
        elif case.party.customer.email and case.row["channel"] not in TEXTS:
            acknowledging.write(looking, case, letter, next(spare))


def agent_emails(cursor: Cursor, letters: Iterable[Any]) -> dict[int, tuple[str, str]]:
    """agent -> (address, language)."""
    ids = sorted({letter.agent for letter in letters if isinstance(letter, NoticeByMail)})
    if not ids:
        return {}
    rows = cursor.execute(
        "SELECT id, email, interface_language FROM store_agent WHERE id = ANY(%s) AND is_active", [ids]
    )
    return {row["id"]: (row["email"], row["interface_language"]) for row in rows}


def fill(batch: Batch, case: Case) -> None:
    ticket = case.row["id"]
    if case.row["priority"] is None:
        case.set(priority="medium")
    if case.opened:
        batch.opened.append(case.row)
    elif case.touched:
        case.row["revision"] += 1
        batch.changed.append({name: case.row[name] for name in MOVING})
    batch.messages.extend(message | {"ticket_id": ticket} for message in case.messages)
    batch.attachments.extend(case.attachments)
    batch.events.extend(case.events)
    batch.clocks.extend(clock_row(ticket, case.clocks[place]) for place in sorted(case.changed_clocks))
    batch.deliveries.extend(case.deliveries)
    batch.notices.extend(notice | {"ticket_id": ticket} for notice in case.notices)
    version = {"ticket_id": ticket, "workflow_version": case.row["workflow_version"]}
    batch.automation_runs.extend(run | version for run in case.automation_runs)
    batch.links.extend(link_row(case, link) for link in case.links)
    fill_surveys(batch, case)
    if case.opened or case.messages or case.reworded:
        batch.work.append({"kind": "index_ticket", "subject": ticket, "due_at": case.row["updated_at"]})


def fill_surveys(batch: Batch, case: Case) -> None:
    ticket = case.row["id"]
    if case.survey_ended:
        batch.survey_ends.append({"ticket_id": ticket, "reason": case.survey_ended})
    if case.survey is not None:
        batch.surveys.append(case.survey | {"ticket_id": ticket})
        batch.work.append({"kind": "send_survey", "subject": ticket, "due_at": case.survey["due_at"]})


def link_row(case: Case, link: Link) -> dict[str, Any]:
    return {
        "kind": link.kind,
        "ticket_id": case.row["id"],
        "other_id": link.other if isinstance(link.other, int) else link.other.row["id"],
        "share": link.share,
        "because": link.because,
        "dismissed": False,
        "agent_id": link.agent,
        "created_at": case.row["updated_at"],
    }


def clock_row(ticket: int, clock: Any) -> dict[str, Any]:
    return {"ticket_id": ticket, **taken_apart(clock)}


def load_differences(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """What the deed moved between agents: units, tickets, given work and the last turn, summed over the cases."""
    moved: dict[int, list[float]] = {}
    for case in cases:
        after = carried(case.row)
        if case.carried == after and not case.turn:
            continue
        for (agent, units), sign in ((case.carried, -1), (after, 1)):
            if agent is not None:
                entry = moved.setdefault(agent, [0.0, 0, 0, 0.0])
                entry[0] += sign * units
                entry[1] += sign
        if after[0] is not None:
            moved[after[0]][2] = max(moved[after[0]][2], case.turn)
            moved[after[0]][3] += case.given
    return [
        {"agent_id": agent, "units": units, "tickets": tickets, "turn": turn, "given": given}
        for agent, (units, tickets, turn, given) in moved.items()
    ]


def offers(loads: Sequence[Mapping[str, Any]], cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Agents who carry less now may take what waits: due work of its own, behind this commit."""
    at = max((case.row["updated_at"] for case in cases), default=None)
    return [{"kind": "offer", "subject": load["agent_id"], "due_at": at} for load in loads if load["units"] < 0]


def told(cases: Sequence[Case]) -> set[int]:
    return {notice["agent_id"] for case in cases for notice in case.notices}
