"""Follow-up tickets that decisions asked for: for the same customer, linked both ways by their events."""

from __future__ import annotations

from typing import Any

from deskwright.desk import workflows
from deskwright.desk.cases import Case, Happening, Link, blank_row
from deskwright.engine import facts
from deskwright.engine.effects import OpenFollowUp
from deskwright.engine.events import TicketOpened
from deskwright.engine.workflow import Workflow

ASSIGN_TO = "assign_to_"


def follow_up(case: Case, effect: OpenFollowUp, desk: facts.Desk) -> Case:
    """The new ticket as a case, its opening pending. It waits for no answer: nobody wrote."""
    at, version = case.row["updated_at"], case.row["workflow_version"]
    wish = wished(workflows.version(version), effect.assign)
    opened = Case(
        blank_row(
            subject=effect.subject,
            description=effect.because,
            channel=case.row["channel"],
            type=effect.type,
            priority=effect.priority,
            category=case.row["category"],
            customer_id=case.row["customer_id"],
            organisation_id=case.row["organisation_id"],
            queue=wish.get("queue"),
            assignee_id=somebody(desk, wish.get("role")) or named(case, desk, wish.get("from")),
            by_agent=True,
            created_at=at,
            updated_at=at,
            brand_id=case.row["brand_id"],
            arms=case.row["arms"],
            workflow_version=version,
        ),
        case.party,
        opened=True,
    )
    origin = {"follow_up_of": case.row["id"], "because": effect.because, "key": effect.key}
    event = TicketOpened(by="system", caused_by=effect.caused_by)
    opened.happen(Happening(event, at, data=origin))
    opened.links.append(Link("follow_up", case, because=effect.because))
    return opened


def wished(workflow: Workflow, assign: Any) -> dict[str, Any]:
    """queue, role and fact of what the workflow wrote: a mapping, or the name of an assignee or a queue."""
    if set(assign) != {"assign"}:
        return dict(assign)
    name = assign["assign"].removeprefix(ASSIGN_TO)
    known = workflow.assignees.get(name)
    return {"queue": known.queue, "role": known.role, "from": known.from_fact} if known else {"queue": name}


def somebody(desk: facts.Desk, role: str | None) -> int | None:
    """The least loaded available agent with this role; None leaves the choice to the workflow."""
    able = [agent for agent in desk.agents.values() if role is not None and agent.role == role and agent.available]
    loads = desk.loads
    return min((agent.id for agent in able), key=lambda agent: loads.get(agent, facts.Load()).units, default=None)


def named(case: Case, desk: facts.Desk, fact: str | None) -> int | None:
    """The available agent a fact about the customer names."""
    organisation, customer = case.party.organisation, case.party.customer
    holds = {
        "assignee": case.row["assignee_id"],
        "customer.last_agent": customer.last_agent,
        "organisation.csm": organisation and organisation.csm,
        "organisation.account_manager": organisation and organisation.account_manager,
    }
    agent = desk.agents.get(holds.get(fact or "") or 0)
    return agent.id if agent is not None and agent.available else None
