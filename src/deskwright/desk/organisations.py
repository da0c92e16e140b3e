"""Facts about organisations that other programs know: usage, errors, renewal. Typed as the live workflow declares them.

Every fault is told at once, with the organisation and the fact it is about. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.fields.values import typed
from deskwright.desk.settings import rights
from deskwright.engine.problems import meant
from deskwright.engine.workflow import FieldSpec
from deskwright.store.connection import cursor, deed, from_json, to_json
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
ORGANISATION: Final = "organisation"


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody tells of one organisation, named by its domain or its number."""

    organisation: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    """name -> value; None forgets it. Facts that are not named stay as they are."""
    outreach: bool | None = None
    """Whether proactive support may visit them; None leaves it."""


def known_facts() -> Mapping[str, FieldSpec]:
    """The facts of organisations that the live workflow declares."""
    return {name: spec for name, spec in workflows.live().fields.items() if spec.of == ORGANISATION}


def put_facts(actor: Agent | None, told: Told) -> Mapping[str, Any]:
    """Keep what is told of one organisation. Returns its id, name and all its facts. Raises Forbidden, NotFound, and
    Invalid with a sentence for each fact that does not fit.
    """
    rights.require(actor, "organisations:manage")
    checked, faults = check(known_facts(), told.facts)
    if faults:
        raise Invalid(next(iter(faults.values())), faults)
    with deed() as sql:
        (number,) = find(sql, [told.organisation])
        if number is None:
            raise NotFound(_("There is no organisation %(name)s.") % {"name": told.organisation[:200]})
        keep(sql, [(number, checked, told.outreach)])
    return shown(number)


def put_many(actor: Agent | None, told: Sequence[Told]) -> tuple[int, list[str]]:
    """Keep what is told of many, set-wise: all of it or, when anything is wrong, nothing. Returns (how many were kept,
    a sentence for each fault, with the place it stands at from 1). Raises Forbidden.
    """
    rights.require(actor, "organisations:manage")
    known, faults, rows = known_facts(), [], []
    with deed() as sql:
        found = find(sql, [one.organisation for one in told])
        for place, (one, number) in enumerate(zip(told, found, strict=True), 1):
            checked, wrong = check(known, one.facts)
            if number is None:
                faults.append(f"{place}: there is no organisation {one.organisation!r}")
            faults += [f"{place}: {said}" for said in wrong.values()]
            rows.append((number, checked, one.outreach))
        if not faults:
            keep(sql, rows)
    return (0, faults) if faults else (len(rows), [])


def check(known: Mapping[str, FieldSpec], facts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """(the facts as they are kept, name -> sentence for each that does not fit)."""
    kept, faults = {}, {}
    for name, value in facts.items():
        spec = known.get(name)
        if spec is None:
            faults[name] = _unknown(name, known)
            continue
        try:
            kept[name] = typed(spec, value)
        except ValueError as refusal:
            faults[name] = f"{name!r} {refusal}, not {str(value)[:80]!r}."
    return kept, faults


def _unknown(name: str, known: Iterable[str]) -> str:
    near = meant(name, tuple(known))
    hint = f" Did you mean {near!r}?" if near else " Declare it under `fields:` of the workflow, `of: organisation`."
    return f"No fact of organisations is named {name[:80]!r}.{hint}"


def find(sql: Cursor, names: Sequence[str]) -> list[int | None]:
    """The ids of organisations named by domain or number, in their order; None for one nobody knows."""
    rows = sql.execute(FIND, {"names": [name.strip().lower() for name in names]})
    return [row["id"] for row in rows]


def keep(sql: Cursor, rows: Sequence[tuple[int | None, Mapping[str, Any], bool | None]]) -> None:
    """Lay the facts over those that are known; proactive support looks again at once."""
    merged: dict[Any, dict[str, Any]] = {}
    for number, facts, outreach in rows:
        one = merged.setdefault(number, {"id": number, "facts": {}, "no_outreach": None})
        one["facts"] |= facts
        one["no_outreach"] = one["no_outreach"] if outreach is None else not outreach
    sql.execute(KEEP, {"rows": to_json(list(merged.values()))})


def shown(number: int) -> Mapping[str, Any]:
    row = cursor().execute(SHOWN, [number]).fetchone()
    assert row is not None
    return {**row, "facts": from_json(row["facts"])}


FIND = """
SELECT o.id FROM unnest(%(names)s::text[]) WITH ORDINALITY AS told(name, place)
LEFT JOIN LATERAL (
    SELECT coalesce(merged_into_id, id) AS id FROM store_organisation WHERE domain = told.name
    UNION ALL
    SELECT coalesce(merged_into_id, id) FROM store_organisation
    WHERE id = CASE WHEN told.name ~ '^[0-9]{1,18}$' THEN told.name::bigint END
    LIMIT 1
) AS o ON true
ORDER BY told.place
"""
KEEP = """
WITH told AS (SELECT * FROM json_to_recordset(%(rows)s::json) AS r(id bigint, facts jsonb, no_outreach bool)),
held AS (SELECT o.id FROM store_organisation AS o JOIN told USING (id) ORDER BY o.id FOR NO KEY UPDATE OF o)
UPDATE store_organisation AS o
SET fields = jsonb_strip_nulls(o.fields || told.facts), checked_at = NULL,
    no_outreach = coalesce(told.no_outreach, o.no_outreach)
FROM told JOIN held USING (id) WHERE o.id = told.id
"""
SHOWN = """
SELECT id, name, domain, fields AS facts, NOT no_outreach AS outreach FROM store_organisation WHERE id = %s
"""
