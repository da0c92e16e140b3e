"""`deskwright receive FILE.eml` (or `-`): a mail from a file or a mail server's pipe, kept first, then taken in.

Exit codes as mail servers read them: 0 taken (also when it was set aside or is a duplicate), 75 try again later.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from deskwright.desk import clock, intake
from deskwright.store import outage
from deskwright.store.models import RawInput

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h

log = logging.getLogger("deskwright.receive")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the mail as it came over the wire; - reads standard input")
    parser.add_argument("--from", dest="sender", metavar="ADDRESS", help="the envelope's sender")
    parser.add_argument("--to", nargs="*", default=[], metavar="ADDRESS", help="the envelope's recipients")


def main(args: argparse.Namespace) -> int:
    raw = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
    try:
        number = intake.journal("email", {"from": args.sender, "to": args.to, "peer": "command"}, raw, clock.now())
    except outage.AWAY as trouble:
        print(f"deskwright: the mail cannot be kept now ({outage.first_line(trouble)}); try again", file=sys.stderr)
        return TRY_AGAIN
    try:
        intake.work_off(clock.now())
        print(ending(RawInput.objects.get(pk=number)))
    except outage.AWAY:
        print(f"Kept as input {number}; a worker takes it in when the database is back.")
    return 0


def ending(raw: RawInput) -> str:
    """What became of it, in one line."""
    if raw.state == "pending":
        return f"Kept as input {raw.pk}; a worker takes it in."
    if raw.state == "quarantined":
        return f"Set aside as input {raw.pk}: {raw.reason}."
    if raw.disposition == "ticket":
        return f"New ticket #{raw.ticket_id}."
    return f"{(raw.disposition or raw.state).capitalize()} on ticket #{raw.ticket_id}."
