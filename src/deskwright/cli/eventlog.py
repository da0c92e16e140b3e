"""`deskwright eventlog`: the logs of other systems that are kept, how each was read and where it was used.

`deskwright eventlog delete NAME` forgets one; `deskwright import eventlog` brings them in.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from deskwright.cli.eventlogs import DELIMITERS
from deskwright.cli.workflow import counted
from deskwright.desk import clock, eventlogs
from deskwright.desk.eventlogs import Kept

SHOWN: Final = 3
"""Uses that are told of each log."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    told = "list them (usual), or delete one"
    parser.add_argument("do", nargs="?", choices=["list", "delete"], default="list", metavar="list|delete", help=told)
    parser.add_argument("name", nargs="?", help="the log to delete")
    parser.add_argument("--json", action="store_true", help="the list as a JSON document")


def main(args: argparse.Namespace) -> int:
    """Returns 0. Raises NotFound for a log that is not kept."""
    if args.do == "delete":
        eventlogs.remove(None, args.name or "", now=clock.now())
        print(f"{args.name} is deleted; nothing else was changed.")
        return 0
    kept = eventlogs.listing()
    if args.json:
        print(json.dumps({"logs": [asdict(each) for each in kept]}, indent=2, default=str))
    else:
        print("\n".join(sentences(kept)))
    return 0


def sentences(kept: Sequence[Kept]) -> Iterator[str]:
    if not kept:
        yield "No event log is kept. `deskwright import eventlog FILE.csv` brings one in."
    for each in kept:
        people = "1 person" if each.people == 1 else f"{each.people} people"
        what = f"{counted(each.cases, 'case')}, {counted(each.steps, 'step')}, {people}"
        yield f"{each.name}: {what}, {each.begins_at:%Y-%m-%d} to {each.ends_at:%Y-%m-%d}"
        yield f"  imported {each.imported_at:%Y-%m-%d %H:%M}; {read_as(each.read_as)}"
        for use in each.uses[:SHOWN]:
            yield f"  simulated {use['at'][:16].replace('T', ' ')}: {changed(use)}"
        if not each.uses:
            yield "  never simulated"


def read_as(told: Mapping[str, Any]) -> str:
    if not told:
        return "how it was read was not noted then"
    columns = ", ".join(f"{part} is {column!r}" for part, column in told["columns"].items())
    return f"cells parted by {DELIMITERS[told['delimiter']]}; {columns}; times as {told['times']}"


def changed(use: Mapping[str, Any]) -> str:
    parts = [f"demand {use['demand']:.0%}"]
    parts += [f"without {who}" for who in use["without"]]
    parts += [f"one more like {who}" for who in use["like"]]
    return ", ".join(parts)
