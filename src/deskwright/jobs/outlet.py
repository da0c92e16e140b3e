"""Where things leave: mail by its server or its console twin, messages by their providers, webhooks by HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from deskwright.channels import posting
from deskwright.channels.console import Console
from deskwright.channels.contract import Deferred, Outcome, Outgoing, Parcel, Refused, Text
from deskwright.channels.email.smtp import SmtpSettings, Visit
from deskwright.channels.posting import Answer, File
from deskwright.desk import clock
from deskwright.desk.domains import keys
from deskwright.desk.lines import ways
from deskwright.desk.outside import reach
from deskwright.desk.settings import mail
from deskwright.desk.settings.sealing import Unreadable
from deskwright.engine.saying import _
from deskwright.store.models import Line

LONG_ANSWER: Final = 512 * 1024
PRINTED: Final = Console()
LARGEST: Final = 20 * 1024 * 1024
"""Bytes of one file that comes along with a message or a call."""


@contextmanager
def visiting() -> Iterator[Callable[[Parcel], Outcome]]:
    """How a batch of mails is sent: each by the server that is set at its moment, by one connection to it."""
    visits: dict[SmtpSettings, Visit] = {}

    def send(outgoing: Parcel) -> Outcome:
        assert isinstance(outgoing, Outgoing)
        try:
            server = mail.smtp_settings()
        except Unreadable as reason:
            return Deferred(str(reason), server=True)
        if server is None:
            return PRINTED.send(outgoing)
        return visits.setdefault(server, Visit(server, keys.signed)).send(outgoing)

    try:
        yield send
    finally:
        for visit in visits.values():
            visit.close()


def send_text(parcel: Parcel) -> Outcome:
    """How a message ended, by the provider of its line."""
    assert isinstance(parcel, Text)
    line = Line.objects.filter(pk=parcel.line, active=True).first()
    if line is None:
        return Refused(_("The line it would leave by is not connected any more."))
    try:
        return ways.way_out(line, ask, clock.now()).send(parcel)
    except Unreadable as reason:
        return Deferred(str(reason))


def ask(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """What a provider answered. Raises posting.Unreachable."""
    return posting.ask(method, url, body, headers, **reach(), most=LONG_ANSWER)


def fetch(url: str, headers: Mapping[str, str]) -> File:
    """A file a provider keeps. Raises posting.Unreachable."""
    return posting.fetch(url, headers, LARGEST, **reach())


def post_webhook(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """What the receiver answered. Raises posting.Unreachable."""
    return posting.ask("POST", url, body, headers, **reach())
