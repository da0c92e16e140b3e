"""Raw mail -> an arrival the desk can take in. Knows mail's ways; opens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from django.conf import settings

from deskwright.channels.contract import Address, Incoming
from deskwright.channels.email.parse import parse
from deskwright.channels.email.sealed import keys_in
from deskwright.channels.email.threads import MARKED, read_message_id, read_reply_address, verify_thread_token
from deskwright.desk.answering.recipients import own
from deskwright.desk.arriving.addressed import addressed
from deskwright.desk.arriving.arrivals import Arrival, File, Person
from deskwright.desk.arriving.judging import LOOP, NO_SENDER, author, same_mailbox
from deskwright.desk.arriving.screening import screened
from deskwright.desk.customers.freemail import is_freemail
from deskwright.desk.settings.house import house
from deskwright.engine.saying import _
from deskwright.store.connection import from_json

SUBJECT_TAG: Final = re.compile(r"#([0-9]{1,18})\b")
NO_TEXT: Final = "(no text)"
CUT: Final = _("The mail is too large: only its beginning was fetched, all of it is on the mail server.")


class NotForUs(Exception):
    """The input is kept aside; the sentence says why."""


def understand(raw: dict[str, Any]) -> Arrival:
    """The arrival in a row of raw mail. Raises NotForUs with the reason for the quarantine."""
    return judged(read(raw), raw, from_json(raw["envelope"]))


def read(raw: dict[str, Any]) -> Incoming:
    """The mail in a row of raw mail."""
    keys, ring = keys_in(settings.ENV.smime_keys), settings.ENV.pgp_keys
    sender = from_json(raw["envelope"]).get("from")
    return parse(bytes(raw["body"]), mail_from=sender, keys=keys, ring=ring, at=raw["received_at"])


def label(raw: dict[str, Any], mail: Incoming) -> dict[str, Any]:
    """What the mail log finds it by, and the brakes."""
    asks = asker(mail, from_json(raw["envelope"]))
    sender = (asks or mail.original_from or mail.from_ or Address("", "")).email.lower()
    return {"id": raw["id"], "sender": sender[:320], "subject": mail.subject[:300], "mail_id": mail.message_id[:1000]}


def judged(mail: Incoming, raw: dict[str, Any], envelope: dict[str, Any]) -> Arrival:
    """As `understand`, for a mail that was parsed already."""
    named = asker(mail, envelope)
    sender = named or author(mail, envelope.get("author"))
    if sender is None:
        raise NotForUs(NO_SENDER)
    arrival = arrival_of(mail, sender, raw, envelope)
    if named is not None:
        arrival = replace(arrival, only_named=True, own_form=passed(mail) and of_our_domain(mail))
    if "recovered" in envelope:
        return vouched_for(arrival)
    if own(sender.email) or read_message_id(mail.message_id, settings.SECRET_KEY) is not None:
        raise NotForUs(LOOP)
    return arrival


def asker(mail: Incoming, envelope: dict[str, Any]) -> Address | None:
    """Who is named in Reply-To and is none of us, where a form or a marketplace sends for them to such a mailbox.

    It is so of what begins a conversation only: with an answer it would be a way into somebody else's.
    """
    fresh = mail.auto is None and not mail.references and not mail.in_reply_to and "author" not in envelope
    if not fresh or not addressed(mail, envelope.get("to", ())).reply_to:
        return None
    return next((one for one in mail.reply_to if not own(one.email)), None)


def vouched_for(arrival: Arrival) -> Arrival:
    """Brought back by a person: it counts as somebody's words. No acknowledgement: that might begin a loop."""
    word = replace(arrival, automatic=None, no_acknowledgement=True, bounce_of=None, bounce=None)
    return replace(word, recovered=True)


def arrival_of(mail: Incoming, sender: Address, raw: dict[str, Any], envelope: dict[str, Any]) -> Arrival:
    """`sender` is who really wrote, where a mailing list put its own name into From."""
    references = tuple(dict.fromkeys([*mail.in_reply_to, *reversed(mail.references)]))
    reached = (*envelope.get("to", ()), *mail.envelope_to)
    files, held = screened(
        [File(one.name, one.content_type, one.content, one.content_id, one.inline) for one in mail.attachments]
    )
    cut = [CUT] if "cut" in envelope else []
    where = addressed(mail, envelope.get("to", ()))
    written_for = mail.from_ is not None and not same_mailbox(mail.from_.email, sender.email)
    return Arrival(
        channel="email",
        requester=Person(sender.email, sender.name),
        subject=mail.subject,
        text=mail.text or NO_TEXT,
        new_text=mail.new_text,
        bare_text=mail.new_text_bare,
        html=mail.html or "",
        at=raw["received_at"],
        language=mail.language,
        files=tuple(files),
        mail_id=mail.message_id,
        references=references,
        thread_ticket=signed_ticket(references, (*reached, *(one.email for one in (*mail.to, *mail.cc)))),
        marked_ticket=marked(mail.marks),
        recipients={
            "to": [address.email for address in mail.to],
            "cc": [address.email for address in mail.cc],
            "envelope": list(reached),
            "reply_to": [address.email for address in mail.reply_to if not same_mailbox(address.email, sender.email)],
            **({"lists": list(mail.lists)} if mail.lists else {}),
            **({"encrypted": True} if mail.encrypted else {}),
        },
        trusted=mail.dmarc != "fail",
        vouched=not written_for and passed(mail),
        automatic=mail.auto,
        no_acknowledgement=mail.suppress_ack or "before" in envelope,
        bounce_of=mail.bounce.original_message_id if mail.bounce else None,
        bounce=mail.bounce,
        notes=(*mail.notes, *held, *cut),
        claims=claimed(mail.subject),
        copied=only_copied(mail),
        away_until=mail.away_until,
        brand=where.brand,
        queues=where.queues,
        raw_id=raw["id"],
    )


def passed(mail: Incoming) -> bool:
    """Whether a mail server of ours says that the domain in From vouches for it."""
    return mail.dmarc == "pass" and mail.checked_by == settings.ENV.mail_auth_server != ""


def of_our_domain(mail: Incoming) -> bool:
    """Whether it is from a domain of the desk's addresses at which others have none."""
    ours = {address.rpartition("@")[2].lower() for address in house().addresses}
    domain = mail.from_.email.rpartition("@")[2].lower() if mail.from_ else ""
    return domain in ours and not is_freemail(domain)


def claimed(subject: str) -> int | None:
    """The ticket a subject names, as our own do: [#123]."""
    match = SUBJECT_TAG.search(subject)
    return int(match[1]) if match else None


def only_copied(mail: Incoming) -> bool:
    """Whether it is addressed to others, and we are among the copies."""
    ours = [own(one.email) for one in mail.to]
    return bool(ours) and not any(ours) and any(own(one.email) for one in mail.cc)


def signed_ticket(references: Iterable[str], reached: Iterable[str]) -> int | None:
    """The ticket that a Message-ID or a reply address of ours names, if its signature holds."""
    named = (
        *(read_message_id(reference, settings.SECRET_KEY) for reference in references),
        *(read_reply_address(address, settings.SECRET_KEY) for address in reached),
    )
    return next((ticket for ticket in named if ticket is not None), None)


def marked(tokens: Iterable[str]) -> int | None:
    """The ticket that the first mark with a true signature names."""
    named = (verify_thread_token(settings.SECRET_KEY, token, MARKED) for token in tokens)
    return next((ticket for ticket in named if ticket is not None), None)
