"""Follow-up tickets that decisions asked for: for the same customer, linked both ways by their events."""

from __future__ import annotations

from deskwright.desk.cases import Case, Happening, blank_row
from deskwright.engine import facts
from deskwright.engine.effects import OpenFollowUp
from deskwright.engine.events import TicketOpened


def follow_up(case: Case, effect: OpenFollowUp, desk: facts.Desk) -> Case:
    """The new ticket as a case, its opening pending. It waits for no answer: nobody wrote."""
    at = case.row["updated_at"]
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
            assignee_id=somebody(desk, effect.assign.get("role")),
            by_agent=True,
            created_at=at,
            updated_at=at,
            workflow_version=case.row["workflow_version"],
        ),
        case.party,
        opened=True,
    )
    origin = {"follow_up_of": case.row["id"], "because": effect.because, "key": effect.key}
    opened.happen(Happening(TicketOpened(by="system"), at, data=origin))
    return opened


def somebody(desk: facts.Desk, role: str | None) -> int | None:
    """The least loaded available agent with this role; None leaves the choice to the workflow."""
    able = [agent for agent in desk.agents.values() if role is not None and agent.role == role and agent.available]
    loads = desk.loads
    return min((agent.id for agent in able), key=lambda agent: loads.get(agent, facts.Load()).units, default=None)
