"""The clock, the environment and signals are out of reach for all but the one place that owns each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import trees

CLOCKS = [
    "from datetime import datetime\nx = datetime.now()",
    "import datetime as d\nx = d.datetime.utcnow()",
    "import datetime\nx = datetime.date.today()",
    "import time\nx = time.time()",
    "from time import time\nx = time()",
    "from django.utils import timezone\nx = timezone.now()",
    "from django.utils.timezone import now\nx = now()",
    "from django.db.models.functions import Now\nx = Now()",
]
OTHERS = [
    "import os\nx = os.environ",
    "import os\nx = os.getenv('X')",
    "from os import environ\nx = environ",
    "from django.dispatch import receiver",
    "from django.db.models.signals import post_save",
]


def breaches(tree: Path, file: str, text: str) -> str:
    """What the linter says of the ban alone, for `text` in `file`."""
    path = tree / file
    path.parent.mkdir(parents=True)
    path.write_text(text + "\n", encoding="utf-8")
    (tree / "pyproject.toml").write_text((trees.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return trees.run(
        tree, "ruff", "check", "--no-cache", "--select", "TID251", "--output-format", "concise", "."
    ).stdout


@pytest.mark.parametrize("text", CLOCKS + OTHERS)
@pytest.mark.parametrize("file", ["src/deskwright/desk/intake.py", "src/deskwright/engine/sla.py"])
def test_reaching_for_it_elsewhere_is_an_error(tmp_path: Path, file: str, text: str) -> None:
    assert f"{file}:" in breaches(tmp_path, file, text)


@pytest.mark.parametrize("text", CLOCKS)
def test_the_clock_may_be_read_in_its_one_place(tmp_path: Path, text: str) -> None:
    assert "All checks passed" in breaches(tmp_path, "src/deskwright/desk/clock.py", text)


def test_the_whole_tree_keeps_the_bans() -> None:
    done = trees.run(trees.ROOT, "ruff", "check", "--no-cache", "--select", "TID251", ".")
    assert done.returncode == 0, done.stdout
