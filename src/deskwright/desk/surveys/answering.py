"""A customer's answer to a survey: what its page shows, and the answer itself, which the workflow hears as an event.

Opening a page records nothing. One answer for each time a ticket was solved; it may be changed until it expires.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk.cases import Case, Happening
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.step import step
from deskwright.desk.surveys import links
from deskwright.desk.working import take_up_one
from deskwright.engine.events import SurveyAnswered
from deskwright.store import facts as rows
from deskwright.store.connection import cursor, deed

Cursor = psycopg.Cursor[dict[str, Any]]
Row = Mapping[str, Any]
LONGEST: Final = 4000

OPEN, ANSWERED, EXPIRED, REOPENED = "open", "answered", "expired", "reopened"
ENDED: Final = {
    EXPIRED: "This survey has ended. Thank you for looking in; simply reply to our last mail to tell us something.",
    REOPENED: "Your ticket is open again, so there is nothing to rate yet. We will ask once it is solved.",
}


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the page of a survey needs. `standing` is open, answered (may be changed), expired or reopened."""

    ticket: int
    subject: str
    standing: str
    csat: int | None
    comment: str
    expires_at: datetime


def invitation(token: str, *, now: datetime) -> Invitation:
    """The survey as it stands. Raises NotFound for a link this desk has not made."""
    row = cursor().execute(f"{SURVEY} WHERE survey.id = %(id)s", {"id": links.survey_of(token)}).fetchone()
    if row is None:
        raise NotFound(_("There is no such survey any more."))
    return invited(row, now)


def invited(row: Row, now: datetime) -> Invitation:
    standing = standing_of(row, now)
    return Invitation(row["ticket_id"], row["subject"], standing, row["csat"], row["comment"], row["expires_at"])


def standing_of(row: Row, now: datetime) -> str:
    if row["current"] is None or row["reopened"] != row["cycle"]:
        return REOPENED
    if row["expires_at"] <= now:
        return EXPIRED
    return ANSWERED if row["state"] == "answered" else OPEN


def answer(token: str, csat: int, comment: str = "", *, now: datetime) -> Invitation:
    """Take the rating (1 to 5) with what the customer says about it. The same answer twice is one.

    Raises NotFound, Invalid, and Conflict when the survey has expired or the ticket is open again.
    """
    said = checked(csat, comment)
    number = links.survey_of(token)
    with deed() as sql:
        case = take_up_one(sql, ticket_of(sql, number), now)
        row = sql.execute(f"{SURVEY} WHERE survey.id = %(id)s FOR UPDATE OF survey", {"id": number}).fetchone()
        assert row is not None
        standing = standing_of(row, now)
        if standing in ENDED:
            raise Conflict(ENDED[standing])
        if (row["csat"], row["comment"]) != (csat, said):
            tell(sql, case, row, SurveyAnswered(csat, said, ran_before(sql, row)), now)
            sql.execute(KEEP, {"id": number, "csat": csat, "comment": said, "now": now})
        return Invitation(row["ticket_id"], row["subject"], ANSWERED, csat, said, row["expires_at"])


def checked(csat: int, comment: str) -> str:
    """The comment as it is kept. Raises Invalid."""
    said = comment.replace("\x00", "").strip()
    if csat not in links.RATINGS:
        raise Invalid(_("Please choose one of the five ratings."), {"rating": "must be 1 to 5"})
    if len(said) > LONGEST:
        raise Invalid(
            _("Please say it in at most %(longest)s characters.") % {"longest": f"{LONGEST:,}"}, {"comment": "too long"}
        )
    return said


def ticket_of(sql: Cursor, survey: int) -> int:
    row = sql.execute("SELECT ticket_id FROM store_survey WHERE id = %(id)s", {"id": survey}).fetchone()
    if row is None:
        raise NotFound(_("There is no such survey any more."))
    return int(row["ticket_id"])


def tell(sql: Cursor, case: Case, row: Row, event: SurveyAnswered, now: datetime) -> None:
    """Let the workflow hear of it."""
    data = {"survey": row["name"], "survey_id": row["id"]} | ({"before": row["csat"]} if row["csat"] else {})
    case.happen(Happening(event, now, "customer", data=data))
    step(sql, [case], rows.present(sql).desk)


def ran_before(sql: Cursor, row: Row) -> tuple[str, ...]:
    """Automations that earlier answers to this survey have run."""
    found = sql.execute(RAN, {"ticket": row["ticket_id"], "survey": row["id"]})
    return tuple(sorted(one["rule"] for one in found))


SURVEY = """
SELECT survey.*, ticket.subject, ticket.survey AS current, ticket.reopen_count AS reopened
FROM store_survey AS survey JOIN store_ticket AS ticket ON ticket.id = survey.ticket_id
"""
KEEP = """
UPDATE store_survey SET state = 'answered', csat = %(csat)s, comment = %(comment)s, answered_at = %(now)s
WHERE id = %(id)s
"""
RAN = """
SELECT DISTINCT effect ->> 'rule' AS rule
FROM store_ticketevent AS event, jsonb_array_elements(event.data -> 'effects') AS effect
WHERE event.ticket_id = %(ticket)s AND event.kind = 'survey_answered'
  AND (event.data ->> 'survey_id')::bigint = %(survey)s AND effect ->> 'effect' = 'RanAutomation'
"""
