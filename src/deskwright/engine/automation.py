"""Which automations answer what happened: in the document's order, each at most once in a chain of causes.

Caps per hour, switches and sweeps need a memory: the desk's facts name the automations that rest, and why. The actions
are carried out by `decide`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from deskwright.engine.trace import Step
from deskwright.engine.workflow import Automation, Workflow

EVERY: Final = "every"
"""What a time-based automation waits for: its turn."""
OFF: Final = "is switched off"
SPENT: Final = "has run as often as it may within an hour"
FAILED: Final = "failed"
ONCE: Final = "runs once in a chain of causes, or it might set itself off for ever"
"""Why an automation rests."""


class AutomationFailed(Exception):
    """One automation broke; its `rule` is named, so that the rest can be decided without it."""

    def __init__(self, rule: str, trouble: Exception) -> None:
        super().__init__(f"{rule}: {trouble}")
        self.rule, self.trouble = rule, trouble


def answering(
    workflow: Workflow,
    view: Mapping[str, Any],
    happened: Collection[str],
    resting: Mapping[str, str],
    steps: list[Step],
    turn: str | None = None,
) -> Iterator[Automation]:
    """The automations to run; each condition sees what the earlier ones did to `view`. `resting` is read again for
    each, so those that have run meanwhile may be added; `turn` is the time-based one whose turn it is.
    """
    for automation in workflow.automations:
        if automation.on not in happened or (automation.on == EVERY and automation.name != turn):
            continue
        reason = OFF if not automation.enabled else resting.get(automation.name)
        if reason is not None:
            steps.append(Step("automation", f"{automation.name} {reason}", False))
        elif automation.when is None or automation.when.holds(view):
            steps.append(_told(automation, view))
            yield automation
        else:
            steps.append(Step("automation", f"{automation.name} does not apply", False, parts=[_why(automation, view)]))


def _told(automation: Automation, view: Mapping[str, Any]) -> Step:
    moment = "at its turn" if automation.on == EVERY else f"on {automation.on.replace('_', ' ')}"
    step = Step("automation", f"{automation.name} runs {moment}", True)
    if automation.when is not None:
        step.parts.append(_why(automation, view))
    return step


def _why(automation: Automation, view: Mapping[str, Any]) -> Step:
    assert automation.when is not None
    step: Step = automation.when.explain(view)
    return step
