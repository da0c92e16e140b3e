"""What a workflow takes for the same: merging what only looks alike, and windows that say nothing of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deskwright.engine.linting.places import Places
from deskwright.engine.problems import Problem
from deskwright.engine.saying import _
from deskwright.engine.workflow import Workflow

SAME: Final = 0.8
"""What is less alike than this often speaks of two things."""


def hasty(workflow: Workflow, places: Places) -> Iterator[Problem]:
    merge_at = workflow.duplicates.get("merge_at")
    if merge_at is not None and merge_at < SAME:
        message = _(
            "from %(merge_at)s on, tickets that only resemble each other are merged without asking",
            merge_at=f"{merge_at:.0%}",
        )
        yield places.tell("duplicates.merge_at", message)


def superfluous(workflow: Workflow, places: Places) -> Iterator[Problem]:
    within = workflow.reopen.get("within")
    for queue, window in workflow.reopen.get("queues", {}).items():
        if window == within:
            yield places.tell(
                f"reopen.queues.{queue}", _("%(queue)s has the window of all the others anyhow", queue=queue)
            )
