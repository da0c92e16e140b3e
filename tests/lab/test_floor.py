"""A floor of agents: who gets what, shifts, room, touches, giving up."""

from __future__ import annotations

import numpy as np
import pytest

from deskwright.lab.queueing.floor import NOBODY, Person, Work, simulate

ALONE = [Person()]


def test_work_is_done_one_after_the_other() -> None:
    found = simulate([Work(0, (10,)), Work(1, (5,))], ALONE)
    assert found.begun.tolist() == [0, 10]
    assert found.solved.tolist() == [10, 15]
    assert found.worked.tolist() == [15]


def test_the_urgent_go_before_the_older() -> None:
    work = [Work(0, (10,)), Work(1, (5,), rank=1), Work(2, (5,), rank=0)]
    assert simulate(work, ALONE).begun.tolist() == [0, 15, 10]


def test_work_waits_for_the_shift_and_what_is_begun_is_finished() -> None:
    person = Person(shifts=((60, 100), (200, 300)))
    found = simulate([Work(0, (30,)), Work(1, (30,)), Work(2, (30,))], [person])
    assert found.begun.tolist() == [60, 90, 200]
    assert found.solved.tolist() == [90, 120, 230]


def test_skills_and_queues_decide_who_may_have_it() -> None:
    people = [Person(skills=0b01), Person(skills=0b11), Person(queues=frozenset({1}), skills=0b11)]
    work = [Work(0, (9,), skills=0b10), Work(0, (9,), queue=1), Work(0, (9,)), Work(1, (1,), skills=0b100)]
    assert simulate(work, people).person.tolist() == [1, 2, 0, NOBODY]


def test_the_least_loaded_gets_it_and_equals_take_turns() -> None:
    people = [Person(capacity=10), Person(capacity=10)]
    work = [Work(number, (100,), units=units) for number, units in enumerate((1, 3, 1, 1, 1))]
    assert simulate(work, people).person.tolist() == [0, 1, 0, 0, 1]


def test_nobody_is_given_more_than_fits() -> None:
    people = [Person(capacity=3)]
    found = simulate([Work(0, (10,), units=2), Work(1, (10,), units=4), Work(2, (10,), units=1)], people)
    assert found.person.tolist() == [0, NOBODY, 0]
    assert found.begun[2] == 10


def test_the_customer_s_answer_comes_back_to_the_same_agent_who_meanwhile_does_other_work() -> None:
    people = [Person(capacity=5), Person(capacity=5)]
    found = simulate([Work(0, (10, 5), pauses=(20,)), Work(1, (40,))], people)
    assert found.answered.tolist() == [10, 41]
    assert found.solved.tolist() == [35, 41]
    assert found.worked.tolist() == [15, 40]


def test_who_waits_too_long_gives_up_and_leaves_room() -> None:
    found = simulate([Work(0, (10,)), Work(1, (5,), patience=4), Work(2, (5,), patience=8.5)], ALONE)
    assert found.lost.tolist() == [False, True, False]
    assert np.isnan(found.begun[1])
    assert found.begun[2] == 10


def test_one_who_gives_up_on_a_full_table_makes_room_for_the_next() -> None:
    people = [Person(capacity=2)]
    found = simulate([Work(0, (10,)), Work(1, (5,), patience=4), Work(2, (5,))], people)
    assert found.person.tolist() == [0, 0, 0]
    assert found.begun[2] == 10


def test_an_empty_history_and_a_floor_without_people_are_no_trouble() -> None:
    assert simulate([], ALONE).events == 1
    assert np.isnan(simulate([Work(0, (1,))], []).begun).all()
    assert np.isnan(simulate([Work(0, (1,))], [Person(shifts=())]).begun).all()


def test_work_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="order of its arrival"):
        simulate([Work(1, (1,)), Work(0, (1,))], ALONE)
    with pytest.raises(ValueError, match="one pause"):
        simulate([Work(1, (1, 1))], ALONE)
