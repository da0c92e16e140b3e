"""The `mail` process: listens for SMTP and LMTP and fetches from mailboxes until told to stop.

A sender hears 250 only after the mail is kept; what is fetched is kept before the server is told anything.
"""

from __future__ import annotations

import argparse
import logging
import threading

from deskwright.cli import leash
from deskwright.cli.failures import Refused

log = logging.getLogger("deskwright.mail")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    leash.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    from deskwright.jobs import listener

    stop = leash.until_told()
    leash.hold(args.leash)
    fetching = threading.Thread(target=fetch, args=[stop], name="postmen")
    fetching.start()
    try:
        listener.run(stop)
    except listener.Unheard as reason:
        raise Refused(str(reason)) from reason
    finally:
        stop.set()
        fetching.join()
    return 0


def fetch(stop: threading.Event) -> None:
    """A defect ends the process, which is then started again."""
    from deskwright.jobs import postmen

    try:
        postmen.run(stop)
    except Exception:
        log.exception("Fetching ended")
        stop.set()
