"""Tries a line out: does its provider know us, and does a message really leave. What goes wrong is an answer, too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django.utils.translation import gettext as _

from deskwright.channels import posting
from deskwright.channels.contract import Sent, Text
from deskwright.channels.telephony import numbers
from deskwright.channels.telephony.sending import Twilio
from deskwright.desk.errors import Invalid
from deskwright.desk.lines import ways
from deskwright.desk.outside import reach
from deskwright.desk.said import said
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.sealing import Unreadable
from deskwright.store.models import Agent, Line

RIGHT: Final = "channels:manage"


@dataclass(frozen=True, slots=True)
class Tried:
    well: bool
    says: str


def account(actor: Agent, line: Line) -> Tried:
    """Whether the provider takes the credentials. Raises Forbidden."""
    require(actor, RIGHT)
    if line.provider != "twilio":
        return Tried(True, _("Nothing to ask: this provider posts to us. Type a number to send a message to."))
    try:
        way = ways.way_out(line, ask, line.created_at)
        assert isinstance(way, Twilio)
        url = f"{way.api}/2010-04-01/Accounts/{way.account}.json"
        answer = ask("GET", url, b"", way.headers)
    except (posting.Unreachable, Unreadable) as reason:
        return Tried(False, said(str(reason)))
    if answer.good:
        return Tried(True, _("The provider knows this account."))
    return Tried(False, said(way.ended(answer).reason))  # type: ignore[union-attr]  # no answer that is not good is `Sent`


def message(actor: Agent, line: Line, to: str, *, now: datetime) -> Tried:
    """Send a message by the line, now. Raises Forbidden, and Invalid for what is no number."""
    require(actor, RIGHT)
    try:
        number = numbers.e164(to, numbers.region_of(line.number))
    except ValueError:
        raise Invalid(_("A number is written with its country: +49 30 1234567.")) from None
    channel = "whatsapp" if line.whatsapp and not line.sms else "sms"
    words = _("A test message of your desk.")
    text = Text(channel, line.number, number, words, f"test-{uuid4().hex}", now, line.pk)
    try:
        outcome = ways.way_out(line, ask, now).send(text)
    except Unreadable as reason:
        return Tried(False, said(str(reason)))
    if isinstance(outcome, Sent):
        return Tried(True, _("The message was taken (%(reply)s).") % {"reply": outcome.reply})
    return Tried(False, said(outcome.reason))


def ask(method: str, url: str, body: bytes, headers: Any) -> posting.Answer:
    return posting.ask(method, url, body, headers, **reach())
