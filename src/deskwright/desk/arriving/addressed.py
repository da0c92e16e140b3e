"""Which of our addresses a mail came for, and what follows: a brand, the queue it begins in, who asks.

The envelope speaks first, then To and Cc, each in its order. Anybody may write these headers: they prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings

from deskwright.channels.contract import Incoming
from deskwright.channels.email.threads import read_reply_address
from deskwright.desk.answering.recipients import own
from deskwright.desk.arriving.judging import plain
from deskwright.desk.settings.house import Box, House, house


class Addressed(NamedTuple):
    brand: int | None = None
    queues: tuple[str, ...] = ()
    """Queues that are named, the most exact first; the workflow may know none of them."""
    reply_to: bool = False
    """Who is named in Reply-To asks."""


def addressed(mail: Incoming, envelope: Iterable[str]) -> Addressed:
    """What the addresses of ours that a mail names say of it. `envelope` are those a server gave with it."""
    home = house()
    named = (*envelope, *mail.envelope_to, *(one.email for one in (*mail.to, *mail.cc)))
    ours = [one for one in dict.fromkeys(named) if own(one)]
    boxes = [box for one in ours if (box := box_of(home, one))]
    brands = (number for one in ours if (number := brand_of(home, one)))
    tags = [tag for one in ours if (tag := tag_of(home, one))]
    return Addressed(
        brand=next(brands, None),
        queues=tuple(dict.fromkeys([*tags, *(box.queue for box in boxes if box.queue)])),
        reply_to=any(box.reply_to for box in boxes),
    )


def box_of(home: House, address: str) -> Box | None:
    return home.mailboxes.get(address.lower()) or home.mailboxes.get(plain(address))


def brand_of(home: House, address: str) -> int | None:
    """The brand of the mailbox, else the one whose mails come from this address."""
    box = box_of(home, address)
    if box is not None and box.brand:
        return box.brand
    named = ((one["id"], one["address"]) for one in home.brands.values() if one["address"])
    return next((number for number, from_ in named if plain(from_) == plain(address)), None)


def tag_of(home: House, address: str) -> str:
    """The word after the plus sign, where the address's server takes it; a signed reply address has none."""
    box = box_of(home, address)
    if (box is not None and not box.plus) or read_reply_address(address, settings.SECRET_KEY) is not None:
        return ""
    return address.rpartition("@")[0].partition("+")[2].lower()
