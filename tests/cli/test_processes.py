"""A tree of processes keeps its children running, stops them in order, and does not outlive its parent."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskwright.cli.processes import LONGEST_PAUSE, Child, ProcessTree

CHILD = """
import argparse, os, sys, time
from deskwright.cli import leash
parser = argparse.ArgumentParser()
leash.add_arguments(parser)
parser.add_argument("name")
args = parser.parse_args()
stop = leash.until_told()
leash.hold(args.leash)
def tell(what): os.write(1, f"{args.name} {what} {os.getpid()}\\n".encode())
tell("begins")
if args.name == "refused": sys.exit(2)
if args.name == "frail": sys.exit(1)
if args.name == "deaf": time.sleep(60)
stop.wait()
tell("ends")
"""
PARENT = """
import sys
from deskwright.cli.processes import Child, ProcessTree
children = [Child(name, [sys.executable, "-c", sys.argv[1], name], patience=0.5) for name in sys.argv[2:]]
tree = ProcessTree(children, lambda: None)
try:
    code = tree.keep()
finally:
    tree.stop()
sys.exit(code)
"""


class Tree:
    """A parent process with its children, which tell what they do on one pipe."""

    def __init__(self, *names: str) -> None:
        read, write = os.pipe()
        command = [sys.executable, "-c", PARENT, CHILD, *names]
        self.parent = subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE, text=True)
        os.close(write)
        self.output = os.fdopen(read, "rb", buffering=0)
        self._left = b""

    def hear(self) -> tuple[str, str, int]:
        """The next thing a child tells: name, deed, pid."""
        while b"\n" not in self._left:
            assert select.select([self.output], [], [], 20)[0], "nothing was heard for 20 s"
            heard = self.output.read(4096)
            assert heard, "all ended"
            self._left += heard
        line, self._left = self._left.split(b"\n", 1)
        name, deed, pid = line.decode().split()
        return name, deed, int(pid)

    def rest(self) -> bytes:
        """What is told until every process that could tell anything has ended."""
        told = self._left
        while heard := self.output.read(4096):
            told += heard
        return told


@pytest.fixture
def trees() -> Iterator[list[Tree]]:
    made: list[Tree] = []
    yield made
    for tree in made:
        tree.parent.kill()
        tree.parent.communicate()
        tree.output.close()


def started(trees: list[Tree], *names: str) -> tuple[Tree, dict[str, int]]:
    tree = Tree(*names)
    trees.append(tree)
    heard = [tree.hear() for _ in names]
    assert {deed for _, deed, _ in heard} == {"begins"}
    return tree, {name: pid for name, _, pid in heard}


def test_a_killed_child_is_started_again_and_its_neighbour_left_alone(trees: list[Tree]) -> None:
    tree, pids = started(trees, "web", "work")
    os.kill(pids["web"], signal.SIGKILL)
    name, deed, pid = tree.hear()
    assert (name, deed) == ("web", "begins")
    assert pid != pids["web"]
    os.kill(pids["work"], 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_children_are_stopped_in_order_and_the_parent_ends_with_0(trees: list[Tree], number: int) -> None:
    tree, _ = started(trees, "web", "mail", "work")
    tree.parent.send_signal(number)
    assert [tree.hear()[:2] for _ in range(3)] == [("web", "ends"), ("mail", "ends"), ("work", "ends")]
    assert tree.parent.wait(10) == 0


def test_a_child_that_does_not_listen_is_killed_and_the_next_still_stops_in_peace(trees: list[Tree]) -> None:
    tree, pids = started(trees, "deaf", "work")
    tree.parent.send_signal(signal.SIGTERM)
    assert tree.hear()[:2] == ("work", "ends")
    assert tree.parent.wait(10) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pids["deaf"], 0)


def test_children_end_by_themselves_when_the_parent_is_killed(trees: list[Tree]) -> None:
    tree, _ = started(trees, "web", "work")
    tree.parent.kill()
    assert {tree.hear()[:2], tree.hear()[:2]} == {("web", "ends"), ("work", "ends")}
    assert tree.rest() == b""


def test_a_child_that_refuses_to_start_ends_the_tree_with_2(trees: list[Tree]) -> None:
    trees.append(Tree("refused", "work"))
    assert trees[0].parent.wait(10) == 2


def test_a_child_that_keeps_dying_is_tried_again_and_again(trees: list[Tree]) -> None:
    tree, pids = started(trees, "frail")
    again = [tree.hear() for _ in range(3)]
    assert {(name, deed) for name, deed, _ in again} == {("frail", "begins")}
    assert len({pid for _, _, pid in again} | set(pids.values())) == 4


def test_the_pause_doubles_up_to_its_limit() -> None:
    child = Child("frail", [])
    pauses = []
    for child._failures in range(12):
        pauses.append(child.pause())
    assert pauses[:5] == [0.0, 0.1, 0.2, 0.4, 0.8]
    assert pauses[-1] == LONGEST_PAUSE


def test_what_a_child_was_handed_is_open_in_it(tmp_path: Path) -> None:
    read, write = os.pipe()
    leash, end = os.pipe()
    script = f"import os; os.write({write}, b'here')"
    child = Child("web", [sys.executable, "-c", script], handed=[write])
    child.start(leash)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        assert pipe.read() == b"here"
    child.stop()
    os.close(leash)
    os.close(end)


def test_a_child_waits_until_it_may_start() -> None:
    allowed: list[bool] = []
    child = Child("work", [sys.executable, "-c", "import sys; sys.stdin.read()"], may_start=lambda: bool(allowed))
    tree = ProcessTree([child], lambda: None)
    tree._mend(child)
    assert not child.running()
    allowed.append(True)
    tree._mend(child)
    assert child.running()
    tree.stop()
