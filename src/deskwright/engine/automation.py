"""Which automations answer what happened. Each at most once in a decision; the actions are carried out by `decide`.

Time-based automations and caps per hour need a memory: they are due work of the desk, not of a single decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from deskwright.engine.trace import Step
from deskwright.engine.workflow import Automation, Workflow


def answering(
    workflow: Workflow, view: Mapping[str, Any], happened: Collection[str], steps: list[Step]
) -> Iterator[Automation]:
    """The automations to run, in the document's order; each condition sees what the earlier ones did to `view`."""
    for automation in workflow.automations:
        if automation.on not in happened:
            continue
        if not automation.enabled:
            steps.append(Step("automation", f"{automation.name} is switched off", False))
        elif automation.when is None or automation.when.holds(view):
            steps.append(_told(automation, view))
            yield automation
        else:
            steps.append(Step("automation", f"{automation.name} does not apply", False, parts=[_why(automation, view)]))


def _told(automation: Automation, view: Mapping[str, Any]) -> Step:
    step = Step("automation", f"{automation.name} runs on {automation.on.replace('_', ' ')}", True)
    if automation.when is not None:
        step.parts.append(_why(automation, view))
    return step


def _why(automation: Automation, view: Mapping[str, Any]) -> Step:
    assert automation.when is not None
    step: Step = automation.when.explain(view)
    return step
