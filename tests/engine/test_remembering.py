"""What follows from one part alone is worked out once for that part, and never for an equal one in its place."""

from __future__ import annotations

from deskwright.engine.remembering import KEPT, once


def test_work_is_done_once_for_each_part_and_let_go_when_there_are_many() -> None:
    done = list[dict[str, int]]()
    counted = once(lambda part: (done.append(part), len(done))[1])  # type: ignore[func-returns-value]
    part, equal = {"a": 1}, {"a": 1}
    assert (counted(part), counted(part), counted(equal)) == (1, 1, 2)
    others = [{"b": number} for number in range(KEPT)]
    assert [counted(other) for other in others][-1] == KEPT + 2
    assert counted(part) == KEPT + 3


def test_parts_asked_with_together_are_remembered_together() -> None:
    counted = once(lambda *parts: object())
    one, other = {"a": 1}, {"b": 1}
    assert counted(one, other) is counted(one, other)
    assert counted(other, one) is not counted(one, other)
