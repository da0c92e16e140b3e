"""Mails the desk writes itself or for an agent: the words, the thread they belong to, the row that will be delivered.

Rendering only; sending is `delivery`. Every mail's Message-ID is made here from ids, so a repeat carries the same one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils import translation

from deskwright.channels.email.threads import message_id, reply_address
from deskwright.desk import workflows
from deskwright.desk.answering.threading import Thread
from deskwright.desk.answering.wording import worded
from deskwright.desk.outbox.due import due_delivery
from deskwright.desk.outbox.unsubscribing import leaving
from deskwright.desk.said import said
from deskwright.desk.settings.house import House, Sender, house, known_as
from deskwright.desk.settings.house import site_of as site
from deskwright.text.alike import bare_subject

if TYPE_CHECKING:
    from deskwright.desk.cases import Case

CARRIED: Final = ("name", "content_type", "size", "sha256", "content_id", "inline")
"""What a delivery knows of a file."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The automatic "we have it"; `values` hold what the workflow wants it to tell, under `with`."""

    template: str
    values: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class NoticeByMail:
    agent: int
    subject: str
    key: str
    at: datetime


def outgoing_id(ticket: int, nonce: str) -> str:
    """The Message-ID of a mail of ours: names the ticket, signed, stable for the same nonce."""
    return message_id(settings.MAIL_DOMAIN, ticket, nonce, settings.SECRET_KEY)


def answers_to(address: str, ticket: int) -> str:
    """The signed address that answers to a mail from this one go to; empty where its mailbox takes no plus addresses.

    It leads them home where a server on the way has written another Message-ID.
    """
    box = house().mailboxes.get(address.lower())
    return reply_address(address, ticket, settings.SECRET_KEY) if box is not None and box.plus else ""


def answer_subject(subject: str) -> str:
    """One "Re:", whatever mail programs of other languages have put before it."""
    return f"Re: {bare_subject(subject) or subject.strip()}"


def language_of(case: Case) -> str | None:
    """The language to write to the requester in: their own, else that of what they wrote."""
    return case.party.customer.language or case.row["language"]


def house_of(case: Case) -> House:
    """The installation as the ticket's customer knows it: under the name of its brand."""
    return known_as(house(), house().brand(case.row["brand_id"]))


def site_of(case: Case) -> str:
    """Where links in mails about the ticket lead."""
    return site(house().brand(case.row["brand_id"]))


def senders_of(case: Case) -> list[Sender]:
    """Who may speak for the desk about the ticket, the nearest first: its brand, the team of its queue, the desk."""
    home = house()
    brand = home.brand(case.row["brand_id"])
    found = [branded(brand)] if brand else []
    if home.senders:
        queue = workflows.version(case.row["workflow_version"]).queues.get(case.row["queue"] or "")
        team = home.senders.get((queue.team or queue.name) if queue else "")
        found += [team] if team else []
    return [*found, home.sender]


def branded(brand: Mapping[str, Any]) -> Sender:
    return Sender(brand["address"], brand["sender_name"] or brand["name"], brand["signature"], brand["signatures"])


def sender_of(case: Case) -> Sender:
    """Who mails about the ticket are from: name and address each by the nearest that has one."""
    nearest = senders_of(case)
    address = next((one.address for one in nearest if one.address), "")
    name = next((one.name for one in nearest if one.name), "")
    return Sender(address, name, signature_of(nearest, language_of(case)))


def signature_of(nearest: Sequence[Sender], language: str | None) -> str:
    """The nearest sender's signature in the language, else its one for all; then the next sender's."""
    asked = (language or "").lower()
    for one in nearest:
        own = [one.signatures.get(code, "") for code in dict.fromkeys((asked, asked.partition("-")[0]))]
        for signature in (*own, one.signature):
            if signature.strip():
                return signature
    return ""


def message_row(
    case: Case, row_id: int, kind: str, text: str, at: datetime, mail_id: str | None, agent: int | None = None
) -> dict[str, Any]:
    """A message of ours on the timeline."""
    return {
        "id": row_id,
        "ticket_id": case.row["id"],
        "kind": kind,
        "channel": case.row["channel"],
        "agent_id": agent,
        "customer_id": None,
        "text": text,
        "new_text": text,
        "html": "",
        "mail_id": mail_id,
        "recipients": {"to": [case.party.customer.email]} if mail_id else {},
        "raw_id": None,
        "sentiment": None,
        "verified": True,
        "created_at": at,
    }


def delivery_rows(
    case: Case,
    message: dict[str, Any],
    text: str,
    html: str,
    thread: Thread,
    auto: str | None = None,
    files: Sequence[Mapping[str, Any]] = (),
    kind: str = "",
) -> list[dict[str, Any]]:
    """The rows that send a message to the requester and whom else it names: a copy each, under an id of its own.

    Every copy names everybody but those who are hidden. `files` are rows of attachments; their bytes are read when it
    is sent. A mail of a `kind` nobody asked for tells each reader how to stop it.
    """
    customer, sender, ticket = case.party.customer, sender_of(case), case.row["id"]
    named = message["recipients"]
    subject = thread.subject or answer_subject(case.row["subject"])
    content = {
        "from": sender.address,
        "from_name": sender.name,
        "reply_to": answers_to(sender.address, ticket),
        "to": customer.email,
        "to_name": customer.name,
        "subject": subject,
        "text": text,
        "html": html,
        "auto_submitted": auto,
        "cc": named.get("cc", []),
        "headers": {"Thread-Topic": bare_subject(subject)},
        "files": [{name: file[name] for name in CARRIED} for file in files],
    }
    readers = {one.lower(): one for one in (*named.get("bcc", []), *named.get("cc", []), customer.email)}
    rows = []
    for place, reader in enumerate(reversed(readers.values())):
        mail_id = outgoing_id(ticket, f"m{message['id']}-{place}") if place else message["mail_id"]
        lines = thread.lines(reader, None if mail_id == message["mail_id"] else message["mail_id"])
        more = leaving(content, reader, kind, language_of(case), site_of(case)) if kind else {}
        whole = content | lines | more
        rows.append(due_delivery(ticket, message["id"], reader, mail_id, whole, message["created_at"]))
    return rows


def notice_delivery(ticket: dict[str, Any], letter: NoticeByMail, email: str, language: str) -> dict[str, Any]:
    """The row that mails a notice to an agent, in their language ("" is English)."""
    home = house()
    with translation.override(language or "en"):
        about = said(letter.subject)
    values = {"subject": about, "number": ticket["id"], "title": ticket["subject"], "url": settings.PUBLIC_URL}
    subject, text, html = worded("notice", language, values, home)
    content = {
        "from": home.mail_from,
        "from_name": home.name,
        "reply_to": answers_to(home.mail_from, ticket["id"]),
        "to": email,
        "subject": subject or f"[#{ticket['id']}] {about}",
        "text": text,
        "html": html,
        "references": [],
        "auto_submitted": "auto-generated",
    }
    mail_id = outgoing_id(ticket["id"], f"n{letter.agent}.{letter.key}")
    return due_delivery(ticket["id"], None, email, mail_id, content, letter.at)
