"""Who gets a reply beside the requester: proposed from the conversation, decided by the agent, kept on the ticket.

The desk's own mailboxes and addresses nobody reads are never among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

import psycopg
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from deskwright.channels.email.automatic import NO_REPLY
from deskwright.desk.arriving.judging import plain
from deskwright.desk.errors import Invalid
from deskwright.desk.settings.house import House, house
from deskwright.engine.remembering import once
from deskwright.store.connection import from_json, to_json
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
Recipients = Mapping[str, Sequence[str]]
"""{"cc": [addresses], "bcc": [addresses]}; the requester is always meant and not named."""
MOST: Final = 48
"""Of a ticket's participants, and of the recipients of one reply."""


def own(address: str) -> bool:
    """Whether mail to this address comes back to this desk; with or without something after a plus sign."""
    return plain(address) in plainly(house(), settings.MAIL_FROM)


@once
def plainly(home: House, mail_from: str) -> frozenset[str]:
    return frozenset(map(plain, {*home.addresses, mail_from}))


def heard(message: Mapping[str, Any], sender: str, requester: str) -> Iterator[dict[str, Any]]:
    """Who took part in a customer's mail beside the requester, as rows of participants; `because` says how.

    Whoever was named by somebody unknown is only proposed: a stranger must not add readers to a conversation. So is a
    mailing list.
    """
    named = message["recipients"]
    told = {address.strip().lower(): "to" for address in named.get("to", ())}
    told |= {address.strip().lower(): "cc" for address in named.get("cc", ()) if address.strip().lower() not in told}
    told |= {address.strip().lower(): "reply_to" for address in named.get("reply_to", ())}
    if sender.lower() != requester.lower() and "@" in sender:
        told[sender.lower()] = "wrote"
    told.pop(requester.lower(), None)
    lists = named.get("lists", ())
    for address in islice(filter(wanted, told), MOST):
        because = told[address]
        proposed = because == "wrote" or address in lists or not message["verified"]
        yield {"email": address, "because": because, "removed": proposed}


def wanted(address: str) -> bool:
    return valid(address) and not own(address) and not NO_REPLY.match(address)


def valid(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= 320


def checked(given: Recipients) -> dict[str, list[str]]:
    """What an agent asks for, each address once, a hidden one not shown too. Raises Invalid naming the wrong one."""
    kept: dict[str, list[str]] = {"cc": [], "bcc": []}
    for address in given.get("bcc", ()):
        add(kept["bcc"], address)
    for address in given.get("cc", ()):
        if address.strip().lower() not in kept["bcc"]:
            add(kept["cc"], address)
    if len(kept["cc"]) + len(kept["bcc"]) > MOST:
        raise Invalid(
            _("A reply goes to at most %(most)s people beside the requester.") % {"most": MOST}, {"cc": "too many"}
        )
    return kept


def add(to: list[str], written: str) -> None:
    address = written.strip().lower()
    if not valid(address):
        raise Invalid(
            _("“%(value)s” is not a mail address.") % {"value": written.strip()[:80]}, {"cc": "not an address"}
        )
    if own(address):
        raise Invalid(_("%(address)s is this desk's own mailbox.") % {"address": address}, {"cc": "our own mailbox"})
    if address not in to:
        to.append(address)


def proposed(sql: Cursor, ticket_id: int) -> dict[str, list[str]]:
    """Who gets the next reply if nobody decides otherwise: everybody who takes part."""
    rows = sql.execute(TAKING_PART, {"ticket": ticket_id, "limit": MOST})
    return {"cc": [row["email"] for row in rows], "bcc": []}


def remember(sql: Cursor, actor: Agent, ticket_id: int, chosen: Recipients, now: datetime) -> None:
    """Whom the agent added takes part from now on, whom they left out does not. Part of the caller's deed."""
    told = {"ticket": ticket_id, "agent": actor.pk, "now": now}
    sql.execute(LEAVE_OUT, told | {"kept": [*chosen["cc"], *chosen["bcc"]]})
    if chosen["cc"]:
        sql.execute(TAKE_IN, told | {"emails": list(chosen["cc"])})


def written(chosen: Recipients | None) -> str | None:
    """As a column of a draft or a held reply keeps it."""
    return None if chosen is None else to_json({name: list(chosen.get(name, ())) for name in ("cc", "bcc")})


def read(column: Any) -> dict[str, list[str]] | None:
    """What such a column says; None when nobody has decided."""
    known = from_json(column)
    return None if known is None else {name: list(known.get(name, ())) for name in ("cc", "bcc")}


def everybody(requester: str, chosen: Recipients) -> dict[str, list[str]]:
    """As a message keeps it: empty kinds are left out."""
    named: Iterable[tuple[str, Sequence[str]]] = (("to", [requester]), ("cc", chosen["cc"]), ("bcc", chosen["bcc"]))
    return {name: list(addresses) for name, addresses in named if addresses}


TAKING_PART = """
SELECT email FROM store_participant WHERE ticket_id = %(ticket)s AND NOT removed ORDER BY added_at, id LIMIT %(limit)s
"""
LEAVE_OUT = """
UPDATE store_participant SET removed = true, agent_id = %(agent)s
WHERE ticket_id = %(ticket)s AND NOT removed AND email <> ALL(%(kept)s)
"""
TAKE_IN = """
INSERT INTO store_participant (ticket_id, email, because, agent_id, removed, added_at)
SELECT %(ticket)s, email, 'agent', %(agent)s, false, %(now)s FROM unnest(%(emails)s::text[]) AS email
ON CONFLICT (ticket_id, email) DO UPDATE SET removed = false, agent_id = EXCLUDED.agent_id
WHERE store_participant.removed
"""
