"""A floor of agents and the work that comes to it, moment by moment.

Work is given on arrival to the least loaded agent of its queue who is there, has the skills and has room; else it
waits, the most urgent and then the oldest first, and is offered when somebody has room again. An agent does one thing
at a time, most urgent first, and finishes what is begun when the shift ends. Between touches the customer takes their
time; who waits on the line may give up. Times are minutes from the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf, nan
from typing import Final

import numpy as np
import numpy.typing as npt

from deskwright.lab.capacity.series import Array

NOBODY: Final = -1
DONE, ANSWERS, COMES, ARRIVES, GIVES_UP = range(5)
"""Kinds of events; at the same moment the lower comes first: who is free takes what arrives."""

Waiting = list[tuple[int, float, int]]
"""A heap of (rank, since when it waits, which work)."""


@dataclass(frozen=True, slots=True)
class Work:
    """One ticket as it will be: how long each touch takes, and how long the customer takes between two."""

    arrival: float
    touches: tuple[float, ...]
    """Minutes of an agent's work; the first one ends in the first response."""
    pauses: tuple[float, ...] = ()
    """Minutes until the customer answers: one fewer than touches."""
    queue: int = 0
    rank: int = 0
    """0 is the most urgent."""
    skills: int = 0
    """One bit for each skill that is required."""
    units: float = 1.0
    patience: float = inf
    """Minutes after which one whose work has not begun gives up."""


