"""`deskwright optimise`: what would keep more promises, as a difference of the document. Publishes nothing."""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from deskwright.cli.failures import Refused
from deskwright.cli.progress import bar
from deskwright.cli.simulate import moment
from deskwright.cli.staffed import figures, promises, trust
from deskwright.cli.workflow import counted
from deskwright.desk import clock, crews, optimising, staffed, workflows
from deskwright.lab.advice.searching import Proposal, Tried

SHOWN: Final = 12
"""Moves that are listed; the others are counted."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = ", ".join(optimising.ALLOWED)
    usual = ",".join(optimising.USUALLY)
    told = f"what may be changed: {kinds} (default: all but targets)"
    parser.add_argument("--allow", metavar="KIND,...", default=usual, help=told)
    parser.add_argument("--since", metavar="WHEN", help="only tickets opened since: a date, or 30d (default: all)")
    parser.add_argument("--runs", type=int, default=optimising.RUNS, metavar="N", help="most runs of each (default 8)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed, other chances (default 0)")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="let a dask cluster do the runs")
    parser.add_argument("--draft", metavar="FILE", type=Path, help="write the proposed document to this file, too")
    parser.add_argument("--json", action="store_true", help="the whole proposal as a JSON document")


def main(args: argparse.Namespace) -> int:
    """Returns 0. Raises Refused, and Invalid for a desk whose log is empty."""
    if not 2 <= args.runs <= 1000:
        raise Refused("--runs takes a number from 2 to 1000: one run has no spread.")
    now = clock.now()
    allowed = optimising.permitted([kind.strip() for kind in args.allow.split(",") if kind.strip()])
    follow = bar()
    past = staffed.read(now, moment(args.since, now), lambda share: follow(0.0))
    with crews.crew(args.scheduler) as spread:
        found = optimising.optimise(
            past, now=now, allowed=allowed, runs=args.runs, seed=args.seed, spread=spread, progress=follow
        )
    live = workflows.live().text
    if args.draft is not None and found.text != live:
        args.draft.write_text(found.text, encoding="utf-8")
    if args.json:
        print(json.dumps({**found.as_json(), "diff": "\n".join(difference(live, found.text))}, indent=2, default=str))
    else:
        print("\n".join(sentences(found, live, args.draft)))
    return 0


def sentences(found: Proposal, live: str, draft: Path | None) -> Iterator[str]:
    tried, runs = counted(len(found.tried), "change"), counted(found.runs, "run")
    yield f"{tried} of the live workflow tried, up to {runs} each (seed {found.seed})."
    yield from trust(found.honesty)
    yield ""
    if not found.chosen:
        yield "None of them keeps more promises for sure: nothing is proposed."
    else:
        yield "Proposed (nothing has been changed):"
        yield from difference(live, found.text)
        yield ""
        yield "What to expect of it, measured with other chances than those that chose it:"
        yield from expected(found)
        yield from figures(found.figures)
        if draft is not None:
            yield f"\nWritten to {draft}: `deskwright simulate {draft} --staffed` looks closer."
    yield from listed(f"\n{'One more agent in':<52} promises kept, points (95 %)", found.people)
    yield from listed(f"\n{'Each change alone':<52} promises kept, points (95 %)", found.tried)


def expected(found: Proposal) -> Iterator[str]:
    """What was chosen because it seemed to help need not."""
    whole = [found.expected] if found.expected is not None else []
    yield from promises([*whole, *(row for row in found.kept if row.group != "queue")], {})
    if not all(row.low > 0 for row in whole):
        yield "\nOf all promises no gain is found there: chance alone may have chosen it. More --runs tell more."


def gained(row: Tried) -> str:
    """The gain in points, its interval, and what that means."""
    if row.low is None or row.high is None:
        return f"{row.gain:+.2f}"
    said = "" if row.sure else "; no change" if row.low == row.high else "; no difference found"
    return f"{row.gain:+.2f} ({row.low:+.2f} to {row.high:+.2f}){said}"


def listed(head: str, rows: Sequence[Tried]) -> Iterator[str]:
    if rows:
        yield head
    for row in rows[:SHOWN]:
        after = "" if row.lasted else f", given up after {counted(row.runs, 'run')}"
        yield f"  {row.said:<50} {gained(row) if row.lasted else f'{row.gain:+.2f}'}{after}"
    if len(rows) > SHOWN:
        yield f"  and {len(rows) - SHOWN} more (--json lists them all)"


def difference(live: str, proposed: str) -> Iterator[str]:
    before, after = live.splitlines(), proposed.splitlines()
    return difflib.unified_diff(before, after, "live", "proposed", n=1, lineterm="")
