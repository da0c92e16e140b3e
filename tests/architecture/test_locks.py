"""The locks pin and hash everything, and name no index, host or path of any machine."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture import trees

LOCKS = ["requirements/run.txt", "requirements/dev.txt"]
PIN = re.compile(r"[a-z0-9-]+==\S+( ; [^/\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_only(lock: str) -> None:
    lines = (trees.ROOT / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PIN.fullmatch(line) and not HASH.fullmatch(line)] == []


def test_the_locks_hold_what_the_project_declares() -> None:
    project = tomllib.loads((trees.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert _declared(project["dependencies"]) <= _pinned("requirements/run.txt")
    assert _declared(project["optional-dependencies"]["dev"]) <= _pinned("requirements/dev.txt")


def test_both_locks_agree_on_every_version() -> None:
    run, dev = (_pins(lock) for lock in LOCKS)
    assert {name: (run[name], dev[name]) for name in run.keys() & dev.keys() if run[name] != dev[name]} == {}


def _declared(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=; ]", one, maxsplit=1)[0].lower() for one in requirements}


def _pinned(lock: str) -> set[str]:
    return set(_pins(lock))


def _pins(lock: str) -> dict[str, str]:
    lines = (trees.ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {line.split("==")[0]: line.split("==")[1].split()[0] for line in lines if "==" in line}
