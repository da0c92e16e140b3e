"""The mail listener: every mail handed in by SMTP or LMTP is journaled, mails that come together in one transaction.

The sender hears 250 only after the commit, and 451 while the database is away: nothing was kept, it tries again.
"""

from __future__ import annotations

import errno
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import ExitStack
from typing import Any

from django.conf import settings

from deskwright.channels import contract
from deskwright.channels.contract import Envelope
from deskwright.channels.email.listener import Listener
from deskwright.desk import clock, errors
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.gathering import Gathering
from deskwright.store import outage

Input = tuple[Mapping[str, Any], bytes]
Answers = Sequence[tuple["Future[int]", int | Exception]]
TOGETHER = 32
"""Mails in one transaction at most; each may be 30 MB."""


class Unheard(Exception):
    """Nobody can hand mail in at an address; the sentence says why and what to do."""


def run(stop: threading.Event) -> None:
    """Listen where the environment says until `stop`. Raises Unheard."""
    known = settings.ENV
    with ExitStack() as undo:
        journal = Journal()
        journal.open()
        undo.callback(journal.close)
        for name, address in (("SMTP_LISTEN", known.smtp_listen), ("LMTP_LISTEN", known.lmtp_listen)):
            if address is not None:
                lmtp = name == "LMTP_LISTEN"
                listener = Listener(*address, journal.accept, lmtp=lmtp, hostname=known.mail_domain)
                start(listener, name)
                undo.callback(listener.stop)
        stop.wait()


def start(listener: Listener, name: str) -> None:
    try:
        listener.start()
    except OSError as trouble:
        place = f"{listener.host}:{listener.port}"
        why = "another process listens there" if trouble.errno == errno.EADDRINUSE else trouble.strerror or trouble
        raise Unheard(
            f"Mail cannot be taken in at {place}: {why}. Set {name} to a free address, or to off."
        ) from trouble


class Journal:
    """Keeps raw mail for many connections at once."""

    def __init__(self) -> None:
        self.gathering: Gathering[Input, int, Future[int]] = Gathering("journal", keep, answer, most=TOGETHER)

    def open(self) -> None:
        self.gathering.open()
        self.off_duty = outage.keep_patrol()

    def close(self) -> None:
        self.off_duty.set()
        self.gathering.close()

    def accept(self, envelope: Envelope) -> None:
        """Returns when the mail is committed. Raises contract.Unavailable when it cannot be kept now."""
        kept: Future[int] = Future()
        try:
            self.gathering.submit((noted(envelope), envelope.raw), kept)
            while not wait([kept], outage.DOUBT).done:
                outage.check()
            kept.result()
        except errors.Unavailable as trouble:
            raise contract.Unavailable(trouble.sentence) from trouble
        except outage.AWAY as trouble:
            raise contract.Unavailable(outage.first_line(trouble)) from trouble


def keep(inputs: Sequence[Input]) -> Sequence[int]:
    return intake.journal_many("email", inputs, clock.now())


def answer(answers: Answers) -> None:
    for kept, result in answers:
        if isinstance(result, Exception):
            kept.set_exception(result)
        else:
            kept.set_result(result)


def noted(envelope: Envelope) -> dict[str, Any]:
    """Who handed it in, for whom; without the NUL that PostgreSQL's text cannot hold."""
    return {
        "from": envelope.mail_from.replace("\0", ""),
        "to": [address.replace("\0", "") for address in envelope.rcpt_tos],
        "peer": envelope.peer,
    }
