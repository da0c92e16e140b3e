"""Small makers for tests: people, organisations, arrivals and tickets, each made by the desk's own deeds.

The demo's people and texts stand behind the defaults.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from django.test import Client

from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.demo.conversations import scenarios
from deskwright.desk.demo.people import requesters
from deskwright.desk.staff import people
from deskwright.store.models import Agent, Customer, Organisation, Team, Ticket

_numbers = count(1)


def a_team(key: str = "support", name: str | None = None) -> Team:
    """The team of that key, made when it is not there."""
    found = Team.objects.filter(key=key).first()
    return found or people.add_team(key, name or key.capitalize())


def an_agent(name: str = "", *, teams: tuple[Team, ...] = (), **details: Any) -> Agent:
    """An agent with an address of their own; `details` as `people.add_agent` takes them."""
    number = next(_numbers)
    email = details.pop("email", f"agent{number}@desk.example")
    return people.add_agent(name or f"Agent {number}", email, teams=teams, **details)


def an_organisation(name: str = "", *, domain: str | None = None, **details: Any) -> Organisation:
    number = next(_numbers)
    return people.add_organisation(name or f"Organisation {number}", domain or f"org{number}.example", **details)


def a_requester(email: str = "", name: str = "") -> Person:
    """Somebody of the demo, unless named."""
    somebody = requesters()[next(_numbers) % len(requesters())].person
    return Person(email or somebody.value, name or somebody.name)


def an_arrival(**details: Any) -> Arrival:
    """A first message in English, from somebody of the demo by the portal; `details` are fields of Arrival."""
    english = [one for one in scenarios() if one.language == "en" and "{" not in one.subject + one.opening]
    said = english[next(_numbers) % len(english)]
    whole = {"channel": "portal", "requester": a_requester(), "subject": said.subject, "text": said.opening}
    return Arrival(**(whole | details))


def a_ticket(now: datetime, **details: Any) -> Ticket:
    """A ticket that came in through the desk's door at `now`."""
    (outcome,) = intake.receive([replace(an_arrival(**details), at=details.get("at", now))], now)
    return Ticket.objects.get(pk=outcome.ticket_id)


def came_in(customer: Customer) -> Client:
    """A browser of the customer's, who came in by a mailed link."""
    visitor = Client()
    session = visitor.session
    session["customer"] = customer.pk
    session.save()
    visitor.cookies["sessionid"] = session.session_key
    return visitor
