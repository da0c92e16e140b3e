"""A desk to measure: a temporary PostgreSQL with durability as in production, twelve agents, a workflow of any size."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any

from deskwright.store.embedded import Embedded

SECRET = "a key for benchmarks only, which opens nothing at all"
BEGUN = "BEGUN"
"""Names the directory of a stopped, migrated cluster: an empty desk begins as a copy of it, which takes no making."""
SECTIONS = re.compile(r"^(?=[a-z_]+:)", re.MULTILINE)
"""Where the sections of a workflow document begin."""


@contextmanager
def desk(kept: str = "") -> Iterator[str]:
    """A migrated desk; yields its database's URL. Empty, and gone when the block ends, unless a directory keeps it."""
    from django.core.management import call_command

    with served(kept) as server, tempfile.TemporaryDirectory(prefix="deskwright-bench-") as data:
        set_up(server.url, data)
        call_command("migrate", verbosity=0)
        try:
            yield server.url
        finally:
            leave()


@contextmanager
def served(kept: str) -> Iterator[Embedded]:
    """The desk's own PostgreSQL."""
    begun = os.environ.get(BEGUN, "")
    with tempfile.TemporaryDirectory(prefix="deskwright-bench-") as data:
        if begun and not kept:
            subprocess.run(["cp", "-a", f"{begun}/.", data], check=True)
        server = Embedded(kept or data)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def set_up(url: str = "postgresql:///none", data: str = tempfile.gettempdir()) -> None:
    """Django, pointed at a database; benchmarks that only decide need none."""
    import django

    from deskwright.config.env import override

    override(
        {
            "DATABASE_URL": url,
            "DATA": data,
            "SECRET_KEY": SECRET,
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "deskwright.config.settings",
        }
    )
    django.setup()


def leave() -> None:
    from django.db import connections

    connections.close_all()
    connections["default"].close_pool()


def staff(now: datetime, rules: int = 50) -> dict[str, Any]:
    """The demo's people and organisations, and a workflow with so many rules. Returns the agents by key."""
    from deskwright.desk import workflows
    from deskwright.desk.demo import people

    agents = people.hire()
    people.found_organisations(agents, now)
    workflows.publish(workflow(rules), now=now)
    return agents


def workflow(rules: int) -> str:
    """The demo's workflow with other routing rules: as many as asked for, of the kinds that leads write."""
    from deskwright.desk.demo.people import HERE

    text = (HERE / "workflow.yaml").read_text(encoding="utf-8")
    kept = [
        section
        for section in SECTIONS.split(text)
        if not section.startswith(("routing_rules:", "tests:", "duplicates:"))
    ]
    lines = [f"  - {json.dumps(rule(number))}" for number in range(1, rules + 1)]
    return "".join([*kept, "\n".join(["routing_rules:", *lines, ""])])


def rule(number: int) -> dict[str, Any]:
    queue = ("technical", "billing", "success", "support")[number % 4]
    return {"name": f"Rule {number}", "condition": condition(number), "action": {"assign": {"queue": queue}}}


def condition(number: int) -> str:
    """Six kinds of conditions in turn; the number makes each its own."""
    tier = ("enterprise", "professional", "standard", "free")[number % 4]
    kinds = (
        f"category == 'area_{number}' AND customer_tier == '{tier}'",
        f"description CONTAINS 'keyword{number}'",
        f"category == 'billing' AND amount > {1000 * number}",
        f"priority == 'critical' AND category == 'part_{number}'",
        f"tags CONTAINS 'label_{number}' OR subject CONTAINS 'product{number}'",
        f"channel == 'phone' AND language == 'en' AND category == 'desk_{number}'",
    )
    return kinds[number % len(kinds)]


def bodies(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Tickets as API clients send them, from the demo's texts and people; some hit a rule of `workflow`."""
    from deskwright.desk.demo.conversations import fill, scenarios
    from deskwright.desk.demo.people import requesters

    dice, everybody = Random(seed), requesters()
    made = []
    for number in range(count):
        requester = dice.choice(everybody)
        script = fill(dice.choice(scenarios()), requester, dice)
        local, _, domain = requester.person.value.partition("@")
        body: dict[str, Any] = {
            "subject": script.subject,
            "text": f"{script.opening}\n\nkeyword{dice.randrange(100)}",
            "requester": {"email": f"{local}{number % 40}@{domain}", "name": requester.person.name},
        }
        if script.fields:
            body["fields"] = dict(script.fields)
        made.append(body)
    return made
