"""Event logs of other systems: kept under a name, listed, taken out again. What they mean is the lab's to say.

An imported log never becomes a ticket: nothing of the desk reads it but simulations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from zlib import compress, decompress

from django.utils.translation import gettext as _

from deskwright.desk import audit
from deskwright.desk.errors import NotFound
from deskwright.desk.settings.rights import require
from deskwright.engine.calendars.calendar import instant
from deskwright.lab.processes.eventlog import Case, Step
from deskwright.store.connection import cursor, deed, from_json, to_json
from deskwright.store.models import Agent

PUBLISH: Final = "workflow:publish"
USES: Final = 20
"""Of the latest simulations that are remembered."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A log the desk keeps. Instants are UTC; `read_as` and `uses` are as the model has them."""

    name: str
    cases: int
    steps: int
    people: int
    begins_at: datetime
    ends_at: datetime
    imported_at: datetime
    read_as: Mapping[str, Any] = field(default_factory=dict)
    uses: Sequence[Mapping[str, Any]] = ()
    id: int = 0
    """0 of one that is not kept."""


def described(name: str, cases: Sequence[Case], now: datetime, read_as: Mapping[str, Any] | None = None) -> Kept:
    """What would be kept of these cases."""
    steps = [step for case in cases for step in case]
    people = {step.resource for step in steps if step.resource}
    begins, ends = min(step.begin for step in steps), max(step.end for step in steps)
    spans = instant(begins), instant(ends)
    return Kept(name, len(cases), len(steps), len(people), *spans, now, read_as or {})


def keep(
    actor: Agent | None, name: str, cases: Sequence[Case], *, now: datetime, read_as: Mapping[str, Any] | None = None
) -> Kept:
    """Keep a log; one of the same name gives way to it. `actor` None is the operator. Raises Forbidden."""
    require(actor, PUBLISH)
    kept = described(name, cases, now, read_as)
    rows = [[[step.activity, step.resource, step.begin, step.end] for step in case] for case in cases]
    body = compress(to_json(rows).encode())
    with deed() as sql:
        sql.execute(KEEP, {**asdict(kept), "read_as": to_json(kept.read_as), "body": body})
    return kept


def remove(actor: Agent | None, name: str, *, now: datetime) -> None:
    """Forget a log. Raises Forbidden, NotFound."""
    require(actor, PUBLISH)
    with deed() as sql:
        if not sql.execute("DELETE FROM store_eventlog WHERE name = %s RETURNING id", [name]).fetchone():
            raise unknown(name)
        audit.note(actor, "eventlog.removed", name, now=now)


def note_use(name: str, use: Mapping[str, Any], now: datetime) -> None:
    """A simulation ran the log on, changed like this."""
    with deed() as sql:
        sql.execute(USED, {"name": name, "use": to_json([{"at": now, **use}]), "most": USES - 1})


def cases_of(name: str) -> list[Case]:
    """The cases of a kept log. Raises NotFound, naming those there are."""
    row = cursor().execute("SELECT body FROM store_eventlog WHERE name = %s", [name]).fetchone()
    if row is None:
        raise unknown(name)
    rows = from_json(decompress(bytes(row["body"])))
    return [tuple(Step(*step) for step in case) for case in rows]


def unknown(name: str) -> NotFound:
    known = ", ".join(each.name for each in listing()) or _("none")
    return NotFound(_("No event log is called %(name)s; kept: %(known)s.") % {"name": name[:80], "known": known})


def listing() -> list[Kept]:
    """Every log, by name."""
    columns = ", ".join(Kept.__dataclass_fields__)
    rows = cursor().execute(f"SELECT {columns} FROM store_eventlog ORDER BY name")
    return [Kept(**{**row, "read_as": from_json(row["read_as"]), "uses": from_json(row["uses"])}) for row in rows]


KEEP = """
INSERT INTO store_eventlog (name, cases, steps, people, begins_at, ends_at, imported_at, read_as, uses, body)
VALUES (%(name)s, %(cases)s, %(steps)s, %(people)s, %(begins_at)s, %(ends_at)s, %(imported_at)s, %(read_as)s::jsonb,
    '[]', %(body)s)
ON CONFLICT (name) DO UPDATE SET cases = EXCLUDED.cases, steps = EXCLUDED.steps, people = EXCLUDED.people,
    begins_at = EXCLUDED.begins_at, ends_at = EXCLUDED.ends_at, imported_at = EXCLUDED.imported_at,
    read_as = EXCLUDED.read_as, uses = EXCLUDED.uses, body = EXCLUDED.body
"""
USED = """
UPDATE store_eventlog SET uses = %(use)s::jsonb
    || jsonb_path_query_array(uses, '$[0 to $until]', jsonb_build_object('until', %(most)s::int - 1))
WHERE name = %(name)s
"""
