"""The audit log: every change of a setting, every sign-in, every look at data that somebody may have to answer for.

`note(actor, "team.changed", "Billing", now=now, before={...}, after={...})` inside the deed; it commits or falls with
it. Deeds on settings call `desk.settings.saving.saved`, which notes. Looks at customers' data are noted by the doors
that show them (`looked`, `taken`), for the desk cannot know who reads what. Rows are never changed; `retain` alone
deletes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from deskwright.desk.audit_actions import Action
from deskwright.store.connection import cursor, deed, to_json
from deskwright.store.models import Agent

Values = Mapping[str, Any]
NOTHING: Final[Mapping[str, str]] = {}
MASK: Final = "•••"
SECRET: Final = re.compile(r"password|secret|token_text|private|smtp_password|credential", re.IGNORECASE)
OPERATOR: Final = "the operator"
SOMEBODY: Final = "somebody"
UNVERIFIED: Final = "no address that the provider has verified"
"""What stands where a name or a subject would; the pages word them."""
CHANGE: Final = "change"
ACCESS: Final = "access"
SIGN_IN: Final = "sign_in"
KINDS: Final = (CHANGE, ACCESS, SIGN_IN)
SITTING: Final = timedelta(minutes=15)
"""Looking at the same thing again within such a quarter of an hour of the clock is one look."""
WORTH_NOTING: Final = 3
"""Characters of a search for tickets, which runs with every key: with fewer somebody is still typing."""
NOTE: Final = """
INSERT INTO store_auditentry
    (at, kind, actor, actor_name, action, subject, thing, changes, door, address, token, sitting)
VALUES (%(at)s, %(kind)s, %(actor)s, %(name)s, %(action)s, %(subject)s, %(thing)s, %(changes)s::jsonb, %(door)s,
    %(address)s, %(token)s, %(sitting)s)
ON CONFLICT (sitting) WHERE sitting IS NOT NULL DO NOTHING
"""
RETAIN: Final = """
DELETE FROM store_auditentry WHERE id IN (
    SELECT id FROM store_auditentry WHERE kind = %(kind)s AND at < %(since)s ORDER BY at LIMIT %(limit)s
)
"""

log = logging.getLogger("deskwright.audit")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a deed comes from: the door it came in by, the network address, and the API token's name."""

    door: str = "cli"
    address: str = ""
    token: str = ""


HERE: Final = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=HERE)


@contextmanager
def coming_from(door: str, address: str = "", token: str = "") -> Iterator[None]:
    """Whatever is noted inside came in by this door. The doors say so; deeds need not know."""
    reset = _origin.set(Origin(door, address, token))
    try:
        yield
    finally:
        _origin.reset(reset)


def note(
    actor: Agent | None,
    action: Action,
    subject: str = "",
    *,
    now: datetime,
    before: Values | None = None,
    after: Values | None = None,
    name: str = "",
    kind: str = CHANGE,
    thing: str = "",
    sitting: UUID | None = None,
) -> None:
    """One entry. `actor` None is the operator, or whoever `name` says (a stranger).

    Of entries with the same `sitting` the first is kept.
    """
    origin = _origin.get()
    who = name or (actor.email if actor else origin.token or OPERATOR)
    changes = differing(before or {}, after or {})
    entry = {
        "at": now,
        "kind": kind,
        "actor": actor.pk if actor else None,
        "name": who[:254],
        "action": action[:60],
        "subject": subject.replace("\0", "")[:254],
        "thing": thing,
        "changes": to_json(changes),
        "door": origin.door,
        "address": origin.address[:45],
        "token": origin.token[:120],
        "sitting": sitting,
    }
    kept = cursor().execute(NOTE, entry).rowcount
    if kept and kind != ACCESS:
        log.info("%s %s by %s %s", action, subject, who, ", ".join(changes))


def looked(
    actor: Agent | None,
    action: Action,
    thing: str = "",
    subject: str = "",
    *,
    now: datetime,
    filters: Mapping[str, str] = NOTHING,
) -> None:
    """Somebody looked at `thing` (`ticket:17`), or looked for `subject`: one entry for each quarter of an hour.

    `filters`: what was chosen of a list, name -> value, beside its words. One statement, which writes nothing the
    second time.
    """
    origin = _origin.get()
    who = actor.pk if actor else 0
    chosen = {name: value for name, value in filters.items() if value}
    same = once(quarter(now), who, origin.token, action, thing, subject, *sorted(chosen.items()))
    note(actor, action, subject, now=now, kind=ACCESS, thing=thing, sitting=same, after=chosen)


def sought(actor: Agent | None, action: Action, text: str, *, now: datetime) -> None:
    """Somebody looked for words while typing them. Fewer than three characters are not kept."""
    if len(text.strip()) >= WORTH_NOTING:
        looked(actor, action, subject=text.strip(), now=now)


def listed(actor: Agent | None, whole: Action, searched: Action, text: str, *, now: datetime) -> None:
    """Somebody looked at a list: the whole of it, or what the text finds in it, which may be as short as Li or HP."""
    words = text.strip()
    looked(actor, searched if words else whole, subject=words, now=now)


def taken(
    actor: Agent | None,
    action: Action,
    what: str,
    *,
    now: datetime,
    thing: str = "",
    rows: int | None = None,
    filters: Mapping[str, str] = NOTHING,
) -> None:
    """Somebody took data away: a file, an export of so many rows. Every time is an entry. `filters` as of `looked`."""
    chosen: dict[str, Any] = {name: value for name, value in filters.items() if value}
    after = chosen if rows is None else chosen | {"rows": rows}
    note(actor, action, what, now=now, kind=ACCESS, thing=thing, after=after)


def quarter(now: datetime) -> int:
    """The quarter of an hour it is, by number."""
    return int(now.timestamp() // SITTING.total_seconds())


def once(*what: object) -> UUID:
    """The `sitting` of what is to be noted once."""
    return UUID(bytes=blake2b(repr(what).encode(), digest_size=16).digest())


def differing(before: Values, after: Values) -> dict[str, list[Any]]:
    """name -> [before, after] of what differs; the values of secrets are masked."""
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return {name: [masked(name, before.get(name)), masked(name, after.get(name))] for name in names}


def masked(name: str, value: Any) -> Any:
    if value in (None, "") or not SECRET.search(name):
        return plain(value)
    return MASK


def plain(value: Any) -> Any:
    """A value JSON can say; anything else as its words."""
    if isinstance(value, Mapping):
        return {str(name): masked(str(name), held) for name, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def retain(since: datetime, limit: int, kind: str = CHANGE) -> int:
    """Delete what is older of this kind, the oldest first: the one way entries leave. Returns how many."""
    with deed() as sql:
        sql.execute("SET LOCAL deskwright.audit_retention = 'on'")
        gone = sql.execute(RETAIN, {"since": since, "limit": limit, "kind": kind}).rowcount
        sql.execute("SET LOCAL deskwright.audit_retention = 'off'")
        return gone