@dataclass(frozen=True, slots=True)
class Person:
    """An agent: what they serve and when they are there."""

    queues: frozenset[int] = frozenset({0})
    skills: int = 0
    capacity: float = 1.0
    """Units carried at the same time."""
    shifts: tuple[tuple[float, float], ...] = ((0.0, inf),)
    """[from, until), ascending and apart from each other."""

    def serves(self, work: Work) -> bool:
        return work.queue in self.queues and work.skills & ~self.skills == 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Of each piece of work: when it began, was first answered and solved (NaN: never), whether its customer gave up,
    and who had it last. Of each person: minutes worked. `events` were simulated.
    """

    begun: Array
    answered: Array
    solved: Array
    lost: npt.NDArray[np.bool_]
    person: npt.NDArray[np.intp]
    worked: Array
    events: int


@dataclass(slots=True)
class Desk:
    """A person at work: what lies on their table, and what they carry."""

    person: Person
    number: int
    table: Waiting = field(default_factory=list)
    heaps: list[Waiting] = field(default_factory=list)
    """What waits for anybody like them."""
    carried: float = 0.0
    busy: bool = False
    turn: int = 0
    """When they were last given something; the lowest wins a tie."""
    shift: int = 0
    worked: float = 0.0

    def present(self, now: float) -> bool:
        """Whether a shift is on. `now` must not go back."""
        shifts = self.person.shifts
        while self.shift < len(shifts) and shifts[self.shift][1] <= now:
            self.shift += 1
        return self.shift < len(shifts) and shifts[self.shift][0] <= now


class Floor:
    """One run. `run()` once."""

    def __init__(self, work: Sequence[Work], people: Sequence[Person]) -> None:
        self.work = work
        self.desks = [Desk(person, number) for number, person in enumerate(people)]
        kinds = {(item.queue, item.skills): item for item in work}
        self.heaps: dict[tuple[int, int], Waiting] = {kind: [] for kind in kinds}
        self.able = {kind: [desk for desk in self.desks if desk.person.serves(item)] for kind, item in kinds.items()}
        for kind, desks in self.able.items():
            for desk in desks:
                desk.heaps.append(self.heaps[kind])
        count = len(work)
        self.begun, self.answered, self.solved = [nan] * count, [nan] * count, [nan] * count
        self.lost, self.owner, self.touched = [False] * count, [NOBODY] * count, [0] * count
        self.agenda: list[tuple[float, int, int]] = []
        """(when, what, of which work or person): a heap of what is to come, arrivals apart."""
        self.turn = self.events = 0

    def run(self) -> Figures:
        """Everything that happens, in order. The work must be ordered by arrival."""
        for desk in self.desks:
            self.announce(desk, 0)
        agenda, deeds = self.agenda, (self.done, self.answers, self.comes, self.arrives, self.gives_up)
        for number, item in enumerate(self.work):
            mark = (item.arrival, ARRIVES, number)
            while agenda and agenda[0] < mark:
                now, kind, which = heappop(agenda)
                self.events += 1
                deeds[kind](which, now)
            self.events += 1
            self.arrives(number, item.arrival)
        while agenda:
            now, kind, which = heappop(agenda)
            self.events += 1
            deeds[kind](which, now)
        return self.figures()

    # What happens

    def arrives(self, number: int, now: float) -> None:
        item = self.work[number]
        if item.patience < inf:
            heappush(self.agenda, (now + item.patience, GIVES_UP, number))
        desk = self.chosen(item, now)
        if desk is None:
            heappush(self.heaps[item.queue, item.skills], (item.rank, now, number))
        else:
            self.give(desk, number, now)

    def done(self, number: int, now: float) -> None:
        """The touch is done: of a person's work, by number of the work."""
        item, desk = self.work[number], self.desks[self.owner[number]]
        touched = self.touched[number]
        if touched == 0:
            self.answered[number] = now
        self.touched[number] = touched = touched + 1
        desk.busy = False
        if touched < len(item.touches):
            heappush(self.agenda, (now + item.pauses[touched - 1], ANSWERS, number))
        else:
            self.solved[number] = now
            desk.carried -= item.units
        self.go_on(desk, now)

    def answers(self, number: int, now: float) -> None:
        desk = self.desks[self.owner[number]]
        heappush(desk.table, (self.work[number].rank, now, number))
        self.go_on(desk, now)

    def comes(self, number: int, now: float) -> None:
        """A person's shift begins; the next one is looked forward to."""
        desk = self.desks[number]
        desk.present(now)
        self.announce(desk, desk.shift + 1)
        self.go_on(desk, now)

    def gives_up(self, number: int, now: float) -> None:
        if self.begun[number] != self.begun[number] and not self.lost[number]:
            self.lost[number] = True
            if self.owner[number] != NOBODY:
                desk = self.desks[self.owner[number]]
                desk.carried -= self.work[number].units
                self.go_on(desk, now)

    # What follows

    def announce(self, desk: Desk, shift: int) -> None:
        if shift < len(desk.person.shifts):
            heappush(self.agenda, (desk.person.shifts[shift][0], COMES, desk.number))

    def chosen(self, item: Work, now: float) -> Desk | None:
        """The least loaded of those who are there and have room; among equals who waited longest for work."""
        best, best_key = None, (inf, 0)
        for desk in self.able[item.queue, item.skills]:
            capacity = desk.person.capacity
            if desk.carried + item.units <= capacity and desk.present(now):
                key = (desk.carried / capacity, desk.turn)
                if key < best_key:
                    best, best_key = desk, key
        return best

    def give(self, desk: Desk, number: int, now: float) -> None:
        item = self.work[number]
        self.turn += 1
        desk.turn = self.turn
        desk.carried += item.units
        self.owner[number] = desk.number
        heappush(desk.table, (item.rank, item.arrival, number))
        self.begin(desk, now)

    def go_on(self, desk: Desk, now: float) -> None:
        """Somebody is free or has room: they take what waits, and begin what is most urgent on their table."""
        if not desk.present(now):
            return
        while (heap := self.most_urgent(desk)) is not None:
            self.give(desk, heappop(heap)[2], now)
        self.begin(desk, now)

    def most_urgent(self, desk: Desk) -> Waiting | None:
        """The line whose first may be given to the desk: it has room for it."""
        best: Waiting | None = None
        room = desk.person.capacity - desk.carried
        if room <= 0:
            return None
        for heap in desk.heaps:
            while heap and self.lost[heap[0][2]]:
                heappop(heap)
            if heap and self.work[heap[0][2]].units <= room and (best is None or heap[0] < best[0]):
                best = heap
        return best

    def begin(self, desk: Desk, now: float) -> None:
        table = desk.table
        while table and not desk.busy:
            number = heappop(table)[2]
            if self.lost[number]:
                continue
            touched = self.touched[number]
            if touched == 0:
                self.begun[number] = now
            minutes = self.work[number].touches[touched]
            desk.busy = True
            desk.worked += minutes
            heappush(self.agenda, (now + minutes, DONE, number))

    def figures(self) -> Figures:
        return Figures(
            np.array(self.begun),
            np.array(self.answered),
            np.array(self.solved),
            np.array(self.lost, dtype=bool),
            np.array(self.owner, dtype=np.intp),
            np.array([desk.worked for desk in self.desks]),
            self.events,
        )


def simulate(work: Sequence[Work], people: Sequence[Person]) -> Figures:
    """What becomes of the work, given in the order of its arrival. Work nobody can ever do is left unanswered.

    Raises ValueError for work out of order, or with other than one pause between two touches.
    """
    before = -inf
    for item in work:
        if item.arrival < before:
            raise ValueError("Work must be given in the order of its arrival.")
        if len(item.pauses) != len(item.touches) - 1:
            raise ValueError("There is one pause between two touches.")
        before = item.arrival
    return Floor(work, people).run()
