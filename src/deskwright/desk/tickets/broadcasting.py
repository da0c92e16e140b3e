"""One reply to all incidents of a problem: who would get it, sending it, each in their own conversation.

The replies wait before they leave, like any other, and can be taken back together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk import access, workflows
from deskwright.desk.answering import holding, replies
from deskwright.desk.errors import Invalid
from deskwright.desk.macros.using import refuse_drafts, values_of
from deskwright.desk.macros.variables import Rendered, rendered
from deskwright.desk.outbox.kinds import BROADCAST
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store import filters
from deskwright.store.connection import cursor, deed
from deskwright.store.models import Agent

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Letter:
    """What one customer would get. `text` has gaps where something is not known of them."""

    ticket: int
    subject: str
    customer: str
    email: str
    text: Rendered


def preview(actor: Agent, problem: int, text: str, *, now: datetime) -> list[Letter]:
    """Who would get which words, the oldest incident first; nothing is sent.

    Incidents that are done, or that the agent may not answer, are left out. Raises NotFound, Forbidden.
    """
    access.ticket_for(actor, problem, "reply")
    numbers = incidents(actor, problem)
    workflow, known = workflows.live(), filters.cases(numbers, now)
    letters = []
    for number in numbers:
        seen = known[number]
        words = rendered(text, values_of(actor, seen, workflow))
        email = access.veil(actor).masked(seen.customer.email)
        letters.append(Letter(number, seen.ticket.subject, seen.customer.name, email, words))
    return letters


def incidents(actor: Agent, problem: int) -> list[int]:
    """Live incidents of a problem that the agent may answer, oldest first."""
    can = access.reached(actor, "reply")
    seen = access.visible_tickets(actor)
    statement = INCIDENTS.format(visible=seen.sql, reached=can.sql)
    asked: dict[str, Any] = {"problem": problem, "live": sorted(LIVE_STATUSES), "most": MOST}
    return [row["id"] for row in cursor().execute(statement, asked | dict(seen.params) | dict(can.params))]


def broadcast(
    actor: Agent, problem: int, text: str, tickets: Sequence[int], *, now: datetime, solve: bool = False
) -> list[int]:
    """Send the words to these incidents of the problem, and solve them. Returns the replies on their way.

    Raises NotFound, Forbidden, and Invalid: no words, nobody to get them, a gap, a reply somebody is writing there.
    """
    words = replies.checked(text)
    letters = [letter for letter in preview(actor, problem, words, now=now) if letter.ticket in set(tickets)]
    if not letters:
        raise Invalid(_("No open incident of this problem was chosen."), {"ticket": "none"})
    gapped = [f"#{letter.ticket}" for letter in letters if letter.text.gaps]
    if gapped:
        raise Invalid(
            _("Something in the text is not known for %(words)s.") % {"words": ", ".join(gapped[:5])}, {"text": "a gap"}
        )
    refuse_drafts(actor, [letter.ticket for letter in letters])
    status = "solved" if solve else ""
    with deed():
        return [
            holding.send(actor, one.ticket, one.text.text, now=now, status=status, kind=BROADCAST) for one in letters
        ]


INCIDENTS = """
SELECT t.id FROM store_ticketlink AS l JOIN store_ticket AS t ON t.id = l.ticket_id
WHERE l.kind = 'incident' AND l.other_id = %(problem)s AND t.status = ANY(%(live)s) AND {visible} AND {reached}
ORDER BY t.id LIMIT %(most)s
"""
