"""The audit log: changes of settings, looks at data, sign-ins, the latest first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from deskwright.api import pages
from deskwright.api.problems import Problem, invalid
from deskwright.api.routing import PAGED, Asked, Param, Route
from deskwright.api.shapes import INSTANT, OBJECT, TEXT, WHOLE, WHOLE_OR_NULL, a, a_page, an_object
from deskwright.desk import access, audit, audit_log
from deskwright.desk.audit_log import Place, Wanted
from deskwright.desk.numbers import number_in

READ: Final = "audit:read"
ENTRY: Final = an_object(
    id=WHOLE,
    at=INSTANT,
    kind=a("string", enum=list(audit.KINDS)),
    actor=WHOLE_OR_NULL,
    actor_name=TEXT,
    token=TEXT,
    action=TEXT,
    subject=TEXT,
    thing=TEXT,
    door=TEXT,
    address=TEXT,
    changes=OBJECT,
)
PERSON: Final = Param("person", "The number of an agent; 0 for whoever is none: the operator, programmes, strangers.")
QUESTIONS: Final = (
    Param("kind", "Only entries of this kind.", audit.KINDS),
    Param("action", "Only this deed, as `ticket.seen`."),
    PERSON,
    Param("thing", "What was looked at, as `ticket:17`, `customer:5`, `organisation:3`."),
    Param("since", "From this instant on (RFC 3339)."),
    Param("until", "Before this instant (RFC 3339)."),
    Param("q", "Part of a name, a token's name, a deed, a subject, or a network address."),
    *PAGED,
)


def listed(asked: Asked) -> Any:
    found = audit_log.found(wanted(asked), before(asked))[: asked.limit + 1]
    veil = access.veil(asked.agent)
    place = lambda entry: (entry.at.isoformat(), entry.pk)  # noqa: E731
    return pages.page(list(found), asked.limit, place, lambda entry: audit_log.told(entry, veil))


def wanted(asked: Asked) -> Wanted:
    """Raises Problem 422 with every question that says nothing."""
    faults: list[str] = []
    query = asked.query
    person, thing = number_in(query.get("person", "")), query.get("thing", "")
    if query.get("person") and person is None:
        faults.append("person must be the number of an agent.")
    if thing and not audit_log.thing_of(thing):
        faults.append("thing must be as ticket:17, customer:5 or organisation:3.")
    since, until = (moment(asked, name, faults) for name in ("since", "until"))
    if faults:
        raise invalid([{"pointer": "", "detail": fault} for fault in faults])
    return Wanted(
        query.get("q", "").strip(),
        query.get("kind", ""),
        query.get("action", ""),
        person,
        audit_log.thing_of(thing),
        since,
        until,
    )


def moment(asked: Asked, name: str, faults: list[str]) -> datetime | None:
    written = asked.query.get(name, "")
    if not written:
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not audit_log.meant(at):
        faults.append(f"{name} must be an RFC 3339 instant with its zone, like 2026-11-24T09:00:00Z.")
    return at


def before(asked: Asked) -> Place | None:
    """Raises Problem 422 for a cursor of elsewhere."""
    found = pages.cursor(asked, (str, int))
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(found[0])
        if not audit_log.meant(at):
            raise ValueError(found[0])
        return (at if at.tzinfo else at.replace(tzinfo=UTC)), max(0, min(found[1], 2**62))
    except ValueError:
        said = "This cursor is not of this list: take `next` of a page of it."
        raise Problem(422, "wrong_cursor", said) from None


ROUTES: Final = (
    Route(
        "GET",
        "/audit",
        READ,
        listed,
        "Read the audit log",
        gives=a_page(ENTRY),
        query=QUESTIONS,
        asks="audit:see",
    ),
)
