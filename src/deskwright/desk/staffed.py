"""What a workflow would do with this desk's people simulated, too: the history and its people, handed to the lab.

Reads one snapshot, writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.crews import crew
from deskwright.desk.errors import Invalid
from deskwright.desk.simulation import Progress, Run
from deskwright.engine.calendars import Calendar
from deskwright.engine.facts import Agent
from deskwright.engine.history import Recorded
from deskwright.engine.workflow import Workflow
from deskwright.lab.staffed.fitting import Known
from deskwright.lab.staffed.promised import due_at, timelines
from deskwright.lab.staffed.stories import stories
from deskwright.lab.staffed.studying import RUNS, Spread, Study, study
from deskwright.lab.staffed.trials import History
from deskwright.lab.whatif.rerunning import Outcomes, rerun
from deskwright.store.connection import snapshot


@dataclass(frozen=True, slots=True)
class Studied:
    """`study` compares the live version with the draft; of the tickets opened from `since` to `until`."""

    study: Study
    since: datetime | None
    until: datetime
    names: dict[int, str]
    """Of the agents."""


@dataclass(frozen=True, slots=True)
class Past:
    """The log of a time, with the people it names by the number of their state: read once for all that ask."""

    since: datetime | None
    """When that time began; None for all there is."""
    log: list[Recorded]
    people: dict[int, dict[int, Agent]]
    counted: frozenset[int]
    """Tickets that were opened in that time."""

    def people_at(self, number: int) -> Mapping[int, Agent]:
        return self.people.get(number, {})

    @property
    def latest(self) -> Mapping[int, Agent]:
        return self.people[max(self.people)] if self.people else {}


@dataclass(frozen=True, slots=True)
class Ground:
    """What simulations of this desk stand on."""

    history: History
    known: Known
    really: Outcomes
    recorded: dict[str, float]
    """metric -> promises kept, in per cent."""
    names: dict[int, str]


def simulate(
    draft: Workflow,
    *,
    now: datetime,
    since: datetime | None = None,
    runs: int = RUNS,
    seed: int = 0,
    spread: Spread | None = None,
    progress: Progress = lambda share: None,
) -> Studied:
    """Run the live workflow and the draft over the same tickets with the same chances, `runs` times each. `progress`
    may raise the lab's Cancelled. Raises Invalid for a desk without tickets or without anybody who answers them.
    """
    live = workflows.live()
    ground = survey(live, now, read(now, since, lambda share: progress(0.0)), lambda share: progress(0.0))
    with crew(ours=spread) as ours:
        found = study(
            ground.history,
            ground.known,
            live,
            draft,
            recorded=ground.recorded,
            runs=runs,
            seed=seed,
            spread=ours,
            progress=progress,
        )
    return Studied(found, since, now, ground.names)


def read(now: datetime, since: datetime | None, progress: Progress = lambda share: None) -> Past:
    """The log of the tickets that were opened since, and of those still open then, in one snapshot. `progress` hears
    the share that is read and may raise the lab's Cancelled.
    """
    with snapshot() as sql:
        run = Run(sql, since, now, progress)
        log = run.read()
        people = {number: dict(run.people(number)) for number in {each.people for each in log}}
    return Past(since, log, people, frozenset(run.counted))


def survey(live: Workflow, now: datetime, past: Past, progress: Progress = lambda share: None) -> Ground:
    """Everything simulations need of this desk. `progress` hears the share of the log that is gone through. Raises
    Invalid.
    """
    log, people = past.log, past.people
    told = stories(log)
    counted = past.counted & {story.ticket for story in told}
    if not counted:
        raise Invalid(_("There is no ticket in that time: nothing can be tried out on it."))
    if not any(beat.agent is not None for story in told for beat in story.beats):
        raise Invalid(_("No agent has touched a ticket in that time: how people work cannot be learned from it."))
    really = rerun(followed(log, 0, 2, progress), workflows.version, past.people_at, now)[0]
    promised = timelines(followed(log, 1, 2, progress), workflows.version, past.people_at)
    latest = past.latest
    history = History(told, people, moves_of(log), now, counted)
    known = Known(
        lambda agent: shift_of(live, latest.get(agent)),
        lambda ticket, at: due_at(promised.get(ticket, []), at),
        lambda ticket: really[ticket].agent if ticket in really else None,
    )
    return Ground(
        history, known, really, kept_then(really, counted), {agent.id: agent.name for agent in latest.values()}
    )


def followed(log: Sequence[Recorded], part: int, parts: int, progress: Progress) -> Iterator[Recorded]:
    """The log; `progress` hears how far it is through this one of so many times it is gone through."""
    for done, recorded in enumerate(log):
        progress((part + done / len(log)) / parts)
        yield recorded


def kept_then(really: Outcomes, counted: Collection[int]) -> dict[str, float]:
    found: dict[str, list[bool]] = {}
    for number in counted:
        for metric, kept in really[number].kept.items():
            found.setdefault(metric, []).append(kept)
    return {metric: 100 * sum(each) / len(each) for metric, each in found.items()}


def shift_of(live: Workflow, agent: Agent | None) -> Calendar | None:
    """The hours of an agent's shift; None for somebody without one, or with one the workflow does not have."""
    return live.calendars.get(agent.shift) if agent is not None and agent.shift else None


def moves_of(log: list[Recorded]) -> list[tuple[datetime, int]]:
    """When each state of the people came about, as far as the log met it."""
    found: list[tuple[datetime, int]] = []
    for recorded in log:
        if not found or recorded.people > found[-1][1]:
            found.append((recorded.at, recorded.people))
    return found
