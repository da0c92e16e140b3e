"""Raw mail -> an arrival the desk can take in. Knows mail's ways; opens nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from django.conf import settings

from deskwright.channels.contract import Address, Bounce, Incoming
from deskwright.channels.email.parse import parse
from deskwright.channels.email.threads import read_message_id, read_reply_address
from deskwright.desk.arrivals import Arrival, File, Person
from deskwright.store.connection import from_json

NOBODY: Final = Address("Mail system", "mailer-daemon@invalid")
"""Who a report without a sender is from."""


class NotForUs(Exception):
    """The input is kept aside; the sentence says why."""


def understand(raw: dict[str, Any]) -> Arrival:
    """The arrival in a row of raw mail. Raises NotForUs with the reason for the quarantine."""
    envelope = from_json(raw["envelope"])
    mail = parse(bytes(raw["body"]), mail_from=envelope.get("from"))
    named = Address("", envelope["author"]) if "author" in envelope else None
    sender = named or mail.original_from or mail.from_
    if sender is None and mail.bounce is not None:
        sender = NOBODY
    if sender is None or "@" not in sender.email:
        raise NotForUs("the mail names no sender")
    arrival = arrival_of(mail, sender, raw, envelope)
    if "recovered" in envelope:
        return vouched_for(arrival)
    if own(sender.email):
        raise NotForUs("the mail comes from an address of this desk (a loop)")
    return arrival


def vouched_for(arrival: Arrival) -> Arrival:
    """Brought back by a person: it counts as somebody's words. No acknowledgement: that might begin a loop."""
    return replace(arrival, automatic=None, no_acknowledgement=True, bounce_of=None, bounce_reason=None)


def own(address: str) -> bool:
    return address.lower() == settings.MAIL_FROM.lower()


def arrival_of(mail: Incoming, sender: Address, raw: dict[str, Any], envelope: dict[str, Any]) -> Arrival:
    """`sender` is who really wrote, where a mailing list put its own name into From."""
    references = tuple(dict.fromkeys([*mail.in_reply_to, *reversed(mail.references)]))
    reached = (*envelope.get("to", ()), *mail.envelope_to)
    return Arrival(
        channel="email",
        requester=Person(sender.email, sender.name),
        subject=mail.subject,
        text=mail.text,
        new_text=mail.new_text,
        bare_text=mail.new_text_bare,
        html=mail.html or "",
        at=raw["received_at"],
        language=mail.language,
        files=tuple(
            File(item.name, item.content_type, item.content, item.content_id, item.inline) for item in mail.attachments
        ),
        mail_id=mail.message_id,
        references=references,
        thread_ticket=signed_ticket(references, reached),
        recipients={
            "to": [address.email for address in mail.to],
            "cc": [address.email for address in mail.cc],
            "envelope": list(reached),
        },
        automatic=mail.auto,
        no_acknowledgement=mail.suppress_ack,
        bounce_of=mail.bounce.original_message_id if mail.bounce else None,
        bounce_reason=given_up(mail.bounce),
        raw_id=raw["id"],
    )


def given_up(bounce: Bounce | None) -> str | None:
    """What the other server said, when it will not deliver."""
    if bounce is None or bounce.kind != "failed" or not bounce.permanent:
        return None
    return bounce.reason or bounce.status or "the other server will not deliver it"


def signed_ticket(references: Iterable[str], reached: Iterable[str]) -> int | None:
    """The ticket that a Message-ID or a reply address of ours names, if its signature holds."""
    named = (
        *(read_message_id(reference, settings.SECRET_KEY) for reference in references),
        *(read_reply_address(address, settings.SECRET_KEY) for address in reached),
    )
    return next((ticket for ticket in named if ticket is not None), None)
