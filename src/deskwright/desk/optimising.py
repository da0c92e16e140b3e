"""Proposals for the live workflow: what a lead allows to be turned is tried on the desk's own simulated floor.

Reads one snapshot, writes nothing: a proposal is a text, and publishing it is somebody's decision.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.crews import crew
from deskwright.desk.errors import Invalid
from deskwright.desk.simulation import Progress
from deskwright.desk.staffed import Ground, Past, survey
from deskwright.engine.assignment.waiting import members
from deskwright.engine.facts import Agent, Desk
from deskwright.engine.problems import WorkflowError
from deskwright.engine.testing import run_tests
from deskwright.engine.workflow import Workflow
from deskwright.lab.advice.knobs import KNOBS, moves
from deskwright.lab.advice.searching import Load, Proposal, Search, most_runs, propose
from deskwright.lab.staffed.fitting import Behaviour, fit
from deskwright.lab.staffed.studying import JUDGED_BY, SCALES, Spread, Steps, judged, scaled

TEAMS: Final = "teams"
ALLOWED: Final = (*KNOBS, TEAMS)
USUALLY: Final = ("capacity", "skills", "warnings", "thresholds", TEAMS)
"""Longer targets are easily kept: promising less is tried only where it is asked for."""
RUNS: Final = 8


def optimise(
    past: Past,
    *,
    now: datetime,
    allowed: Collection[str] = USUALLY,
    runs: int = RUNS,
    seed: int = 0,
    spread: Spread | None = None,
    progress: Progress = lambda share: None,
) -> Proposal:
    """Search what is allowed of the live workflow, on that time's tickets. `progress` hears the share done and may
    raise the lab's Cancelled.

    Raises Invalid for kinds of change nobody knows, where nothing may be changed, and for a desk whose log is empty.
    """
    permitted(allowed)
    live = workflows.live()
    ground = survey(live, now, past, lambda share: progress(0.0))
    history = ground.history
    turned = moves(live, {kind: turn for kind, turn in KNOBS.items() if kind in allowed})
    steps = Steps(progress, 2 * len(SCALES) + JUDGED_BY + most_runs(len(turned), len(live.queues), runs))
    with crew(ours=spread) as ours:
        honesty = judged(history, ground.known, live, ours, steps)
        behaviour = scaled(history, fit(history.stories, ground.known), live, history.counted, ours, steps)
        search = Search(history, behaviour, live, sound_like(live), runs, seed, ours, steps)
        return propose(search, turned, honesty, busiest(ground, live, behaviour) if TEAMS in allowed else {})


def permitted(allowed: Collection[str]) -> Collection[str]:
    """These kinds of change. Raises Invalid for one nobody knows, and for none at all."""
    unknown = [kind for kind in allowed if kind not in ALLOWED]
    if unknown:
        told = {"kinds": ", ".join(unknown), "known": ", ".join(ALLOWED)}
        raise Invalid(_("What may be changed is %(known)s; %(kinds)s is not among them.") % told)
    if not allowed:
        raise Invalid(
            _("Nothing may be changed, so there is nothing to try; what can be is %(known)s.")
            % {"known": ", ".join(ALLOWED)}
        )
    return allowed


def sound_like(live: Workflow) -> Load:
    """Loads a text, unless more of the document's own tests fail than do now."""
    failing = sum(not result.passed for result in run_tests(live))

    def load(text: str) -> Workflow | None:
        try:
            found = workflows.load(text)
        except WorkflowError:
            return None
        return found if sum(not result.passed for result in run_tests(found)) <= failing else None

    return load


def busiest(ground: Ground, live: Workflow, behaviour: Behaviour) -> Mapping[str, Agent]:
    """Of each queue's team that works, the one who touched most tickets."""
    agents = ground.history.people[max(ground.history.people)]
    touched = dict.fromkeys(behaviour.workers, 0)
    for story in ground.history.stories:
        for beat in story.beats:
            if beat.agent in touched:
                touched[beat.agent] += 1
    found: dict[str, Agent] = {}
    used = {outcome.queue for outcome in ground.really.values()}
    for queue in (queue for queue in live.queues.values() if queue.name in used):
        able = [agent for agent in members(Desk(agents), queue) if agent.id in touched]
        if able:
            found.setdefault(queue.team or queue.name, max(able, key=lambda agent: touched[agent.id]))
    return found
