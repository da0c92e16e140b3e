"""The last touches of the demo: a screenshot from a customer, files and a mention in notes, tickets put aside.

Everything is done by the desk's own deeds, at the end of the story.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from deskwright.desk.answering import files, following, replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, File, Person
from deskwright.desk.tickets import snoozing
from deskwright.store.models import Agent, Ticket

WIDTH: Final = 560
HEIGHT: Final = 300
Colour = tuple[int, int, int]
PAPER: Final[Colour] = (246, 247, 251)
LINE: Final[Colour] = (214, 217, 230)
BAR: Final[Colour] = (88, 101, 214)
ALARM: Final[Colour] = (206, 70, 62)


def touch_up(agents: Mapping[str, Agent], now: datetime) -> None:
    """Make what a lead would like to see: on a few open tickets of the latest days."""
    live = ["new", "open", "waiting_on_customer"]
    found = Ticket.objects.filter(status__in=live, assignee__isnull=False, channel="email", customer__email__gt="")
    theirs = found.filter(messages__kind="customer").exclude(assignee=agents["mira"]).distinct()
    tickets = list(theirs.select_related("assignee", "customer").order_by("-id")[:4])
    if len(tickets) < 4:
        return
    send_screenshot(tickets[0], now)
    show_picture(tickets[1], agents["mira"], now)
    following.follow(agents["mira"], tickets[0].pk, now=now)
    snoozing.snooze(agents["mira"], [tickets[2].pk], now + timedelta(days=1), now=now)
    snoozing.snooze(agents["mira"], [tickets[3].pk], None, now=now)


def send_screenshot(ticket: Ticket, now: datetime) -> None:
    shot = File("dashboard.png", "image/png", picture(), "", False)
    sender = Person(ticket.customer.email, ticket.customer.name)
    text = "Here is what I see since this morning. The last bar should be as high as the others."
    mail = Arrival("email", sender, ticket.subject, text, thread_ticket=ticket.pk, files=(shot,), at=now)
    intake.receive([mail], now)


def show_picture(ticket: Ticket, asked: Agent, now: datetime) -> None:
    """A note of the ticket's agent with a picture in its words, a file, and a colleague who is asked."""
    writer = ticket.assignee
    assert writer is not None
    shown = files.add(writer, ticket.pk, "note", "requests.png", picture(), now=now)
    files.add(writer, ticket.pk, "note", "requests.csv", b"hour,requests\n08:00,812\n09:00,790\n10:00,96\n", now=now)
    text = f"@{asked.name}, the requests fell at ten:\n\n![requests](cid:{shown.content_id})\n\nDo we know of anything?"
    replies.note(writer, ticket.pk, text, now=now, drafted=True)


def picture() -> bytes:
    """A bar chart as a PNG, drawn by hand: the demo carries no files."""
    rows = b"".join(b"\0" + b"".join(bytes(colour(x, y)) for x in range(WIDTH)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(chunk, parts))


def chunk(part: tuple[bytes, bytes]) -> bytes:
    kind, data = part
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def colour(x: int, y: int) -> Colour:
    """Seven bars on ruled paper; the last one is short and red."""
    number, within = divmod(x - 42, 68)
    high = 38 if number == 6 else 150 + number * 37 % 90
    if 0 <= number < 7 and within < 44 and HEIGHT - 32 - high < y < HEIGHT - 32:
        return ALARM if number == 6 else BAR
    return LINE if y % 54 == 52 or y == HEIGHT - 32 else PAPER
