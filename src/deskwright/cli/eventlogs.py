"""`deskwright import eventlog FILE.csv`: another system's history, kept to be simulated, with how well that goes.

`deskwright simulate --eventlog NAME` runs it on with more cases, or with other people.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from deskwright.cli.failures import Refused
from deskwright.cli.progress import bar
from deskwright.cli.workflow import counted, read
from deskwright.desk import clock, eventlogs
from deskwright.desk.eventlogs import Kept
from deskwright.lab.processes import judging, trying
from deskwright.lab.processes.eventlog import COLUMNS, Unreadable
from deskwright.lab.processes.judging import Judgement
from deskwright.lab.processes.tables import Log, understood
from deskwright.lab.processes.trying import Change, Tried

PARTS: Final = {"start": "begin", **{part: part for part in COLUMNS}}
"""What a part may be called in --map."""
HOUR: Final = 3600
FIGURES: Final = ("name", "cases", "steps", "people", "begins_at", "ends_at", "imported_at")
DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.csv", help="a row for each step of a case; - reads standard input")
    told = (
        "what its columns are called where that is unusual: case=Ticket,activity=Action,resource=Who,start=From,end=To"
    )
    parser.add_argument("--map", metavar="PART=COLUMN,...", action="append", default=[], help=told)
    parser.add_argument("--times", metavar="FORM", help="how it writes its times, such as '%%d/%%m/%%Y %%H:%%M'")
    parser.add_argument("--name", help="what the log is called from now on (default: the file's name)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs it is judged by (default 5; 0: none)")
    parser.add_argument("--dry-run", action="store_true", help="read and judge, keep nothing")
    parser.add_argument("--json", action="store_true", help="the whole report as a JSON document")


def main(args: argparse.Namespace) -> int:
    """Returns 0. Raises Refused when anything in the file is wrong; nothing is kept then."""
    try:
        log = understood(read(args.file), mapped(args.map), args.times)
    except Unreadable as fault:
        raise Refused(f"Nothing of {args.file} was kept:\n  " + "\n  ".join(str(fault).split("\n"))) from None
    name = (args.name or Path(args.file).stem)[:80]
    now = clock.now()
    judgement, why = judged(log, args.runs)
    read_as = {"columns": dict(log.columns), "delimiter": log.delimiter, "times": log.times[0]}
    if args.dry_run:
        kept = eventlogs.described(name, log.cases, now, read_as)
    else:
        kept = eventlogs.keep(None, name, log.cases, now=now, read_as=read_as)
    if args.json:
        print(json.dumps(report(kept, log, judgement, why, args.dry_run), indent=2, default=str))
    else:
        print("\n".join([*sentences(kept, log, args.dry_run), *verdict(judgement, why)]))
    return 0


def mapped(written: Sequence[str]) -> dict[str, str]:
    """Raises Refused."""
    found = {}
    for pair in (pair for text in written for pair in text.split(",")):
        part, equals, column = (piece.strip() for piece in pair.partition("="))
        if not equals or not column or part not in PARTS:
            known = ", ".join(PARTS)
            raise Refused(f"--map takes PART=COLUMN, and the parts are {known}; {pair[:80]!r} is neither.")
        found[PARTS[part]] = column
    return found


def judged(log: Log, runs: int) -> tuple[Judgement | None, str]:
    """The judgement, or why there is none."""
    if runs < 1:
        return None, ""
    try:
        return judging.judged(log.cases, runs, bar()), ""
    except Unreadable as fault:
        return None, str(fault)


def report(kept: Kept, log: Log, judgement: Judgement | None, why: str, dry: bool) -> dict[str, Any]:
    return {
        "kept": not dry,
        **{part: getattr(kept, part) for part in FIGURES},
        "columns": dict(log.columns),
        "delimiter": log.delimiter,
        "times": list(log.times),
        "judgement": judgement.as_json() if judgement else None,
        "not_judged_because": why or None,
    }


def sentences(kept: Kept, log: Log, dry: bool) -> Iterator[str]:
    people = counted(kept.people, "person") if kept.people == 1 else f"{kept.people} people"
    what = f"{counted(kept.cases, 'case')}, {counted(kept.steps, 'step')}, {people}"
    yield f"{what}, {kept.begins_at:%Y-%m-%d} to {kept.ends_at:%Y-%m-%d}."
    columns = ", ".join(f"{part} is {column!r}" for part, column in log.columns.items())
    yield f"Cells parted by {DELIMITERS[log.delimiter]}; {columns}; times as {log.times[0]}."
    if len(log.times) > 1:
        yield f"The times could also be read as {' or '.join(log.times[1:])}: name the right one with --times."
    if dry:
        yield "Nothing was kept (--dry-run)."
    else:
        yield f"Kept as {kept.name!r}: `deskwright simulate --eventlog {kept.name}` runs it on."


def verdict(judgement: Judgement | None, why: str) -> Iterator[str]:
    if judgement is None:
        if why:
            yield f"\n{why}"
        return
    half = counted(judgement.cases, "case")
    yield f"\nFitted on the earlier half, run as the later one ({half}, {counted(judgement.runs, 'run')}):"
    interval = f"({judgement.low / HOUR:.1f} to {judgement.high / HOUR:.1f})"
    yield f"  mean time from begin to end: simulated {judgement.simulated / HOUR:.1f} h {interval},"
    yield f"    in the log {judgement.observed / HOUR:.1f} h: {judgement.error:+.1%}"
    yield f"  distance of the distributions (Wasserstein)   {judgement.distance / HOUR:.2f} h"
    yield f"  the same for the earlier half as it is        {judgement.naive / HOUR:.2f} h: {judgement.ratio:.2f} times"
    yield plainly(judgement)


def plainly(judgement: Judgement) -> str:
    if abs(judgement.error) <= 0.15 and judgement.ratio <= 1.5:
        return "The model foretells this process well enough to ask it what would change."
    if abs(judgement.error) <= 0.15:
        return "The mean is foretold, the spread is not: trust averages, not how many cases are late."
    return "The model misses the mean by more than 15 %: the process changed midway, or the log leaves much out."


# Running it on


def add_running_arguments(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--eventlog", metavar="NAME", help="run the process behind this log on, as `import` kept it")
    parser.add_argument("--demand", metavar="SHARE", default="100%", help="as many cases as this, such as 120%%")
    parser.add_argument("--without", metavar="WHO", action="append", default=[], help="somebody who is not there")
    told = "one more who does what this one does"
    parser.add_argument("--like", metavar="WHO", action="append", default=[], help=told)


def run_on(args: argparse.Namespace) -> int:
    """Returns 0. Raises Refused, and NotFound for a log that is not kept."""
    change = Change(share(args.demand), tuple(args.without), tuple(args.like))
    runs = args.runs if args.runs is not None else trying.RUNS
    try:
        found = trying.tried(eventlogs.cases_of(args.eventlog), change, max(1, runs), args.seed, bar())
    except Unreadable as fault:
        raise Refused(str(fault)) from None
    use = {"demand": change.demand, "without": list(change.without), "like": list(change.like)}
    eventlogs.note_use(args.eventlog, use, clock.now())
    print(json.dumps(found.as_json(), indent=2) if args.json else "\n".join(told(args.eventlog, found)))
    return 0


def share(written: str) -> float:
    """120% is 1.2. Raises Refused."""
    try:
        number = float(written.rstrip("% ")) / (100 if written.endswith("%") else 1)
    except ValueError:
        number = 0.0
    if not 0.01 <= number <= 100:
        raise Refused(f"--demand takes a share such as 120%, not {written[:40]!r}.")
    return number


def told(name: str, found: Tried) -> Iterator[str]:
    cases, runs = counted(found.cases, "case"), counted(found.runs, "run")
    yield f"The process behind {name}, {cases} on from where its log ends, as it is and changed ({runs} each)."
    yield f"{'Hours from begin to end':<28}{'as it is':>10}{'changed':>12}   difference (90 %)"
    for row in found.rows:
        edges = f"{row.difference / HOUR:+.1f} ({row.low / HOUR:+.1f} to {row.high / HOUR:+.1f})"
        yield f"  {row.name:<26}{row.before / HOUR:>10.1f}{row.after / HOUR:>12.1f}   {edges}"
