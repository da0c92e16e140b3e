"""What a workflow takes for the same: merging what only looks alike, windows that say nothing of their own, and
experiments whose variant is the control.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deskwright.engine.differences import differences
from deskwright.engine.experiments import VARIANT, under
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


def idle(workflow: Workflow, places: Places) -> Iterator[Problem]:
    for name in workflow.variants:
        if not differences(workflow, under(workflow, [f"{name}={VARIANT}"])):
            message = _("the experiment %(experiment)s changes nothing: both arms would decide alike", experiment=name)
            yield places.tell(f"experiments.{name}.change", message)
