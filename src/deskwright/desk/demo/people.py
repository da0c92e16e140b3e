"""The demo's fictional people: agents in teams at three sites, and customers in organisations of four tiers.

Written through the desk's own deeds. Customers are not made here: they come to be when they write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password

from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.staff import people
from deskwright.store.models import Agent

HERE = Path(__file__).resolve().parent
MAILS = "lanternfish.example"
"""The domain the demo's agents have their addresses at."""


@dataclass(frozen=True, slots=True)
class Requester:
    """Somebody who writes to the demo desk."""

    person: Person
    language: str = "en"
    tier: str | None = None
    organisation: str = ""


@cache
def read(name: str) -> Any:
    """One of this package's YAML files, parsed once."""
    document: Any = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return document


def hire(password: str | None = None) -> dict[str, Agent]:
    """Make the teams and agents; returns the agents by key. Those who sign in get the password, the others none."""
    document = read("agents.yaml")
    teams = {key: people.add_team(key, name) for key, name in document["teams"].items()}
    agents = {entry["key"]: hire_one(entry, teams) for entry in document["agents"]}
    if password is not None:
        own = [address(entry["key"]) for entry in document["agents"] if "signs_in" in entry]
        Agent.objects.filter(email__in=own).update(password=make_password(password))  # one slow hash for all of them
    return agents


def hire_one(entry: Mapping[str, Any], teams: Mapping[str, Any]) -> Agent:
    return people.add_agent(
        entry["name"],
        address(entry["key"]),
        role=entry.get("role", "agent"),
        level=entry.get("level", "regular"),
        teams=[teams[key] for key in entry.get("teams", ())],
        skills=entry.get("skills"),
        languages=entry.get("languages", ()),
        shift=entry.get("shift", ""),
    )


def address(key: str) -> str:
    return f"{key}@{MAILS}"


def logins() -> list[tuple[str, str]]:
    """(who, email) of the agents who can sign in."""
    agents = read("agents.yaml")["agents"]
    return [(entry["signs_in"], address(entry["key"])) for entry in agents if "signs_in" in entry]


def found_organisations(agents: Mapping[str, Agent], now: datetime) -> None:
    """Make the organisations, each with its own renewal date within a year of `now`."""
    for place, entry in enumerate(read("organisations.yaml")["organisations"]):
        renewal = (now + timedelta(days=20 + 37 * place % 345)).date()
        people.add_organisation(
            entry["name"],
            entry["domain"],
            tier=entry["tier"],
            vip=entry.get("vip", False),
            csm=agents.get(entry.get("csm", "")),
            account_manager=agents.get(entry.get("manager", "")),
            fields={"renewal_date": renewal.isoformat(), **entry.get("facts", {})},
            no_outreach=entry.get("no_outreach", False),
        )


def requesters() -> list[Requester]:
    """Everybody who writes, in the files' order."""
    document = read("organisations.yaml")
    members = [
        Requester(Person(own_address(name, one["domain"]), name), one.get("language", "en"), one["tier"], one["name"])
        for one in document["organisations"]
        for name in one["people"]
    ]
    strangers = [
        Requester(Person(one["email"], one["name"]), one.get("language", "en")) for one in document["strangers"]
    ]
    return members + strangers


def own_address(name: str, domain: str) -> str:
    """Dr. Opal Rennick writes as opal.rennick@..."""
    plain = name.removeprefix("Dr. ").lower().translate(PLAIN).replace(" ", ".")
    return f"{plain}@{domain}"


PLAIN = str.maketrans({"é": "e", "è": "e", "ê": "e", "ö": "oe", "ä": "ae", "ü": "ue", "í": "i", "á": "a", "ñ": "n"})
