"""The size budget holds, and notices each way of breaking it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import trees
from tools import budget

LONG = "def drone() -> None:\n" + "    pass\n" * 60
BODY = "    pass\n"


def problems(root: Path) -> list[str]:
    return list(budget.excesses(*budget.measure(root)))


def write(root: Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_tree_keeps_the_budget() -> None:
    assert problems(trees.ROOT) == []


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("src/deskwright/a.py", LONG, "src/deskwright/a.py:1 drone: 61 lines, at most 60"),
        ("tests/a.py", "x = 1\n" * 401, "tests/a.py: 401 lines, at most 400"),
        ("src/deskwright/web/a.js", "let x\n" * 401, "src/deskwright/web/a.js: 401 lines, at most 400"),
        ("src/deskwright/web/a.html", "<p>\n" * 121, "src/deskwright/web/a.html: 121 lines, at most 120"),
        (
            "src/deskwright/a.py",
            "x = 1\n" * 251,
            "src/deskwright: the files' 90th percentile is 251 lines, at most 250",
        ),
        ("src/deskwright/a.py", f"def f():\n{BODY * 8}", "src/deskwright: the functions' median is 9 lines, at most 8"),
    ],
)
def test_the_budget_notices(tmp_path: Path, file: str, text: str, said: str) -> None:
    write(tmp_path, file, text)
    assert said in problems(tmp_path)


def test_one_long_function_in_ten_may_be_and_two_may_not(tmp_path: Path) -> None:
    short, long = f"def f():\n{BODY}", f"def g():\n{BODY * 26}"
    write(tmp_path, "src/deskwright/a.py", short * 9 + long)
    assert problems(tmp_path) == []
    write(tmp_path, "src/deskwright/a.py", short * 8 + long * 2)
    assert problems(tmp_path) == ["src/deskwright: the functions' 90th percentile is 27 lines, at most 25"]


def test_docstrings_migrations_and_translations_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, "src/deskwright/a.py", 'def f():\n    """\n' + "    words\n" * 80 + '    """\n')
    write(tmp_path, "src/deskwright/store/migrations/0001.py", "x = 1\n" * 900)
    write(tmp_path, "src/deskwright/web/locale/de/a.py", "x = 1\n" * 900)
    assert problems(tmp_path) == []


def test_the_command_exits_with_1_over_budget_and_0_within(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert budget.main(tmp_path) == 0
    write(tmp_path, "src/deskwright/a.py", LONG)
    assert budget.main(tmp_path) == 1
    assert "drone" in capsys.readouterr().out
