"""What becomes of mails, in plain words: why one did not arrive, why nothing is sent to an address."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskwright.channels.email import reasons
from deskwright.desk.outbox import kinds
from deskwright.desk.said import in_english

REASONS: Final[dict[str, Promise]] = {
    reasons.NO_MAILBOX: _("there is no such mailbox"),
    reasons.NO_DOMAIN: _("what stands after the @ takes no mail"),
    reasons.FULL: _("the mailbox is full"),
    reasons.TOO_LARGE: _("the mail is too large for the other side"),
    reasons.UNWANTED: _("a filter of the other side does not want it"),
    reasons.NOT_PROVED: _("the other side could not tell that the mail is ours; see the page “Sending domains”"),
    reasons.TOO_MANY: _("the other side takes no more mails for now"),
    reasons.UNREACHABLE: _("the mail server could not be reached"),
    reasons.SIGN_IN: _("the mail server does not take our sign-in"),
    reasons.UNKNOWN: _("the other side refused it"),
}
SUPPRESSED: Final[dict[str, Promise]] = {
    "bounce": _("mail to this address has come back"),
    "complaint": _("its owner has called our mail spam"),
    "unsubscribed": _("its owner wants no more mail"),
    "agent": _("somebody of the desk wants it so"),
}
OF_A_KIND: Final[dict[str, Promise]] = {
    kinds.SURVEY: _("surveys"),
    kinds.PROACTIVE: _("mail nobody has asked for"),
    kinds.BROADCAST: _("mail that goes to many"),
}
"""Kind of mail -> what is not sent to an address."""
MACHINES: Final[dict[str, Promise]] = {
    "auto-replied": _("an answer of a machine"),
    "auto-generated": _("written by a machine"),
    "bulk": _("sent to many"),
    "list": _("of a mailing list"),
    "bounce": _("a mail that came back"),
    "out of office": _("out of office"),
    "no return path": _("no way back to its sender"),
    "mail system": _("a mail server"),
    "read receipt": _("it was read"),
    "answer to an invitation": _("answer to an invitation"),
}
"""What a mail no human wrote is, and how that is known; what is not here is the name of a header."""
STATES: Final[dict[str, tuple[str, Promise]]] = {
    "due": ("hourglass", _("Waiting")),
    "sending": ("send", _("Being sent")),
    "sent": ("check-check", _("Sent")),
    "failed": ("octagon-alert", _("Failed")),
    "bounced": ("undo-2", _("Came back")),
    "withheld": ("hand", _("Withheld")),
    "cancelled": ("x", _("Given up")),
}


def why(said: str, status: str = "") -> str:
    """Why a mail did not arrive, from what a server or we said, as its column keeps it."""
    return str(REASONS[reasons.reason(in_english(said), status)])


def machine(kind: str) -> str:
    """`auto-replied: out of office` in words."""
    return ": ".join(str(MACHINES.get(part, part)) for part in kind.split(": "))


def suppressed(because: str) -> str:
    return str(SUPPRESSED.get(because, because))
