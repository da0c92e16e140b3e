"""`deskwright plan`: proposes who works when in the seven days after today. Changes nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta

from deskwright.cli.capacity import refusing, tell
from deskwright.desk import clock
from deskwright.desk.studio import rosters
from deskwright.desk.studio.needs import Assumed
from deskwright.desk.studio.rosters import Roster
from deskwright.lab.capacity.roster import Rules

ABOUT = {
    "shortest": "hours of the shortest shift",
    "longest": "hours of the longest shift",
    "rest": "hours between two shifts of a person",
    "days": "days of a week a person works at most",
    "hours": "hours of a week a person works at most",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    for one in fields(Rules):
        usual = one.default
        parser.add_argument(f"--{one.name}", type=int, default=usual, help=f"{ABOUT[one.name]} (default: {usual})")
    parser.add_argument("--json", action="store_true", help="shifts, need and what is missing, as a JSON document")


def main(args: argparse.Namespace) -> int:
    """Returns 0, or 1 where hours stay uncovered. Raises Refused for wrong rules, short history, or no OR-tools."""
    rules = Rules(**{one.name: getattr(args, one.name) for one in fields(Rules)})
    found = refusing(lambda: rosters.made(None, rules, Assumed(), now=clock.now()))
    tell(rosters.told(found), lines(found), args.json)
    return 1 if any(found.plan.missing) else 0


def lines(found: Roster) -> Iterator[str]:
    starts = [one.at for one in found.need.hours]
    yield f"Times are those of {found.need.zone}."
    for number, name in found.names.items():
        mine = [one for one in found.plan.shifts if one.person == number]
        if mine:
            yield f"\n{name}, {sum(one.length for one in mine)} hours"
        for one in mine:
            yield f"  {starts[one.begin]:%a %d %b %H:%M} to {starts[one.end - 1] + timedelta(hours=1):%H:%M}"
    missing = sum(found.plan.missing)
    yield f"\n{missing} hours of one person stay uncovered." if missing else "\nEvery hour is covered."
    yield "No plan is better." if found.plan.proved else "It is the best that was found in some seconds."
