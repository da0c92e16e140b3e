"""`deskwright doctor`: what is wrong with this installation and how to mend it. It changes nothing."""

from __future__ import annotations

import argparse
import json

from deskwright.desk import clock
from deskwright.desk.doctor.finding import BROKEN, FINE, WARNING, Finding
from deskwright.desk.doctor.rounds import examine, exit_code

MARKS = {BROKEN: "BROKEN ", WARNING: "warning", FINE: "fine   "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as a JSON document")
    parser.add_argument("--quiet", action="store_true", help="say nothing of what is fine")


def main(args: argparse.Namespace) -> int:
    """Returns 0 when all is well, 1 when there is something to mend, 2 when something is broken."""
    found = examine(clock.now())
    if args.json:
        document = {"healthy": not exit_code(found), "findings": [finding.as_json() for finding in found]}
        print(json.dumps(document, indent=2, ensure_ascii=False))
        return exit_code(found)
    for finding in found:
        if finding.severity != FINE or not args.quiet:
            print(told(finding))
    return exit_code(found)


def told(finding: Finding) -> str:
    line = f"{MARKS[finding.severity]}  {finding.check:12}  {finding.says}"
    return f"{line}\n{'':23}-> {finding.mend}" if finding.mend else line
