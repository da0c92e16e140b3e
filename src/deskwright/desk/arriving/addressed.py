"""Which of our addresses a mail came for, and what follows: a brand, the queue it begins in, who asks.

The envelope speaks; To and Cc only where it names none of our addresses, for anybody may write these headers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.conf import settings

from deskwright.channels.contract import Incoming
from deskwright.channels.email.threads import read_reply_address
from deskwright.desk.answering.recipients import own
from deskwright.desk.arriving.judging import plain, same_mailbox
from deskwright.desk.settings.house import Box, House, house


class Addressed(NamedTuple):
    brand: int | None = None
    queues: tuple[str, ...] = ()
    """Queues that are named, the most exact first; the workflow may know none of them."""
    reply_to: bool = False
    """Who is named in Reply-To asks: only the envelope can say so."""


def addressed(mail: Incoming, envelope: Iterable[str]) -> Addressed:
    """What the addresses of ours that a mail names say of it. `envelope` are those a server gave with it."""
    home = house()
    given, noted = ours(envelope), ours(mail.envelope_to)
    written = ours(one.email for one in (*mail.to, *mail.cc))
    every = list(dict.fromkeys((*given, *noted, *written)))
    brands = (number for one in every if (number := brand_of(home, one)))
    return Addressed(
        brand=next(brands, None),
        queues=tuple(dict.fromkeys(queues_of(home, given or noted or written, every))),
        reply_to=any(box.reply_to for one in given if (box := box_of(home, one))),
    )


def ours(addresses: Iterable[str]) -> list[str]:
    return [one for one in addresses if own(one)]


def queues_of(home: House, reached: Iterable[str], every: Sequence[str]) -> Iterator[str]:
    """For each address it came for the tags of its mailbox, which the envelope may not know, then the mailbox's own."""
    for address in reached:
        yield from (tag for one in every if same_mailbox(one, address) and (tag := tag_of(home, one)))
        box = box_of(home, address)
        if box is not None and box.queue:
            yield box.queue


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
