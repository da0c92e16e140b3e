"""`deskwright receive --dry-run`: reads a mail and says what would become of it. Keeps nothing, needs no desk.

Without a desk the mail is judged by itself, as an empty desk would: no thread is known and nothing arrived before.
"""

from __future__ import annotations

import argparse
import json
import logging
from typing import Any

from deskwright.channels.contract import Incoming
from deskwright.channels.email.parse import parse
from deskwright.channels.email.sealed import keys_in
from deskwright.desk.arriving import judging
from deskwright.desk.arriving.document import document

SHOWN = 2_000
"""Characters of the new text that are printed for people."""


def main(args: argparse.Namespace, raw: bytes) -> int:
    """Print it; returns 0."""
    logging.getLogger("deskwright.mail").setLevel(logging.CRITICAL)
    known = args.environment
    mail = parse(raw, mail_from=args.sender, keys=keys_in(known.smime_keys), ring=known.pgp_keys)
    told = {**fate(mail, args), **document(mail)}
    print(json.dumps(told, ensure_ascii=False, indent=2) if args.json else "\n".join(lines(told)))
    return 0


def fate(mail: Incoming, args: argparse.Namespace) -> dict[str, Any]:
    told = by_desk(mail, args) if args.environment.database_url else None
    return told or alone(mail, own=args.environment.mail_from) | {"desk": False}


def by_desk(mail: Incoming, args: argparse.Namespace) -> dict[str, Any] | None:
    """What the desk would do; None while its database does not answer."""
    from deskwright.desk import clock
    from deskwright.desk.arriving.foretelling import foretell
    from deskwright.store import outage

    envelope = {"from": args.sender, "to": args.to}
    try:
        return foretell(mail, envelope, clock.now()).as_json() | {"desk": True}
    except outage.AWAY:
        return None


def alone(mail: Incoming, own: str) -> dict[str, Any]:
    """What an empty desk would do."""
    author = judging.author(mail)
    if author is None:
        return verdict("quarantined", judging.NO_SENDER)
    if judging.same_mailbox(author.email, own):
        return verdict("quarantined", judging.LOOP)
    machine = judging.answers_nothing(mail.auto, mail.bounce is not None and bool(mail.bounce.original_message_id))
    return verdict("quarantined", machine) if machine else verdict("ticket", "")


def verdict(disposition: str, reason: str) -> dict[str, Any]:
    return {"disposition": disposition, "reason": reason, "thread": None}


def lines(told: dict[str, Any]) -> list[str]:
    """For people."""
    reason = f": {told['reason']}" if told["reason"] else ""
    thread = f" (#{told['thread']['ticket']}, {told['thread']['proof']})" if told["thread"] else ""
    sender = told["from"]["email"] if told["from"] else "nobody"
    named = [f"{one['name']} ({one['type']}, {one['size']:,} bytes)" for one in told["attachments"]]
    head = [
        f"Would be: {told['disposition']}{thread}{reason}",
        *([] if told["desk"] else ["Read without a desk: threads and duplicates are not known."]),
        f"From:     {sender}",
        f"Subject:  {told['subject']}",
        *([f"Machine:  {told['auto']}"] if told["auto"] else []),
        *(f"File:     {one}" for one in named),
        "",
    ]
    return head + str(told["new_text"])[:SHOWN].splitlines()
