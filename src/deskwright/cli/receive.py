"""`deskwright receive [FILE.eml]`: a mail from a file or a mail server's pipe, kept first, then taken in.

Exit codes as mail servers read them: 0 taken (also when it was set aside or is a duplicate), 75 try again later.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from deskwright.cli import foretelling
from deskwright.desk.said import in_english

if TYPE_CHECKING:
    from deskwright.store.models import RawInput

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h
DRY_RUN = "--dry-run"

log = logging.getLogger("deskwright.receive")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    named = "the mail as it came over the wire; - or nothing reads standard input"
    parser.add_argument("file", metavar="FILE", nargs="?", default="-", help=named)
    parser.add_argument("--from", dest="sender", metavar="ADDRESS", help="the envelope's sender")
    parser.add_argument("--to", nargs="*", default=[], metavar="ADDRESS", help="the envelope's recipients")
    parser.add_argument(DRY_RUN, action="store_true", help="say what would happen and keep nothing; needs no desk")
    parser.add_argument("--json", action="store_true", help="with --dry-run: everything that was read, as JSON")


def main(args: argparse.Namespace) -> int:
    raw = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
    if args.dry_run:
        return foretelling.main(args, raw)
    return keep(args, raw)


def keep(args: argparse.Namespace, raw: bytes) -> int:
    from deskwright.desk import clock
    from deskwright.desk.arriving import intake
    from deskwright.store import outage
    from deskwright.store.models import RawInput

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
        return f"Set aside as input {raw.pk}: {in_english(raw.reason)}."
    if raw.disposition == "ticket":
        return f"New ticket #{raw.ticket_id}."
    return f"{(raw.disposition or raw.state).capitalize()} on ticket #{raw.ticket_id}."
