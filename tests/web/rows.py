"""Rows for page tests, written directly: a page reads, so it matters only that the rows are there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from deskwright.store.models import Agent, Clock, Customer, Identity, Message, Organisation, Team, Ticket, TicketEvent

PASSWORD = "a password for tests"


def agent(name: str, role: str = "agent", teams: tuple[str, ...] = (), password: str | None = None) -> Agent:
    """Somebody at the desk. Without a password nothing is hashed, which is slow on purpose."""
    kept = make_password(password) if password else "!"
    email = f"{name.split()[0].lower()}@desk.example"
    made = Agent.objects.create(name=name, email=email, role=role, password=kept)
    for key in teams:
        made.teams.add(Team.objects.get_or_create(key=key, defaults={"name": key.capitalize()})[0])
    return made


def customer(name: str, now: datetime, **known: Any) -> Customer:
    email = f"{name.split()[0].lower()}@harbor.example"
    made = Customer.objects.create(name=name, email=email, created_at=now, **known)
    Identity.objects.create(customer=made, value=email)
    return made


def organisation(name: str, **known: Any) -> Organisation:
    return Organisation.objects.create(name=name, **known)


def ticket(customer: Customer, now: datetime, subject: str = "Export stops", **known: Any) -> Ticket:
    row: dict[str, Any] = {
        "subject": subject,
        "description": "It stops at row 10,000.",
        "channel": "email",
        "status": "open",
        "priority": "medium",
        "customer": customer,
        "organisation": customer.organisation,
        "created_at": now,
        "updated_at": now,
    }
    return Ticket.objects.create(**{**row, **known})


def message(ticket: Ticket, now: datetime, kind: str = "customer", text: str = "Hello", **known: Any) -> Message:
    row: dict[str, Any] = {"new_text": text, "channel": "email", "created_at": now}
    if kind == "customer":
        row["customer"] = ticket.customer
    return Message.objects.create(ticket=ticket, kind=kind, text=known.pop("whole", text), **{**row, **known})


def clock(ticket: Ticket, started: datetime, minutes: int, **known: Any) -> Clock:
    """A running clock round the clock, due `minutes` after it started."""
    row: dict[str, Any] = {
        "metric": "first_response",
        "state": "running",
        "started_at": started,
        "running_since": started,
        "target": f"{minutes}m",
        "due_at": started + timedelta(minutes=minutes),
    }
    return Clock.objects.create(ticket=ticket, **{**row, **known})


def event(ticket: Ticket, at: datetime, kind: str = "ticket_opened", **known: Any) -> TicketEvent:
    return TicketEvent.objects.create(ticket=ticket, at=at, kind=kind, **known)
