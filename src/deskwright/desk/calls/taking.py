"""What one event of a call does. Events may come twice, late or in any order: the row knows what has happened already.

A missed call opens a ticket to call back, one that was answered is written down on its ticket when it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.channels.telephony import values
from deskwright.channels.telephony.values import CallEvent
from deskwright.desk.arriving.arrivals import File
from deskwright.desk.calls import keeping, writing
from deskwright.desk.texting import media
from deskwright.store.connection import deed
from deskwright.store.models import Call, Line

Cursor = psycopg.Cursor[dict[str, Any]]
OVER: Final = frozenset({"missed", "ended"})
PATIENT: Final = timedelta(days=1)
"""How long a recording waits for the end of its call."""


class Unfinished(Exception):
    """What is told has its place only when the call has ended; waiting for that is no failure."""


@dataclass(frozen=True, slots=True)
class Work:
    """One event with what it is worked on with. `at` is when it happened (UTC)."""

    sql: Cursor
    line: Line
    call: Call
    said: CallEvent
    at: datetime
    now: datetime
    files: tuple[File, ...] = ()
    missing: str = ""
    late: bool = False
    """It has waited so long for the call's end that none will come."""


def take(line: Line, said: CallEvent, row: Mapping[str, Any], now: datetime, fetch: media.Fetch) -> None:
    """Take in one raw event. Raises Unfinished, media.NotYet, and what keeps it from being taken in."""
    known = Call.objects.filter(line=line, call_id=said.call).first()
    late = now - row["received_at"] >= PATIENT
    if known is not None and said.what in {values.RECORDING, values.TRANSCRIPT} and not late:
        refuse_unfinished(known)
    files, missing = media.files(line, [said.media] if said.media else [], row["attempts"], fetch)
    at = min(said.at or row["received_at"], row["received_at"])
    with deed() as sql:
        call = keeping.hold(line, said, at)
        STEPS[said.what](Work(sql, line, call, said, at, now, files, missing, late))
        call.save()
        sql.execute(DONE, {"id": row["id"], "ticket": call.ticket_id})
        keeping.announce()


def rings(work: Work) -> None:
    """The row says it all: screens ask for the calls that ring now."""


def is_answered(work: Work) -> None:
    call = work.call
    call.answered_at = min(call.answered_at or work.at, work.at)
    if call.state == "missed":
        call.state = "ended" if call.ended_at else "answered"
        writing.was_answered(work.sql, call, work.now)
    elif call.state == "ringing":
        call.state = "answered"


def is_missed(work: Work) -> None:
    """Nothing for a call that somebody has answered: it was missed on another phone."""
    call = work.call
    if call.state in OVER or call.answered_at is not None:
        return
    call.state, call.ended_at = "missed", work.at
    if call.outgoing:
        writing.not_reached(work.sql, call, work.now)
    elif call.ticket_id is None:
        writing.to_call_back(work.line, call, work.at, work.now)


def has_ended(work: Work) -> None:
    """An end without an answer is a missed call; an end that shows there was one is the answer, too."""
    call = work.call
    if call.answered_at is None and not work.said.spoken:
        is_missed(work)
        return
    if call.state == "ended" and call.seconds is not None:
        return
    seconds = work.said.seconds
    call.ended_at = work.at
    if seconds is None:
        seconds = int((work.at - call.answered_at).total_seconds()) if call.answered_at else 0
    call.seconds = max(0, seconds)
    call.answered_at = call.answered_at or work.at - timedelta(seconds=call.seconds)
    again, call.state = call.state == "missed", "ended"
    if again:
        writing.was_answered(work.sql, call, work.now)
    writing.spoke(work.sql, work.line, call, work.now)


def is_recorded(work: Work) -> None:
    """Of a call that nobody answered it is the caller's voicemail; else what both said, for the desk alone."""
    if work.call.answered_at is None and not work.call.outgoing:
        left_voicemail(work)
        return
    note_recording(work)


def note_recording(work: Work) -> None:
    """Raises Unfinished. A call whose end nobody has told for a day is over."""
    call, missing = work.call, work.missing
    if work.late and unfinished(call):
        call.state, call.ended_at = "ended", work.at
        remark = _("The telephone system never told that this call has ended.")
        missing = "\n\n".join(part for part in (missing, remark) if part)
    refuse_unfinished(call)
    writing.with_ticket(work.sql, work.line, call, work.now)
    writing.recording(work.sql, call, work.said, (work.files, missing), work.now)


def refuse_unfinished(call: Call) -> None:
    """Raises Unfinished for a talk that goes on and has no ticket yet."""
    if unfinished(call):
        raise Unfinished("the call has not ended")


def unfinished(call: Call) -> bool:
    return call.state not in OVER and call.ticket_id is None and (call.answered_at is not None or call.outgoing)


def left_voicemail(work: Work) -> None:
    call = work.call
    writing.voicemail(work.line, call, work.said, (work.files, work.missing), (work.at, work.now))
    if call.state not in OVER:
        call.state, call.ended_at = "missed", work.at


def is_written(work: Work) -> None:
    """A transcript: the caller's words where they spoke to nobody, else a note."""
    if work.call.answered_at is None and not work.call.outgoing:
        left_voicemail(work)
        return
    note_recording(work)


STEPS: Final[Mapping[str, Callable[[Work], None]]] = {
    values.RINGING: rings,
    values.ANSWERED: is_answered,
    values.MISSED: is_missed,
    values.ENDED: has_ended,
    values.VOICEMAIL: left_voicemail,
    values.RECORDING: is_recorded,
    values.TRANSCRIPT: is_written,
}
DONE: Final = """
UPDATE store_rawinput SET state = 'done', disposition = 'call', ticket_id = %(ticket)s, due_at = NULL WHERE id = %(id)s
"""
