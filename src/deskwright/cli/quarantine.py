"""`deskwright quarantine list|show|recover`: input that was set aside, why, and the way back. It decides nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from deskwright.channels.email.parse import parse
from deskwright.cli.failures import Refused
from deskwright.cli.receive import ending
from deskwright.desk import clock
from deskwright.desk.arriving import intake, storms
from deskwright.desk.errors import NotFound
from deskwright.desk.said import in_english
from deskwright.store.models import RawInput

HEAD = 16 * 1024
"""Bytes of a mail that are read for a line of the list."""
SHOWN = 20_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="list|show|recover")
    listing = deeds.add_parser("list", help="what is set aside, newest first")
    listing.add_argument("--limit", type=int, default=50, help="how many at most (default: 50)")
    deeds.add_parser("show", help="one input: its envelope and its bytes").add_argument("number", type=int)
    recover = deeds.add_parser("recover", help="take it in after all")
    recover.add_argument("number", type=int)
    how = recover.add_mutually_exclusive_group()
    how.add_argument("--storm", action="store_true", help="and all else that is set aside of the same storm")
    how.add_argument("--from", dest="author", metavar="ADDRESS", help="who wrote it, where the mail does not say")


def main(args: argparse.Namespace) -> int:
    """Returns 0. Raises Refused for a number under which nothing is set aside."""
    try:
        for line in DEEDS[args.deed](args):
            print(plain(line))
    except NotFound as unknown:
        raise Refused(unknown.sentence) from unknown
    return 0


def listed(args: argparse.Namespace) -> Iterator[str]:
    rows = RawInput.objects.filter(state="quarantined").order_by("-received_at").defer("body")[: args.limit]
    for row in rows:
        why = in_english(row.reason)
        yield f"{row.pk}  {row.received_at:%Y-%m-%d %H:%M} UTC  {row.channel}  {glance(row.pk)}: {why}"
    if not rows:
        yield "Nothing is set aside."


def glance(number: int) -> str:
    """From whom and about what, from the first bytes of the mail."""
    body = RawInput.objects.extra(select={"head": f"substring(body from 1 for {HEAD})"}).values_list("head", flat=True)
    mail = parse(bytes(body.get(pk=number)))
    return f"{mail.from_.email if mail.from_ else 'nobody'}, {mail.subject[:80]!r}"


def shown(args: argparse.Namespace) -> Iterator[str]:
    row = aside(args.number)
    body = bytes(row.body)
    yield f"Input {row.pk}, received {row.received_at:%Y-%m-%d %H:%M} UTC: {in_english(row.reason)}"
    yield f"Envelope: {row.envelope}"
    yield ""
    yield from body[:SHOWN].decode("utf-8", "replace").splitlines()
    if len(body) > SHOWN:
        yield f"... and {len(body) - SHOWN:,} bytes more"


def recovered(args: argparse.Namespace) -> Iterator[str]:
    if args.storm:
        count = storms.take_in(None, args.number, now=clock.now())
        yield f"{count:,} mails are taken in, {storms.BATCH} a second."
        return
    intake.recover(args.number, clock.now(), author=args.author)
    intake.work_off(clock.now())
    yield ending(RawInput.objects.get(pk=args.number))


def aside(number: int) -> RawInput:
    row = RawInput.objects.filter(pk=number, state="quarantined").first()
    if row is None:
        raise NotFound(f"Nothing is set aside under {number}; `deskwright quarantine list` names what is.")
    return row


def plain(line: str) -> str:
    """Without the characters that would command the terminal."""
    return "".join(sign if sign.isprintable() or sign == "\t" else "\N{REPLACEMENT CHARACTER}" for sign in line)


DEEDS = {"list": listed, "show": shown, "recover": recovered}
