"""The floors hold, and each contract notices when it is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import trees

BREACHES = [
    pytest.param(
        "store/columns.py", "import deskwright.desk.errors", "Imports go down only", id="store reaches up to desk"
    ),
    pytest.param("cli/failures.py", "import deskwright.config.env", "Imports go down only", id="cli imports config"),
    pytest.param(
        "web/apps.py", "import deskwright.cli.failures", "Imports go down only", id="web imports its neighbour cli"
    ),
    pytest.param("attic/__init__.py", "", "Imports go down only", id="a package without a floor"),
    pytest.param("engine/values.py", "import django", "The engine is pure", id="engine imports Django"),
    pytest.param("engine/values.py", "import logging", "The engine is pure", id="engine logs"),
    pytest.param("engine/values.py", "import random", "The engine is pure", id="engine throws dice"),
    pytest.param("engine/values.py", "import asyncio", "The engine is pure", id="engine waits"),
    pytest.param("text/__init__.py", "import socket", "Text knows strings", id="text reaches the network"),
    pytest.param("lab/replay.py", "import django", "The lab knows the engine", id="the lab imports Django"),
    pytest.param("lab/replay.py", "import deskwright.desk.step", "Imports go down only", id="the lab reaches the desk"),
    pytest.param("channels/__init__.py", "import psycopg", "Channels know bytes", id="a channel reaches the database"),
    pytest.param(
        "desk/clocks.py", "import deskwright.engine.decide", "Only the desk's one door", id="a second door decides"
    ),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return trees.copy(tmp_path)


def test_the_tree_keeps_every_contract() -> None:
    done = trees.run(trees.ROOT, "lint-imports", "--no-logo", "--no-cache")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("file", "line", "contract"), BREACHES)
def test_a_contract_notices_its_breach(tree: Path, file: str, line: str, contract: str) -> None:
    trees.append(tree, file, line)
    done = trees.run(tree, "lint-imports", "--no-logo", "--no-cache")
    assert done.returncode == 1, done.stdout
    broken = [said for said in done.stdout.splitlines() if "BROKEN" in said]
    assert any(contract in said for said in broken), done.stdout


def test_a_channel_that_knows_another_channel_is_noticed(tree: Path) -> None:
    trees.append(tree, "channels/pigeon/__init__.py", "")
    trees.append(tree, "channels/pigeon/loft.py", "import deskwright.channels.email")
    done = trees.run(tree, "lint-imports", "--no-logo", "--no-cache")
    assert done.returncode == 1
    assert "deskwright.channels.pigeon.loft imports deskwright.channels.email" in done.stdout
