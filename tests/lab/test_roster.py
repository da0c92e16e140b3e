"""Shift plans keep the rules, cover what can be covered, and on small cases are as good as trying everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, product

import numpy as np
import pytest

from deskwright.lab.capacity import roster
from deskwright.lab.capacity.roster import DAY, Person, Plan, Rules, Shift, plan


def person(number: int, hours: int, able: Sequence[int] | None = None, hard: Sequence[int] = ()) -> Person:
    may = [able is None or hour in able for hour in range(hours)]
    return Person(number, may, [hour in hard for hour in range(hours)])


def cost(shifts: Sequence[Shift], need: Sequence[int], people: Sequence[Person]) -> int:
    """What the plan is judged by, reckoned anew from its shifts."""
    there = [sum(one.begin <= hour < one.end for one in shifts) for hour in range(len(need))]
    short = sum(max(0, needed - on) for needed, on in zip(need, there, strict=True))
    worked = [sum(one.length for one in shifts if one.person == who.number) for who in people]
    hard = [sum(sum(who.hard[one.begin : one.end]) for one in shifts if one.person == who.number) for who in people]
    even = roster.UNEVEN * (max(worked) - min(worked)) + roster.UNSOCIAL * (max(hard) - min(hard))
    return roster.UNCOVERED * short + roster.WORKED * sum(worked) + even


def breaches(shifts: Sequence[Shift], people: Sequence[Person], rules: Rules) -> Iterator[str]:
    """Every rule that is not kept, written independently of the model."""
    for who in people:
        mine = sorted((one for one in shifts if one.person == who.number), key=lambda one: one.begin)
        for one in mine:
            if not rules.shortest <= one.length <= rules.longest:
                yield f"{one} has no length of a shift"
            if not all(who.may[one.begin : one.end]):
                yield f"{one} lies where they may not work"
        for one, other in pairwise(mine):
            if other.begin - one.end < rules.rest:
                yield f"no rest between {one} and {other}"
        if len({one.begin // DAY for one in mine}) < len(mine):
            yield "two shifts on a day"
        if len(mine) > rules.days or sum(one.length for one in mine) > rules.hours:
            yield "too many days or hours in a week"


def cheapest(need: Sequence[int], people: Sequence[Person], rules: Rules) -> int:
    """The cost of the best plan, by trying every one."""
    choices = []
    for who in people:
        able = [
            Shift(who.number, begin, end)
            for begin in range(len(need))
            for end in range(begin + rules.shortest, min(len(need), begin + rules.longest) + 1)
            if all(who.may[begin:end])
        ]
        sets = [list(some) for size in range(3) for some in combinations(able, size)]
        choices.append([some for some in sets if not list(breaches(some, [who], rules))])
    return min(cost([one for some in chosen for one in some], need, people) for chosen in product(*choices))


@pytest.mark.parametrize("seed", range(4))
def test_a_small_plan_costs_what_the_best_of_all_plans_costs(seed: int) -> None:
    dice = np.random.default_rng(seed)
    hours = 30
    need = [int(number) for number in dice.integers(0, 3, hours)]
    able = [range(30), range(int(dice.integers(0, 6)), int(dice.integers(20, 30)))]
    people = [person(number, hours, list(those), hard=[20, 21, 22, 23]) for number, those in enumerate(able)]
    rules = Rules(shortest=5, longest=7, rest=9, days=2, hours=12)

    found = plan(need, people, rules)

    assert found.proved
    assert not list(breaches(found.shifts, people, rules))
    assert cost(found.shifts, need, people) == cheapest(need, people, rules)


def a_week() -> tuple[list[int], list[Person], Rules]:
    need = [2 if 8 <= hour % DAY < 18 and hour // DAY < 5 else 1 for hour in range(7 * DAY)]
    windows = [range(6, 20)] * 4 + [range(14, 24)] * 2 + [range(10)] * 2
    people = [
        person(number, 7 * DAY, [24 * day + hour for day in range(7) for hour in those], hard=range(120, 168))
        for number, those in enumerate(windows)
    ]
    return need, people, Rules()


def test_a_week_is_covered_by_the_rules_and_evenly() -> None:
    need, people, rules = a_week()
    found = plan(need, people, rules, effort=1)
    assert not list(breaches(found.shifts, people, rules))
    assert sum(found.missing) == 0
    hours = [sum(one.length for one in found.shifts if one.person == who.number) for who in people]
    assert sum(hours) <= sum(need) * 1.05
    assert max(hours) - min(hours) <= 4
    assert all(on >= needed for on, needed in zip(found.there, need, strict=True))


def test_the_plan_to_begin_with_keeps_the_rules_and_stands_where_the_solver_finds_none_in_time() -> None:
    need, people, rules = a_week()
    begun = roster.filled(need, [one for who in people for one in roster.possible(who, rules)], rules)
    assert not list(breaches(begun, people, rules))
    hurried = plan(need, people, rules, effort=1e-9)
    assert not hurried.proved
    assert not list(breaches(hurried.shifts, people, rules))
    assert sum(hurried.missing) < sum(need) / 4


def test_the_same_question_gets_the_same_plan() -> None:
    need, people, rules = a_week()
    first, second = plan(need, people, rules, effort=0.05), plan(need, people, rules, effort=0.05)
    assert first == second


def test_what_nobody_can_work_is_missing_and_nobody_is_planned_for_nothing() -> None:
    found = plan([1] * 24, [person(1, 24, range(8, 16))], Rules())
    assert found.shifts == (Shift(1, 8, 16),)
    assert sum(found.missing) == 16
    assert plan([0] * 24, [person(1, 24)], Rules()) == Plan((), (0,) * 24, (0,) * 24, proved=True)
    assert sum(plan([1] * 24, [], Rules()).missing) == 24


def test_an_installation_without_the_solver_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    with pytest.raises(roster.NotInstalled):
        plan([1], [person(1, 1)], Rules())


def test_who_has_no_possible_shift_makes_no_plan_uneven() -> None:
    people = [person(number, 24, able) for number, able in enumerate(([8, 9, 10, 11], [8, 9]))]
    cp_model = roster.solver()
    model = cp_model.CpModel()
    offered = [(shift, model.new_bool_var("")) for who in people for shift in roster.possible(who, Rules())]
    for _, taken in offered:
        model.add(taken == 1)
    model.minimize(roster.spread(model, offered, people, lambda who, shift: shift.length))
    solved = cp_model.CpSolver()
    solved.solve(model)
    assert solved.objective_value == 0
