"""A ticket's head, found for whoever looks: as far as they see it, without what their role hides."""

from __future__ import annotations

from django.utils.translation import gettext as _

from deskwright.desk import audit
from deskwright.desk.errors import NotFound
from deskwright.store.queries import ticket as queries
from deskwright.store.queries.inbox import Row
from deskwright.web.look import Look


def found(look: Look, number: int) -> Row:
    """The ticket's head; that it was looked at is noted. Raises NotFound for one not there, or not to be seen."""
    head = queries.head(number, look.visible)
    if head is None:
        raise NotFound(_("There is no ticket #%(number)s, or it is not yours to see.") % {"number": number})
    audit.looked(look.actor, "ticket.seen", f"ticket:{number}", now=look.now)
    return look.veil.row(head)
