"""A log as a desk writes it, made up ticket by ticket, so that its length costs no memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from deskwright.engine.events import AgentReplied, FieldsChanged, TicketOpened
from deskwright.engine.facts import Agent, Customer, Message
from deskwright.engine.history import Recorded
from deskwright.engine.loading import load

DEMO: Final = Path(__file__).resolve().parents[1] / "src/deskwright/desk/demo/workflow.yaml"
LIVE: Final = load(DEMO.read_text(encoding="utf-8"), version=1)
OTHER: Final = load(LIVE.text.replace("per_agent: 14", "per_agent: 10"))
MONDAY: Final = datetime(2026, 1, 5, tzinfo=UTC)
EVERY: Final = timedelta(minutes=3)
TEAMS: Final = ("support", "engineering", "accounts")
PEOPLE: Final = {one: Agent(one, f"Agent {one}", teams=frozenset({TEAMS[one % 3]})) for one in range(1, 31)}
SUBJECTS: Final = ("The invoice is wrong", "Export fails with an error", "How do I invite them", "Api timeout, urgent")


def written(count: int) -> Iterator[Recorded]:
    """Tickets that come every three minutes, are answered after half an hour and solved after two."""
    waiting: list[tuple[datetime, int, int]] = []
    for number in range(1, count + 1):
        at = MONDAY + number * EVERY
        while waiting and waiting[0][0] <= at:
            yield from said(*waiting.pop(0))
        yield opened(number, at)
        waiting += [(at + timedelta(minutes=30), number, 2), (at + timedelta(minutes=120), number, 3)]
        waiting.sort()
    for entry in waiting:
        yield from said(*entry)


def until(count: int) -> datetime:
    return MONDAY + (count + 100) * EVERY


def opened(number: int, at: datetime) -> Recorded:
    subject = SUBJECTS[number % len(SUBJECTS)]
    changes = {"subject": subject, "description": subject, "created_at": at, "version": 1, "unanswered_since": at}
    customer, message = Customer(number % 500), Message(new_text=subject, at=at)
    return Recorded(4 * number - 3, number, at, TicketOpened(), 1, 0, False, changes, customer, message=message)


def said(at: datetime, number: int, place: int) -> Iterator[Recorded]:
    """The answer, or what the agent does to solve it."""
    agent = number % 30 + 1
    if place == 2:
        changes = {"first_response_at": at, "last_agent_at": at, "unanswered_since": None}
        yield Recorded(4 * number - 2, number, at, AgentReplied(agent), 1, 0, False, changes)
    else:
        event = FieldsChanged({"status": ("open", "solved")})
        done = {"status": "solved", "solved_at": at, "last_agent_at": at}
        yield Recorded(4 * number - 1, number, at, AgentReplied(agent), 1, 0, False, done)
        yield Recorded(4 * number, number, at, event, 1, 1, False)
