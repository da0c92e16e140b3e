"""Which organisations are at risk: the workflow's risk factors, asked of what the desk knows of an organisation.

What is unknown is no risk. Nothing is opened here; an event carries what was found, so that the ticket can say why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from deskwright.engine import vocabulary
from deskwright.engine.conditions import Condition
from deskwright.engine.facts import Customer, Facts, Organisation, Ticket
from deskwright.engine.workflow import Assignee, Workflow

COOLDOWN: Final = timedelta(days=30)
"""Where the document names none."""
HEALTH_CHECK: Final = "health_check"


@dataclass(frozen=True, slots=True)
class Risk:
    """What the factors said of one organisation."""

    held: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """factor -> the values it saw, by name"""
    unknown: tuple[str, ...] = ()
    """Factors nobody can answer: a fact they ask for is missing."""


def assess(workflow: Workflow, organisation: Organisation, now: datetime) -> Risk:
    """What every factor says of the organisation. `now` is an aware UTC instant."""
    view = vocabulary.view(workflow, Facts(Ticket(0), Customer(0), organisation), None, now)
    found = {name: factor.certain(view) for name, factor in factors(workflow).items()}
    held = {name: factors(workflow)[name].values(view) for name, holds in found.items() if holds}
    return Risk(held, tuple(name for name, holds in found.items() if holds is None))


def at_risk(workflow: Workflow, risk: Risk) -> bool:
    return bool(risk.held) and len(risk.held) >= workflow.proactive.get("at_least", 1)


def factors(workflow: Workflow) -> Mapping[str, Condition]:
    found: Mapping[str, Condition] = workflow.proactive.get("risk_factors", {})
    return found


def wanted(workflow: Workflow) -> Mapping[str, Any]:
    """type, priority, subject of the ticket to open, as far as the document says."""
    found: Mapping[str, Any] = workflow.proactive.get("open", {})
    return found


def visitor(workflow: Workflow) -> Assignee | None:
    """Who the document says goes; None leaves it to the routing rules."""
    found: Assignee | None = wanted(workflow).get("assign")
    return found


def cooldown(workflow: Workflow) -> timedelta:
    """How long an organisation is left alone after a visit."""
    said = workflow.proactive.get("cooldown")
    return timedelta(days=said.business_days, minutes=said.minutes) if said else COOLDOWN
