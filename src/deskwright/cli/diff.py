"""`deskwright diff`: what changed between two workflows, in the language's own terms.

Files are compared without a desk; only a published version asks for one.
"""

from __future__ import annotations

import argparse
import json
from typing import Final

from deskwright.cli.failures import Refused
from deskwright.cli.workflow import loaded, tell_problems
from deskwright.engine.differences import differences
from deskwright.engine.problems import WorkflowError
from deskwright.engine.workflow import Workflow

LIVE: Final = "live"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", metavar="BEFORE", help="a version's number, `live`, or a file")
    parser.add_argument("after", metavar="AFTER", nargs="?", default=LIVE, help="likewise (default: live)")
    parser.add_argument("--json", action="store_true", help="as a JSON document")


def main(args: argparse.Namespace) -> int:
    """Returns 0 when both mean the same, 1 when they differ or one does not load. Raises Refused, NotFound."""
    sides = []
    for name in (args.before, args.after):
        try:
            sides.append(published(name, args) if name == LIVE or name.isdecimal() else loaded(name))
        except WorkflowError as error:
            tell_problems(name, error.problems)
            return 1
    found = differences(*sides)
    if args.json:
        print(json.dumps([one.as_json() for one in found], indent=2, ensure_ascii=False))
    else:
        print("\n".join(map(str, found)) or "Both mean the same.")
    return 1 if found else 0


def published(name: str, args: argparse.Namespace) -> Workflow:
    """A version of the desk. Raises Refused without a desk, NotFound."""
    if not args.environment.database_url:
        raise Refused(f"No desk is running, so nothing is published as {name}: give its --data, or two files.")
    from deskwright.desk import workflows  # needs Django, which is set up where there is a desk

    if name == LIVE:
        return workflows.live()
    workflows.published(int(name))
    return workflows.version(int(name))
