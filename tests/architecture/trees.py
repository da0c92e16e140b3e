"""Throw-away copies of the source tree, for tests that break a rule on purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "tools", "pyproject.toml", "Makefile")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.egg-info", "static")


def copy(into: Path) -> Path:
    """The checked parts of this tree under `into`."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=LEFT_OUT)
        else:
            shutil.copy(source, into / name)
    return into


def append(tree: Path, file: str, text: str) -> None:
    path = tree / "src" / "deskwright" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as source:
        source.write(f"\n{text}\n")


def run(tree: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A program of this environment, in `tree` and importing from it. Output of both streams is in `stdout`."""
    paths = {"PYTHONPATH": os.pathsep.join([str(tree / "src"), str(tree)])}
    program = [str(Path(sys.executable).parent / command[0]), *command[1:]]
    return subprocess.run(
        program,
        cwd=tree,
        env={**os.environ, **paths, **variables},  # noqa: TID251
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
