"""Runs a document's own tests: each opens a ticket from what is given and compares what was decided.

Deterministic: the moment is fixed unless the test asks for business hours. It must not touch a real desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from deskwright.engine import durations, vocabulary
from deskwright.engine.calendars import ALWAYS, Calendar
from deskwright.engine.effects import (
    AddTags,
    Effect,
    EnterTier,
    Notify,
    PutClock,
    Route,
    SetCustomer,
    SetField,
    SetSignals,
    SetStatus,
)
from deskwright.engine.events import TicketOpened
from deskwright.engine.facts import Customer, Facts, Message, Organisation, Signals, Ticket
from deskwright.engine.problems import shown
from deskwright.engine.routing import choose
from deskwright.engine.saying import _
from deskwright.engine.values import METRICS
from deskwright.engine.workflow import Expectation, Rule, Workflow

MOMENT: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday morning, where a test says nothing about the time."""
_TICKET_FIELDS: Final = frozenset(spec.name for spec in fields(Ticket)) - {"id", "fields", "created_at"}
_SEARCHED: Final = timedelta(hours=1)
_TEXTS: Final = ("text", "message", "description")


@dataclass(frozen=True, slots=True)
class Result:
    """How one test went: `faults` are sentences, none when it passed."""

    name: str
    line: int
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.faults


def run_tests(workflow: Workflow) -> tuple[Result, ...]:
    """Every test of the document, in order."""
    return tuple(_run(workflow, test) for test in workflow.tests)


def _run(workflow: Workflow, test: Expectation) -> Result:
    try:
        got = outcome(workflow, test.given)
    except ValueError as refusal:
        return Result(test.name, test.line, (str(refusal),))
    faults = (_fault(name, wanted, got) for name, wanted in test.expect.items())
    return Result(test.name, test.line, tuple(fault for fault in faults if fault))


