"""How a mailbox stands: whether the server answered, since when it fails and why, and what was never taken in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from deskwright.desk.said import cut, kept
from deskwright.desk.settings.sealing import seal, unseal
from deskwright.store.connection import deed, from_json, to_json
from deskwright.store.models import Mailbox

OLD: Final = timedelta(minutes=15)
"""After so long without an answer a mailbox is said to stand still."""
AGAIN: Final = timedelta(minutes=1)
"""How often "it answered" is written at most."""
RENEWING: Final = 0x746F6B65
"""The first half of the advisory locks on the tokens of mailboxes ("toke")."""


def watched() -> list[Mailbox]:
    """The mailboxes that are to be fetched from."""
    return list(Mailbox.objects.filter(active=True).order_by("id"))


def answered(box: Mailbox, now: datetime) -> None:
    """The server answered, and everything it has was looked at."""
    if box.looked_at is not None and not box.error and now - box.looked_at < AGAIN:
        return
    Mailbox.objects.filter(pk=box.pk).update(looked_at=now, error="", failing_since=None)
    box.looked_at, box.error, box.failing_since = now, "", None


def failed(box: Mailbox, words: str, now: datetime) -> None:
    """It cannot be fetched from; in the server's words, or ours."""
    since, error = box.failing_since or now, kept(cut(words, 500))
    Mailbox.objects.filter(pk=box.pk).update(error=error, failing_since=since)
    box.error, box.failing_since = error, since


def audited(box: Mailbox, missing: int, now: datetime) -> None:
    """So many mails of the server were never taken in."""
    Mailbox.objects.filter(pk=box.pk).update(missing=missing, audited_at=now, fetch_missing=False)
    box.missing, box.audited_at, box.fetch_missing = missing, now, False


@contextmanager
def renewing(box: Mailbox) -> Iterator[None]:
    """Whoever renews the mailbox's tokens is alone with it, and `box` has its newest refresh token: providers take the
    old one back as they give a new one. Ends with the caller's deed where there is one.
    """
    with deed() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(%s, %s)", [RENEWING, box.pk])
        up_to_date(box)
        yield


def renewed(box: Mailbox, token: str) -> None:
    """The provider gave a new refresh token: the old one may hold no longer."""
    with deed():
        kept = Mailbox.objects.select_for_update().get(pk=box.pk)
        if kept.version == box.version:
            kept.secret = box.secret = seal(to_json(from_json(unseal(kept.secret)) | {"refresh_token": token}))
            kept.save(update_fields=["secret"])


def up_to_date(box: Mailbox) -> Mailbox:
    """The mailbox with its newest refresh token: whoever else signs in by it may have been given one meanwhile."""
    known = Mailbox.objects.filter(pk=box.pk, version=box.version).values_list("secret", flat=True).first()
    box.secret = box.secret if known is None else known
    return box


def stands_still(box: Mailbox, now: datetime) -> bool:
    """Whether nobody has had an answer from its server for too long."""
    return box.active and now - (box.looked_at or box.created_at) > OLD
