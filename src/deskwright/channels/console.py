"""The twin of every way out: prints a readable summary instead of sending. Used where no mail server is set."""

from __future__ import annotations

import sys
import threading
from typing import TextIO

from deskwright.channels.contract import Outcome, Outgoing, Refused, Sent
from deskwright.channels.email.cleaning import clean_line
from deskwright.channels.email.compose import compose, recipients
from deskwright.engine.saying import _

LINES = 12


class Console:
    """Prints to a stream (standard output by default). Safe to share between threads."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._turn = threading.Lock()

    def send(self, outgoing: Outgoing) -> Outcome:
        """`Sent`, or `Refused` for a mail that no server could be given: it is composed for real."""
        try:
            size, everybody = len(compose(outgoing)), recipients(outgoing)
        except ValueError as error:
            return Refused(str(error))
        if not everybody:
            return Refused(_("The mail has no recipient."))
        with self._turn:
            print(summary(outgoing, everybody, size), file=self._stream or sys.stdout, flush=True)
        return Sent("printed")


def summary(outgoing: Outgoing, everybody: tuple[str, ...], size: int) -> str:
    """A frame with who, what about, and the first lines."""
    lines = outgoing.text.strip().splitlines()
    shown = lines[:LINES] + ([f"... {len(lines) - LINES} more lines"] if len(lines) > LINES else [])
    automatic = f" ({outgoing.auto_submitted})" if outgoing.auto_submitted else ""
    head = [
        f"mail{automatic}, {size:,} bytes",
        f"From:    {clean_line(outgoing.from_.name)} <{outgoing.from_.email}>",
        f"To:      {', '.join(everybody)}",
        f"Subject: {clean_line(outgoing.subject)}",
        f"Id:      {outgoing.message_id}",
        *(f"File:    {item.name} ({item.size:,} bytes)" for item in outgoing.attachments),
    ]
    return "\n".join(["+" + "-" * 71, *(f"| {line}" for line in [*head, "", *shown]), "+" + "-" * 71])