def outcome(workflow: Workflow, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the workflow decides about a ticket opened with these facts: rule (name), number, assignee, queue, notify,
    tags, signals, the fields, and a target per metric. Raises ValueError for a moment that cannot be found.
    """
    from deskwright.engine.decide import decide  # decide reads workflows; only running tests needs it

    now = _moment(workflow, given)
    facts = facts_of(workflow, given, now)
    decision = decide(workflow, facts, TicketOpened(), now)
    got = {
        name: getattr(facts.ticket, name)
        for name in ("priority", "category", "complexity", "status", "impact", "urgency")
    }
    got |= {"notify": set(), "tags": set(facts.ticket.tags), "signals": set(facts.ticket.signals)}
    for effect in decision.effects:
        _take(got, effect)
    return got | _routed(workflow, facts, got, now)


def _take(got: dict[str, Any], effect: Effect) -> None:
    match effect:
        case SetField():
            got[effect.name.removeprefix("fields.")] = effect.value
        case SetCustomer():
            got[f"customer.{effect.name}"] = effect.value
        case SetStatus():
            got["status"] = effect.status
        case AddTags():
            got["tags"].update(effect.tags)
        case SetSignals():
            got["signals"] = set(effect.signals)
        case Notify():
            got["notify"].add(effect.audience)
        case Route():
            got["queue"], got["rule"] = effect.queue, effect.rule
        case EnterTier():
            got["tier"] = effect.tier
            got["escalated"] = effect.number > 1
        case PutClock() if effect.clock.metric in METRICS:
            got[effect.clock.metric] = effect.clock.target


def _routed(workflow: Workflow, facts: Facts, got: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The winning rule asked once more with what was decided, for the names it uses."""
    rule = next((rule for rule in workflow.rules if rule.name == got.get("rule")), None)
    found: dict[str, Any] = {"rule": rule.name if rule else None, "number": rule.number if rule else None}
    if rule is not None and rule.action.assign is not None:
        found["assignee"] = rule.action.assign.name or rule.action.assign.queue
        found["level"] = rule.action.assign.level
    seen = vocabulary.view(workflow, facts, TicketOpened(), now) | {
        name: value for name, value in got.items() if name not in ("notify", "rule", "queue")
    }
    matched: tuple[Rule, ...] = choose(workflow, seen).rules
    found["cc"] = {name for other in matched for name in other.action.cc}
    return found


# What is given, as facts


def facts_of(workflow: Workflow, given: Mapping[str, Any], now: datetime) -> Facts:
    """A case in which the given names have the given values; everything else is as on any new ticket."""
    text = next((str(given[name]) for name in _TEXTS if name in given), "")
    own = {name: value for name, value in given.items() if name in _TICKET_FIELDS and name not in ("tags", "signals")}
    sets = {name: frozenset(_listed(given[name])) for name in ("tags", "signals") if name in given}
    ticket = Ticket(
        0,
        **{"description": text, **own, **sets},
        fields=_fields(workflow, given, "ticket"),
        created_at=now - timedelta(minutes=_minutes(given.get("age", 0))),
    )
    message = Message(text, text, signals=Signals(given.get("sentiment"), given.get("language")))
    return Facts(ticket, _customer(workflow, given), _organisation(workflow, given), message)


def _customer(workflow: Workflow, given: Mapping[str, Any]) -> Customer:
    known = _dotted(given, "customer", Customer)
    custom = _fields(workflow, given, "customer")
    return replace(Customer(0, tier=given.get("customer_tier"), fields=custom), **known)


def _organisation(workflow: Workflow, given: Mapping[str, Any]) -> Organisation:
    known = _dotted(given, "organisation", Organisation)
    custom = _fields(workflow, given, "organisation")
    return replace(Organisation(0, "", given.get("customer_tier"), fields=custom), **known)


def _dotted(given: Mapping[str, Any], owner: str, kind: type) -> dict[str, Any]:
    known = {spec.name for spec in fields(kind)} - {"fields"}
    dotted = ((name.removeprefix(f"{owner}."), value) for name, value in given.items() if name.startswith(f"{owner}."))
    return {name: value for name, value in dotted if name in known}


def _fields(workflow: Workflow, given: Mapping[str, Any], owner: str) -> dict[str, Any]:
    custom = (spec for spec in workflow.fields.values() if spec.of == owner)
    keys = {spec.name: spec.name if owner == "ticket" else f"{owner}.{spec.name}" for spec in custom}
    return {name: given[key] for name, key in keys.items() if key in given}


def _listed(value: Any) -> list[str]:
    return [str(member) for member in value] if isinstance(value, list | tuple) else [str(value)]


def _minutes(value: Any) -> float:
    return durations.parse(value).minutes


def _moment(workflow: Workflow, given: Mapping[str, Any]) -> datetime:
    wanted = given.get("business_hours")
    calendar = workflow.calendars.get(workflow.sla.calendar or "", ALWAYS)
    if wanted is None or calendar.is_open(MOMENT) is wanted:
        return MOMENT
    return calendar.next_open(MOMENT) if wanted else _closed(calendar)


def _closed(calendar: Calendar) -> datetime:
    for hours in range(24 * 14):
        if not calendar.is_open(moment := MOMENT + hours * _SEARCHED):
            return moment
    raise ValueError(_("the desk's calendar is never closed, so business_hours cannot be false"))


# What is expected


def _fault(name: str, wanted: Any, got: Mapping[str, Any]) -> str | None:
    found = got.get("number") if name == "rule" and isinstance(wanted, int) else got.get(name)
    if name in METRICS:
        same = _same_duration(wanted, found)
    elif name in ("notify", "cc", "tags", "signals"):
        found = set(found or ())
        same = set(_listed(wanted or [])) <= found if wanted else not found
    else:
        same = (found or None) == (wanted or None)
    return (
        None
        if same
        else _("%(name)s is %(found)s, not %(wanted)s", name=name, found=_said(found), wanted=_said(wanted))
    )


def _same_duration(wanted: Any, found: Any) -> bool:
    if wanted is None or found is None:
        return wanted is found
    try:
        return durations.parse(wanted) == durations.parse(found)
    except ValueError:
        return False


def _said(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | list):
        return ", ".join(sorted(str(member) for member in value)) or "nothing"
    return "nothing" if value is None else shown(value)
