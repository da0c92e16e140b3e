"""What a mail is by itself, before any ticket is looked at: who wrote it, and whether it can begin something.

Pure: no database, no settings. The intake and the dry run say the same because both ask here.
"""

from __future__ import annotations

from typing import Final

from deskwright.channels.contract import Address, Incoming
from deskwright.engine.saying import _

NOBODY: Final = Address("Mail system", "mailer-daemon@invalid")
"""Who a report without a sender is from."""
NO_SENDER: Final = _("the mail names no sender")
LOOP: Final = _("the mail comes from an address of this desk (a loop)")


def author(mail: Incoming, named: str | None = None) -> Address | None:
    """Who really wrote, where a mailing list put its own name into From; `named` is a person's word for it."""
    sender = Address("", named) if named else mail.original_from or mail.from_
    if sender is None and mail.bounce is not None:
        return NOBODY
    return sender if sender is not None and "@" in sender.email else None


def answers_nothing(automatic: str | None, bounced: bool) -> str | None:
    """Why automatic mail that belongs to no ticket opens none; None when it may open one."""
    if not bounced and not (automatic or "").startswith("auto-replied"):
        return None
    return _("automatic mail that answers nothing here (%(machine)s)", machine=automatic or "bounce")


def same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses are the same mailbox; with or without something after a plus sign."""
    return plain(one) == plain(other)


def plain(address: str) -> str:
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
