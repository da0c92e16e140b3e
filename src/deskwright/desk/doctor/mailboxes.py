"""The mailboxes that are fetched from: whether their servers answer, and whether every mail of theirs was taken in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from deskwright.desk.doctor.finding import Finding, broken, fine, warning
from deskwright.desk.doctor.work import said
from deskwright.desk.mailboxes.standing import stands_still, watched
from deskwright.desk.said import cut, in_english
from deskwright.engine.saying import _, ngettext

PLACE = "mailboxes"


def fetched(now: datetime) -> Iterator[Finding]:
    """Whether each is being fetched from."""
    for box in watched():
        if box.error and box.failing_since is not None:
            says = _(
                "%(box)s fails since %(failing_since)s: %(error)s",
                box=box.name,
                failing_since=said(box.failing_since),
                error=cut(in_english(box.error), 200),
            )
            yield broken("mailboxes", says, _("Test the connection on its page; mail waits on the server."), PLACE)
        elif stands_still(box, now):
            says = _("Nobody has fetched from %(box)s yet.", box=box.name)
            if box.looked_at:
                says = _(
                    "Nobody has fetched from %(box)s since %(looked_at)s.", box=box.name, looked_at=said(box.looked_at)
                )
            yield broken("mailboxes", says, _("Start `deskwright mail` (`deskwright run` does)."), PLACE)
        else:
            yield fine("mailboxes", _("%(box)s is fetched from.", box=box.name))


def complete(now: datetime) -> Iterator[Finding]:
    """Whether each server's mails were all taken in, by the last audit."""
    for box in watched():
        if box.missing:
            says = ngettext(
                "%(count)s mail on the server of %(box)s was never taken in.",
                "%(count)s mails on the server of %(box)s were never taken in.",
                box.missing,
                box=box.name,
            )
            yield warning("mail gaps", says, _("Fetch them on the page of the mailboxes."), PLACE)
        elif box.audited_at is not None:
            yield fine(
                "mail gaps",
                _(
                    "Every mail of %(box)s was taken in, as of %(audited_at)s.",
                    box=box.name,
                    audited_at=said(box.audited_at),
                ),
            )
