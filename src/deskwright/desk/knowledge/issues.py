"""Known issues on the status page: said, told anew, withdrawn. A ticket is the issue; its words here are for customers.

Nothing of the ticket but its standing is shown: whatever customers read was written for them.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.settings.saving import saved
from deskwright.desk.tickets import linking
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store.connection import deed
from deskwright.store.models import Agent, KnownIssue

RIGHT: Final = "knowledge:publish"
LONGEST: Final = 10_000
SHOWN_FOR: Final = timedelta(days=7)
"""How long a solved issue stays on the page."""


def publish(actor: Agent, ticket: int, title: str, text: str, *, now: datetime) -> None:
    """Show the ticket on the status page in these words, or say it anew. Raises NotFound, Forbidden, Invalid."""
    access.allow(actor, RIGHT)
    access.ticket_for(actor, ticket, "see")
    title, text = title.replace("\x00", "").strip(), text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not title or len(title) > 200:
        says = _("A title of at most 200 signs is needed.")
        raise Invalid(says, {"title": says})
    if len(text) > LONGEST:
        says = _("At most %(number)s characters.") % {"number": LONGEST}
        raise Invalid(says, {"text": says})
    with deed() as sql:
        words = {"title": title, "text": text, "updated_at": now, "agent": actor, "withdrawn_at": None}
        issue, _new = KnownIssue.objects.get_or_create(ticket_id=ticket, defaults={**words, "published_at": now})
        before = {"title": issue.title, "text": issue.text}
        if issue.withdrawn_at is not None:
            words["published_at"] = now
        KnownIssue.objects.filter(pk=issue.pk).update(**words)
        after = {"title": title, "text": text}
        saved(
            sql, actor, "issue.published", f"#{ticket}", now=now, before=before if before != after else {}, after=after
        )


def withdraw(actor: Agent, ticket: int, *, now: datetime) -> None:
    """Customers read of it no more. Raises NotFound, Forbidden."""
    access.allow(actor, RIGHT)
    access.ticket_for(actor, ticket, "see")
    with deed() as sql:
        if not KnownIssue.objects.filter(ticket=ticket, withdrawn_at=None).update(withdrawn_at=now):
            raise NotFound(_("Customers do not read of this ticket."))
        saved(sql, actor, "issue.withdrawn", f"#{ticket}", now=now)


def concern(ticket: int, issue: int, *, now: datetime) -> None:
    """Somebody says that it is this issue: their ticket is an incident of its problem, and is answered with the others.

    Nothing happens when the issue was solved or withdrawn meanwhile, or when the two are linked already.
    """
    known = current().filter(pk=issue).first()
    if known is None or known.ticket_id == ticket:
        return
    with suppress(Conflict, Invalid):
        linking.link(None, ticket, known.ticket_id, linking.INCIDENT, now=now)


def of_ticket(ticket: int) -> KnownIssue | None:
    """What customers read of the ticket now."""
    return KnownIssue.objects.filter(ticket=ticket, withdrawn_at=None).first()


def current() -> QuerySet[KnownIssue]:
    """Those that are not solved, the latest words first."""
    found = KnownIssue.objects.filter(withdrawn_at=None, ticket__status__in=LIVE_STATUSES)
    return found.order_by("-updated_at", "-id")


def lately_solved(now: datetime) -> QuerySet[KnownIssue]:
    """Those solved within the last days."""
    found = KnownIssue.objects.filter(~Q(ticket__status__in=LIVE_STATUSES), withdrawn_at=None)
    found = found.filter(ticket__solved_at__gt=now - SHOWN_FOR)
    return found.select_related("ticket").order_by("-ticket__solved_at", "-id")
