"""What a line's provider posts: read at the door, so that it hears what is wrong; kept raw; worked off behind it.

How a message of ours does is written down at once. Calls and messages are journaled first and never lost.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

from deskwright.channels.telephony import plain, twilio
from deskwright.channels.telephony.values import PHONE, TEXTS, CallEvent, TextCame, TextStatus, Unreadable
from deskwright.desk.arriving import intake
from deskwright.desk.calls import taking as calls
from deskwright.desk.errors import Invalid
from deskwright.desk.lines import ways
from deskwright.desk.lines.door import NOTED_EVERY
from deskwright.desk.texting import media, receiving, statuses
from deskwright.engine import saying
from deskwright.store.connection import deed, from_json
from deskwright.store.models import Line
from deskwright.store.outage import AWAY

Said = CallEvent | TextCame | TextStatus
CHANNELS: Final = (PHONE, *TEXTS)
LATER: Final = timedelta(minutes=1)
"""When something that waits for its call's end is looked at again."""

log = logging.getLogger("deskwright.lines")


@dataclass(frozen=True, slots=True)
class Post:
    """One post, proved to be the provider's. `question` is the query string."""

    what: str
    body: bytes
    question: str = ""


def take(line: Line, post: Post, now: datetime) -> None:
    """Keep it; durable when this returns. Raises Invalid for what cannot be read."""
    try:
        said = read(line, post)
    except Unreadable as wrong:
        raise Invalid(str(wrong), {wrong.name: str(wrong)} if wrong.name else {}) from wrong
    with deed() as sql:
        sql.execute(RECEIVED, {"id": line.pk, "now": now, "before": now - NOTED_EVERY})
    if isinstance(said, TextStatus):
        statuses.told(line.pk, said, now)
    elif said is not None:
        envelope = {"line": line.pk, "what": post.what, "question": post.question}
        intake.journal(PHONE if isinstance(said, CallEvent) else said.channel, envelope, post.body, now)


def fields(post: Post) -> dict[str, str]:
    """The parameters of the address it was posted to, and of the form, which goes before. Raises Unreadable."""
    return asked(post) | twilio.form(post.body)


def asked(post: Post) -> dict[str, str]:
    """The parameters of the address it was posted to. Raises Unreadable."""
    try:
        return dict(parse_qsl(post.question, max_num_fields=20))
    except ValueError as trouble:
        raise Unreadable("", f"The address cannot be read: {trouble}") from trouble


def read(line: Line, post: Post) -> Said | None:
    """What it says; None for what is of no consequence. Raises Unreadable."""
    if line.provider == "twilio":
        values = fields(post)
        if post.what == ways.STATUS:
            return twilio.text_status(values, asked(post).get("of", ""))
        if post.what == ways.VOICE:
            return twilio.voice_event(values)
        return twilio.call_event(values) if post.what == ways.CALLS else twilio.text_came(values)
    if post.what == ways.VOICE:
        raise Unreadable("", "Calls of this line are answered by its own telephone system.")
    said = plain.document(post.body)
    if post.what == ways.STATUS:
        of = asked(post).get("of")
        return plain.status({**({"reference": of} if of else {}), **said})
    return plain.call_event(said, line.number) if post.what == ways.CALLS else plain.message(said, line.number)


def work_off(now: datetime, limit: int, fetch: media.Fetch) -> int:
    """Take in what was kept, each by itself, oldest first. Returns how many were looked at."""
    claimed = intake.claim(now, limit, CHANNELS)
    for row in sorted(claimed, key=lambda row: row["id"]):
        if row["attempts"] > intake.ATTEMPTS:
            intake.quarantine(row["id"], saying._("it could not be processed in five attempts"), now)
            continue
        try:
            work(row, now, fetch)
        except AWAY:
            raise
        except calls.Unfinished:
            with deed() as sql:
                sql.execute(WAITS, {"id": row["id"], "due": now + LATER})
        except media.NotYet as reason:
            log.info("Raw input %s waits: %s", row["id"], reason)
        except Exception:
            log.exception("Raw input %s could not be taken in; it is tried again", row["id"])
    return len(claimed)


def work(row: Mapping[str, Any], now: datetime, fetch: media.Fetch) -> None:
    envelope = from_json(row["envelope"])
    line = Line.objects.filter(pk=envelope["line"]).first()
    if line is None:
        intake.quarantine(row["id"], saying._("its line is not connected any more"), now)
        return
    said = read(line, Post(envelope["what"], bytes(row["body"]), envelope.get("question", "")))
    if isinstance(said, TextCame):
        receiving.take(line, said, row, now, fetch)
    elif isinstance(said, CallEvent):
        calls.take(line, said, row, now, fetch)


WAITS = "UPDATE store_rawinput SET attempts = attempts - 1, due_at = %(due)s WHERE id = %(id)s AND state = 'pending'"
RECEIVED = """
UPDATE store_line SET received_at = %(now)s
WHERE id = %(id)s AND (received_at IS NULL OR received_at < %(before)s OR received_at <= refused_at)
"""
