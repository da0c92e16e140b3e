"""The `mail` process: listens for SMTP and LMTP until told to stop, and answers 250 only after the mail is kept."""

from __future__ import annotations

import argparse

from deskwright.cli import leash


def add_arguments(parser: argparse.ArgumentParser) -> None:
    leash.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    from deskwright.jobs import listener

    stop = leash.until_told()
    leash.hold(args.leash)
    listener.run(stop)
    return 0
