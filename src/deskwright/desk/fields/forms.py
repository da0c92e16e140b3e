"""Which fields a ticket asks for now, and which it lacks. Reads the workflow and a case's facts; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from deskwright.desk.cases import Case
from deskwright.desk.errors import Invalid
from deskwright.desk.fields.values import PREFIX, named
from deskwright.engine.facts import Customer, Desk, Facts, Ticket
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.vocabulary import view
from deskwright.engine.workflow import FieldSpec, Workflow


def asked_of(workflow: Workflow, seen: Mapping[str, Any]) -> list[FieldSpec]:
    """The ticket's fields that are asked for, as its view stands, in the document's order."""
    return [
        spec
        for spec in workflow.fields.values()
        if spec.of == "ticket"
        and (not spec.types or seen.get("type") in spec.types)
        and (spec.when is None or spec.when.holds(seen))
    ]


def asked_of_customers(workflow: Workflow, known: Mapping[str, Any], now: datetime) -> list[FieldSpec]:
    """The fields a new question asks for, as it is filled in so far: type, category and `fields`."""
    ticket = Ticket(
        0,
        channel="portal",
        type=known.get("type") or "question",
        category=known.get("category"),
        fields=known.get("fields") or {},
        created_at=now,
    )
    seen = view(workflow, Facts(ticket, Customer(0)), None, now)
    return [spec for spec in asked_of(workflow, seen) if spec.portal]


def seen_by(workflow: Workflow, case: Case, now: datetime) -> dict[str, Any]:
    """The case as conditions of fields see it."""
    return view(workflow, case.facts(Desk(), None), None, now)


def unanswered(specs: Iterable[FieldSpec], values: Mapping[str, Any], *moments: str) -> list[FieldSpec]:
    """Those that are required at one of these moments and have no value. `no` is a value."""
    return [spec for spec in specs if spec.required in moments and values.get(spec.name) in {None, ""}]


def refuse_unsolvable(workflow: Workflow, cases: Sequence[Case], now: datetime) -> None:
    """Cases that an agent has just solved must have what is required. Raises Invalid with a sentence that names it."""
    lacking: dict[str, list[int]] = {}
    for case in cases:
        if case.row["status"] in LIVE_STATUSES:
            continue
        asked = asked_of(workflow, seen_by(workflow, case, now))
        for spec in unanswered(asked, case.row["fields"], "on_open", "on_solve"):
            lacking.setdefault(spec.name, []).append(case.row["id"])
    if lacking:
        names = ", ".join(named(workflow, name) for name in lacking)
        where = where_said(cases, lacking)
        raise Invalid(
            _("Before this can be solved%(where)s, please fill in: %(names)s.") % {"where": where, "names": names},
            {PREFIX + name: "is needed before the ticket is solved" for name in lacking},
        )


def where_said(cases: Sequence[Case], lacking: Mapping[str, Sequence[int]]) -> str:
    """The tickets that lack something, where one might not know which."""
    if len(cases) == 1:
        return ""
    tickets = sorted({ticket for some in lacking.values() for ticket in some})
    more = f" and {len(tickets) - 5} more" if len(tickets) > 5 else ""
    return f" ({', '.join(f'#{ticket}' for ticket in tickets[:5])}{more})"
