"""One run of a history under a workflow with simulated people, and its figures. What a process of its own runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from math import inf

from deskwright.engine.facts import Agent
from deskwright.engine.workflow import Workflow
from deskwright.lab.replay import People
from deskwright.lab.staffed.fitting import Behaviour
from deskwright.lab.staffed.running import Floor
from deskwright.lab.staffed.stories import Story
from deskwright.lab.whatif.outcomes import Outcome, note_promises

Group = tuple[str, str, str]
"""(all | priority | queue, its name, metric)"""
HOUR = 3600


@dataclass(frozen=True, slots=True)
class History:
    """What came to the desk, and its people. `people` is by the number of their state, `moves` when each came about,
    `counted` the tickets figures are of: the others are work that lay there.
    """

    stories: Sequence[Story]
    people: Mapping[int, Mapping[int, Agent]]
    moves: Sequence[tuple[datetime, int]]
    until: datetime
    counted: frozenset[int]

    def people_at(self, version: int) -> Mapping[int, Agent]:
        return self.people.get(version) or self.people[min(self.people)]


@dataclass(frozen=True, slots=True)
class Trial:
    history: History
    behaviour: Behaviour
    workflow: Workflow
    seed: int
    joined: Agent | None = None
    """Somebody who is there beside the desk's own people."""

    def people(self) -> People:
        """Everybody, by the number of their state."""
        joined = self.joined
        if joined is None:
            return self.history.people_at
        return cache(lambda version: {**self.history.people_at(version), joined.id: joined})


@dataclass(slots=True)
class Figures:
    """Of one run. `first` is seconds until the first answer by ticket (inf: none yet), `later` until each further one
    a customer waited for, `busy` hours by agent.
    """

    kept: dict[Group, tuple[int, int]] = field(default_factory=dict)
    """(promises that ended, those of them that were kept)"""
    first: dict[int, float] = field(default_factory=dict)
    later: dict[int, list[float]] = field(default_factory=dict)
    busy: dict[int, float] = field(default_factory=dict)
    unanswered: int = 0
    lost: int = 0
    """Customers who left the chat."""
    escalations: int = 0
    notices: int = 0


def attempt(trial: Trial) -> Figures:
    """Run it. The same trial gives the same figures, wherever it runs."""
    history = trial.history
    floor = Floor(history.stories, history.moves, trial.people(), trial.behaviour, trial.workflow, trial.seed)
    floor.run(history.until)
    return figures_of(floor, history.counted)


def figures_of(floor: Floor, counted: frozenset[int]) -> Figures:
    found = Figures()
    ended: Counter[Group] = Counter()
    kept: Counter[Group] = Counter()
    for number, outcome in floor.course.outcomes.items():
        if number in counted:
            note_promises(outcome, floor.course.replay.tickets[number])
            found.escalations += outcome.escalations
            found.notices += outcome.notices
            for metric, fine in outcome.kept.items():
                for group, name in groups(outcome):
                    ended[group, name, metric] += 1
                    kept[group, name, metric] += fine
    found.kept = {group: (count, kept[group]) for group, count in ended.items()}
    for number, thread in floor.threads.items():
        if number in counted and not thread.story.by_agent:
            found.first[number] = inf if thread.first is None else thread.first
            found.later[number] = thread.later if thread.asked is None else [*thread.later, inf]
            found.lost += thread.lost
    found.unanswered = sum(number in counted for number in floor.wanting)
    found.busy = {hand.agent: hand.worked / HOUR for hand in floor.hands.values()}
    return found


def groups(outcome: Outcome) -> tuple[tuple[str, str], ...]:
    return ("all", "all"), ("priority", outcome.priority or "none"), ("queue", outcome.queue or "none")
