"""Events about mails of ours, in sentences: lost on the way, held back, sent again, given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deskwright.web.mail_words import REASONS, why
from deskwright.web.telling import told
from deskwright.web.workspace.sentence import Data, Names, Sentence


def failed(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    text = _("A mail to %(who)s could not be delivered") % {"who": data.get("recipient", "")}
    yield Sentence("octagon-alert", text, reason(data), weight=9)


def withheld(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    text = _("A mail to %(who)s was not sent: nothing is sent to this address") % {"who": data.get("recipient", "")}
    yield Sentence("hand", text, told(data.get("said")), weight=9)


def returned(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    """A report that came in as a message; other messages of customers need no sentence."""
    report = data.get("returned") or {}
    if report.get("kind") == "failed":
        text = _("The mail to %(who)s came back") % {"who": report.get("recipient", "")}
        yield Sentence("undo-2", text, reason(report), weight=9)
    elif report.get("kind") == "complaint":
        text = _("%(who)s called our mail spam: nothing more is sent there") % {"who": report.get("recipient", "")}
        yield Sentence("octagon-alert", text, weight=9)


def resent(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    known = {"who": event.get("agent") or _("Somebody"), "to": data.get("to") or data.get("recipient", "")}
    if data.get("to") and data["to"] != data.get("recipient"):
        known["old"] = data.get("recipient", "")
        text = _("%(who)s sent the mail for %(old)s again, to %(to)s") % known
    else:
        text = _("%(who)s sent the mail to %(to)s again") % known
    yield Sentence("refresh-cw", text, weight=5)


def given_up(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    known = {"who": event.get("agent") or _("Somebody"), "to": data.get("recipient", "")}
    yield Sentence("x", _("%(who)s gave up the mail to %(to)s") % known, told(data.get("said")), weight=6)


def storm(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    text = ngettext(
        "%(count)s mail like this was set aside as part of a storm: the mail log has it",
        "%(count)s mails like this were set aside as part of a storm: the mail log has them",
        data.get("count", 0),
    )
    yield Sentence("archive", text % {"count": data.get("count", 0)}, weight=8)


def reason(data: Data) -> str:
    """The plain reason, then what the server said."""
    known, said = REASONS.get(str(data.get("reason"))), told(data.get("said"))
    plain = str(known) if known else why(said)
    return f"{plain} ({said})" if said else plain


EVENTS: Final[Mapping[str, Callable[[Data, Data, Names], Iterator[Sentence]]]] = {
    "mail_failed": failed,
    "mail_storm": storm,
    "mail_withheld": withheld,
    "mail_resent": resent,
    "mail_given_up": given_up,
}
