"""A change the demo's lead has in mind: exports to the engineers. The worker tries it as soon as the desk is served."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from deskwright.desk import workflows
from deskwright.desk.studio import trials
from deskwright.store.models import Agent

BEFORE: Final = "routing_rules:"
RULE: Final = """
  - name: Broken exports to the engineers
    condition: "category == 'product' AND subject CONTAINS 'export'"
    action: {assign: {queue: technical}, boost_priority: 1}
"""


def try_out(agents: Mapping[str, Agent], now: datetime) -> None:
    """Ask for it over everything the desk has lived through."""
    head, rules, rest = workflows.live().text.partition(BEFORE)
    _comment, end, others = rest.partition("\n")
    text = head.replace("workflow: Lanternfish support", "workflow: Exports to the engineers", 1)
    trials.ask(agents["mira"], f"{text}{rules}{RULE}{end}{others}", None, now=now)
