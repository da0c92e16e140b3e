"""Who works when: shifts that cover the need and keep the rules, by constraint programming (CP-SAT of OR-tools).

A shift is a stretch of whole hours. First as little as may be is left uncovered, then as little as may be is worked
beyond it, evenly: hours and unsocial hours are spread. OR-tools is an optional part of the installation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

DAY: Final = 24
EFFORT: Final = 1.5
"""In the solver's own units, not in seconds: the same plan comes out on a slow machine. It takes some seconds."""
STRATEGIES: Final = 8
"""That the solver takes in turn."""
SEED: Final = 20
UNCOVERED, WORKED, UNEVEN, UNSOCIAL = 1000, 10, 4, 6
"""What an uncovered hour costs, one that is worked, each hour of difference between the most and the least given."""


class NotInstalled(Exception):
    """OR-tools is not there."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All in hours but `days`. `rest` lies between two shifts; `days` and `hours` hold for a week of the plan."""

    shortest: int = 4
    longest: int = 8
    rest: int = 11
    days: int = 5
    hours: int = 40


@dataclass(frozen=True, slots=True)
class Person:
    """`may[hour]`: whether they can be asked to work then. `hard[hour]`: whether it is an unsocial hour for them."""

    number: int
    may: Sequence[bool]
    hard: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours `begin` to before `end` of the plan."""

    person: int
    begin: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Plan:
    """`proved`: whether no plan is better; otherwise it is the best that was found in time."""

    shifts: tuple[Shift, ...]
    there: tuple[int, ...]
    missing: tuple[int, ...]
    proved: bool


def plan(need: Sequence[int], people: Sequence[Person], rules: Rules, effort: float = EFFORT) -> Plan:
    """The best plan found for people needed hour by hour, from the first hour of a day on. Raises NotInstalled."""
    cp_model = solver()
    model = cp_model.CpModel()
    offered = [(shift, model.new_bool_var("")) for person in people for shift in possible(person, rules)]
    keep_rules(model, offered, rules)
    begun = set(filled(need, [shift for shift, _ in offered], rules))
    for shift, taken in offered:
        model.add_hint(taken, shift in begun)
    short = cover(model, offered, need)
    model.minimize(
        UNCOVERED * sum(short)
        + WORKED * sum(shift.length * taken for shift, taken in offered)
        + UNEVEN * spread(model, offered, people, lambda person, shift: shift.length)
        + UNSOCIAL * spread(model, offered, people, lambda person, shift: sum(person.hard[shift.begin : shift.end]))
    )
    solved = cp_model.CpSolver()
    solved.parameters.num_workers, solved.parameters.interleave_search = STRATEGIES, True
    solved.parameters.random_seed, solved.parameters.max_deterministic_time = SEED, effort
    status = solved.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    shifts = [shift for shift, taken in offered if (solved.value(taken) if found else shift in begun)]
    return planned(shifts, need, proved=status == cp_model.OPTIMAL)


def planned(shifts: Sequence[Shift], need: Sequence[int], *, proved: bool) -> Plan:
    there = tuple(sum(shift.begin <= hour < shift.end for shift in shifts) for hour in range(len(need)))
    missing = tuple(max(0, needed - on) for needed, on in zip(need, there, strict=True))
    return Plan(tuple(sorted(shifts, key=lambda one: (one.begin, one.person))), there, missing, proved)


def filled(need: Sequence[int], offered: Sequence[Shift], rules: Rules) -> list[Shift]:
    """A plan to begin with: again and again the shift that covers most of what is open, of whom has worked least."""
    left, taken, worked = list(need), [], dict.fromkeys((one.person for one in offered), 0)
    free = list(offered)
    while free:
        open_hours = [sum(1 for hour in range(one.begin, one.end) if left[hour] > 0) for one in free]
        best = max(range(len(free)), key=lambda n: (open_hours[n], -free[n].length, -worked[free[n].person]))
        if not open_hours[best]:
            break
        chosen = free[best]
        taken.append(chosen)
        worked[chosen.person] += chosen.length
        for hour in range(chosen.begin, chosen.end):
            left[hour] -= 1
        mine = [one for one in taken if one.person == chosen.person]
        free = [one for one in free if one.person != chosen.person or fits(one, mine, rules)]
    return taken


def fits(shift: Shift, others: Sequence[Shift], rules: Rules) -> bool:
    """Whether a person who has these shifts can have this one too."""
    apart = all(
        (shift.begin >= one.end + rules.rest or one.begin >= shift.end + rules.rest)
        and shift.begin // DAY != one.begin // DAY
        for one in others
    )
    week = [one for one in others if one.begin // DAY // 7 == shift.begin // DAY // 7]
    return apart and len(week) < rules.days and sum(one.length for one in week) + shift.length <= rules.hours


def solver() -> Any:
    """Raises NotInstalled."""
    try:
        from ortools.sat.python import cp_model
    except ImportError as error:
        raise NotInstalled from error
    return cp_model


def possible(person: Person, rules: Rules) -> Iterator[Shift]:
    """Every shift that lies within hours in which the person may work."""
    for able, hours in groupby(range(len(person.may)), key=lambda hour: bool(person.may[hour])):
        stretch = list(hours)
        if able:
            for begin in stretch:
                last = min(stretch[-1] + 1, begin + rules.longest)
                yield from (Shift(person.number, begin, end) for end in range(begin + rules.shortest, last + 1))


def keep_rules(model: Any, offered: Sequence[tuple[Shift, Any]], rules: Rules) -> None:
    """One shift a day, rest between two, days and hours a week. Shifts with their rest are intervals: two of them
    overlap where both hold some hour.
    """
    for _, group in groupby(offered, key=lambda each: each[0].person):
        mine = list(group)
        for hour in sorted({shift.begin for shift, _ in mine}):
            model.add_at_most_one(taken for shift, taken in mine if shift.begin <= hour < shift.end + rules.rest)
        days = {shift.begin // DAY for shift, _ in mine}
        for day in days:
            model.add_at_most_one(taken for shift, taken in mine if shift.begin // DAY == day)
        for week in {day // 7 for day in days}:
            here = [(shift, taken) for shift, taken in mine if shift.begin // DAY // 7 == week]
            model.add(sum(taken for _, taken in here) <= rules.days)
            model.add(sum(shift.length * taken for shift, taken in here) <= rules.hours)


def cover(model: Any, offered: Sequence[tuple[Shift, Any]], need: Sequence[int]) -> list[Any]:
    """How many are missing in each hour, as variables."""
    short = []
    for hour, needed in enumerate(need):
        if needed:
            missing = model.new_int_var(0, needed, "")
            on = sum(taken for shift, taken in offered if shift.begin <= hour < shift.end)
            model.add(on + missing >= needed)
            short.append(missing)
    return short


def spread(model: Any, offered: Sequence[tuple[Shift, Any]], people: Sequence[Person], of: Any) -> Any:
    """The most that anybody has of something, less the least; of those who can have a shift at all."""
    offered_to = {shift.person for shift, _ in offered}
    able = [person for person in people if person.number in offered_to]
    if not able:
        return 0
    bound = max(len(person.may) for person in able)
    most, least = model.new_int_var(0, bound, ""), model.new_int_var(0, bound, "")
    for person in able:
        own = sum(of(person, shift) * taken for shift, taken in offered if shift.person == person.number)
        model.add(own <= most)
        model.add(own >= least)
    return most - least
