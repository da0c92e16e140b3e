"""`deskwright import facts FILE.csv`: what a spreadsheet knows of organisations. All of it is kept, or nothing.

`deskwright import eventlog` is next door.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from deskwright.cli import eventlogs
from deskwright.cli.failures import Refused
from deskwright.desk import organisations
from deskwright.desk.organisations import Told

NAMED_BY: Final = ("domain", "organisation", "id")
OUTREACH: Final = "outreach"
WORDS: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
SHOWN: Final = 20
"""Faults told at most."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="facts|eventlog")
    facts = kinds.add_parser("facts", help="facts of organisations: a column `domain` or `id`, then one for each fact")
    about = "in UTF-8, names in the first line; an empty cell says nothing"
    facts.add_argument("file", metavar="FILE.csv", type=Path, help=about)
    eventlogs.add_arguments(kinds.add_parser("eventlog", help="what happened in another system, to be simulated"))


def main(args: argparse.Namespace) -> int:
    """Returns 0. Raises Refused when anything in the file is wrong; nothing is kept then."""
    if args.kind == "eventlog":
        return eventlogs.main(args)
    told = list(read(args.file))
    kept, faults = organisations.put_many(None, [one for _line, one in told])
    if faults:
        lines = [line for line, _one in told]
        raise Refused("\n".join([f"Nothing of {args.file} was kept:", *at_lines(faults, lines)]))
    print(f"Facts of {kept} organisation{'s'[: kept != 1]} were kept.")
    return 0


def at_lines(faults: Sequence[str], lines: Sequence[int]) -> Iterator[str]:
    for fault in faults[:SHOWN]:
        place, _, said = fault.partition(": ")
        yield f"  line {lines[int(place) - 1]}: {said}"
    if len(faults) > SHOWN:
        yield f"  and {len(faults) - SHOWN} more"


def read(path: Path) -> Iterator[tuple[int, Told]]:
    """(line, what it tells) of a file. Raises Refused for one that cannot be read as such."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        raise Refused(f"{path} cannot be read: {trouble}") from trouble
    rows = csv.DictReader(text.splitlines())
    named_by = next((name for name in NAMED_BY if name in (rows.fieldnames or ())), None)
    if named_by is None:
        raise Refused(f"{path} has no column named `domain`, `organisation` or `id`.")
    switches = {name for name, spec in organisations.known_facts().items() if spec.type == "boolean"}
    for row in rows:
        if None in row:
            raise Refused(f"{path}, line {rows.line_num}: there are more cells than columns.")
        yield rows.line_num, told(row, named_by, switches, f"{path}, line {rows.line_num}")


def told(row: dict[str, str | None], named_by: str, switches: Collection[str], place: str) -> Told:
    said = {name: value.strip() for name, value in row.items() if value and value.strip()}
    organisation, outreach = said.pop(named_by, ""), said.pop(OUTREACH, None)
    if outreach is not None and outreach.lower() not in WORDS:
        raise Refused(f"{place}: `outreach` is yes or no, not {outreach[:80]!r}.")
    facts = {name: WORDS.get(value.lower(), value) if name in switches else value for name, value in said.items()}
    return Told(organisation, facts, None if outreach is None else WORDS[outreach.lower()])
