"""Habits are kept, and each rule tells its own good line from its bad one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture import trees
from tools import habits


def test_the_tree_keeps_its_habits() -> None:
    assert list(habits.breaches(trees.ROOT)) == []


@pytest.mark.parametrize("habit", habits.HABITS, ids=lambda habit: habit.name)
def test_a_habit_passes_its_good_line_and_stops_its_bad_one(habit: habits.Habit) -> None:
    assert not re.search(habit.breach, habit.good)
    assert re.search(habit.breach, habit.bad)


@pytest.mark.parametrize("habit", habits.HABITS, ids=lambda habit: habit.name)
def test_a_breach_in_a_tree_is_found_with_its_line(
    habit: habits.Habit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "src" / "deskwright" / habit.files.replace("**/*", "store/slip")
    path.parent.mkdir(parents=True)
    path.write_text(f"\n{habit.bad}\n", encoding="utf-8")
    assert habits.main(tmp_path) == 1
    assert f"{path.relative_to(tmp_path)}:2: {habit.name}" in capsys.readouterr().out
