"""The mail that asks a customer how it went: its words in their language, its thread, its rows. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from deskwright.desk.answering import letters
from deskwright.desk.answering.threading import Thread
from deskwright.desk.answering.wording import worded
from deskwright.desk.cases import Case
from deskwright.desk.outbox import kinds
from deskwright.desk.surveys.links import RATINGS, url

LINK: Final = "…"
"""What stands for a link on the ticket's timeline: an agent must not be able to answer for the customer."""


def write(case: Case, survey: int, row_id: int, thread: Thread, at: datetime) -> None:
    """Put the mail on the case: a message on its timeline and a delivery that carries the links."""
    site = letters.site_of(case)
    subject, text, html = render(case, {f"link_{rating}": url(survey, rating, site) for rating in RATINGS})
    _, shown, _ = render(case, {f"link_{rating}": LINK for rating in RATINGS})
    mail_id = letters.outgoing_id(case.row["id"], f"m{row_id}")
    message = letters.message_row(case, row_id, "automatic", shown, at, mail_id)
    message["recipients"] |= {"about": "survey"}
    thread = replace(thread, subject=subject)
    case.messages.append(message)
    case.deliveries += letters.delivery_rows(
        case, message, text, html, thread, auto="auto-generated", kind=kinds.SURVEY
    )


def render(case: Case, links: Mapping[str, str]) -> tuple[str, str, str]:
    """(subject, text, HTML), in the customer's language."""
    home = letters.house_of(case)
    known = {
        "name": case.party.customer.name or case.party.customer.email,
        "number": case.row["id"],
        "subject": case.row["subject"],
        "desk": home.name,
        **links,
    }
    return worded("survey", letters.language_of(case), known, home)
