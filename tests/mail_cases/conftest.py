"""A desk with one agent and one customer, and the post: mails go in by the journal, as from any way in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from deskwright.desk import workflows
from deskwright.desk.arriving import intake
from deskwright.desk.mailboxes import setting
from deskwright.engine.saying import again
from deskwright.store.models import Agent, Mailbox, Message, RawInput, Ticket, TicketEvent
from tests import factories

FLOW = """
workflow: Mail
queues: {support: {team: support}, billing: {team: support}}
default_queue: support
reopen: {within: 30d}
"""
MINA = "Mina Holt <mina@harbor.example>"


@contextmanager
def environment(**changes: Any) -> Iterator[None]:
    """The desk as it would be with other variables of its environment."""
    before = settings.ENV
    settings.ENV = replace(before, **changes)
    try:
        yield
    finally:
        settings.ENV = before


def mailbox(address: str, now: datetime, **more: Any) -> Mailbox:
    """A mailbox at a server that nobody asks."""
    usual = {"name": address, "host": "127.0.0.1", "port": 993, "tls": "off", "user": address, "auth": "password"}
    usual |= {"folder": "INBOX", "after": "nothing", "move_to": "", "begins_at": None}
    return setting.add(None, {**usual, "address": address, **more}, {"password": "x"}, now=now)


class Post:
    """Hands in mail at a moment that moves on by a minute each time."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.number = 0

    def raw(self, *headers: str, body: str | bytes = "It broke.", **more: str) -> bytes:
        """A mail of Mina's; headers replace the usual ones, an empty value leaves one out."""
        self.number += 1
        usual = {
            "From": MINA,
            "To": "support@desk.example",
            "Subject": "The export is empty",
            "Message-ID": f"<m{self.number}@harbor.example>",
        }
        given = dict(one.partition(": ")[::2] for one in headers)
        named = {**usual, **given, **{name.replace("_", "-"): value for name, value in more.items()}}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
        return head.encode("utf-8", "surrogateescape") + b"\r\n" + (body.encode() if isinstance(body, str) else body)

    def take(self, raw: bytes, envelope: dict[str, Any] | None = None) -> RawInput:
        """What became of these bytes."""
        self.now += timedelta(minutes=1)
        number = intake.journal("email", envelope or {"to": ["support@desk.example"]}, raw, self.now)
        intake.work_off(self.now)
        return RawInput.objects.get(pk=number)

    def __call__(self, *headers: str, body: str | bytes = "It broke.", **more: str) -> RawInput:
        return self.take(self.raw(*headers, body=body, **more))

    def message(self, taken: RawInput) -> Message:
        return Message.objects.filter(raw_id=taken.pk).get()

    def ticket(self, taken: RawInput) -> Ticket:
        return Ticket.objects.get(pk=taken.ticket_id)

    def told(self, taken: RawInput) -> dict[str, Any]:
        """What the latest event of its ticket tells of a mail."""
        kinds = ("ticket_opened", "customer_wrote")
        event = TicketEvent.objects.filter(ticket_id=taken.ticket_id, kind__in=kinds).latest("id")
        return dict(again(event.data))


@pytest.fixture
def ada(db: str, now: datetime) -> Agent:
    workflows.publish(FLOW, now=now - timedelta(days=400))
    return factories.an_agent("Ada Quill", email="ada@desk.example", teams=(factories.a_team("support"),))


@pytest.fixture
def post(ada: Agent, now: datetime) -> Post:
    return Post(now)
