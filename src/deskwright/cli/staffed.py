"""`deskwright simulate DRAFT.yaml --staffed` in words: before and after with simulated people, and how far to trust."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import fmean
from typing import Final

from deskwright.cli.failures import Refused
from deskwright.cli.progress import bar
from deskwright.cli.workflow import counted
from deskwright.desk import crews, staffed
from deskwright.desk.staffed import Studied
from deskwright.engine.workflow import Workflow
from deskwright.lab.staffed.fitting import Behaviour
from deskwright.lab.staffed.studying import RUNS, Compared, Honesty
from deskwright.lab.staffed.touching import AGAIN, ANSWER, FIRST

GROUPS: Final = {"all": "All tickets", "priority": "By priority", "queue": "By queue"}
MOST_RUNS: Final = 1000
CLOSE: Final = 0.1
ROUGH: Final = 0.2
"""Distances up to which the model is close to the record, or follows it roughly."""
HOUR: Final = 3600
DUE: Final = {FIRST: "first answers", ANSWER: "answers to later messages", AGAIN: "further touches"}


def add_arguments(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--staffed", action="store_true", help="simulate the agents, as the log shows them to work")
    told = "let a dask cluster do the runs (default: all cores)"
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help=told)


def run(args: argparse.Namespace, draft: Workflow, since: datetime | None, now: datetime) -> int:
    """Returns 0. Raises Refused, and Invalid for a desk without tickets or without anybody who answers them."""
    runs = RUNS if args.runs is None else args.runs
    if not 2 <= runs <= MOST_RUNS:
        raise Refused(f"--runs takes a number from 2 to {MOST_RUNS}: one run has no spread.")
    with crews.crew(args.scheduler) as spread:
        found = staffed.simulate(draft, now=now, since=since, runs=runs, seed=args.seed, spread=spread, progress=bar())
    if args.json:
        told = {"since": found.since, "until": found.until, "names": found.names, **found.study.as_json()}
        print(json.dumps(told, indent=2, default=str))
    else:
        print("\n".join(sentences(found)))
    return 0


def sentences(found: Studied) -> Iterator[str]:
    study = found.study
    since = f" opened since {found.since:%Y-%m-%d}" if found.since else ""
    yield f"{counted(study.tickets, 'ticket')}{since}, under the live workflow and the draft; people are simulated."
    yield f"{counted(study.runs, 'run')} of each, the same chances for both (seed {study.seed})."
    yield from trust(study.honesty)
    yield from promises(study.kept, study.recorded)
    yield from figures(study.figures)
    yield from hours(study.busy, found.names)
    yield from learned(study.behaviour, found.names)


def trust(honesty: Honesty | None) -> Iterator[str]:
    yield ""
    if honesty is None:
        yield "Honesty score: none. The record is too short to fit the model on one half and to judge it by the other."
        return
    points = 100 * honesty.distance
    yield f"Honesty score (Kolmogorov-Smirnov distance): {honesty.distance:.3f}, {verdict(honesty.distance)}"
    yield f"  Fitted on the earlier half of the tickets, laid beside the {honesty.tickets} of the later half: whatever"
    yield f"  the duration, the share first answered by then is at most {points:.0f} points off. {luck(honesty)}"
    yield f"  In the record {half(honesty.recorded)}; in the simulation {half(honesty.simulated)}."
    if later := honesty.later:
        yield f"  Answers to later messages: {later.distance:.3f}, {verdict(later.distance)} {luck(later)}"
        yield f"  In the record {half(later.recorded)}; in the simulation {half(later.simulated)}."


def luck(honesty: Honesty) -> str:
    """How far a simulation that is true to life may come out by chance, with so few tickets."""
    return f"(Chance alone: up to {100 * honesty.chance:.0f}.)"


def half(within: float | None) -> str:
    if within is None:
        return "fewer than half were ever answered"
    return f"half were answered within {within / HOUR:.1f} h"


def verdict(distance: float) -> str:
    if distance <= CLOSE:
        return "close to the record."
    if distance <= ROUGH:
        return "roughly like the record: trust the direction of a difference, not its size."
    return "far from the record: this desk works in ways the model does not know. Do not decide by it."


def promises(rows: Sequence[Compared], recorded: Mapping[str, float]) -> Iterator[str]:
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            yield f"\n{GROUPS[group]:<40}kept before   kept after   difference (95 %)"
        name = row.what if group == "all" else f"{row.name}, {row.what}"
        told = f"{row.difference:+.1f} points ({row.low:+.1f} to {row.high:+.1f})" + unsure(row)
        told = told if row.low or row.high else "none"
        if group == "all" and row.what in recorded:
            told += f"; recorded: {recorded[row.what]:.1f}%"
        yield f"  {name.replace('_', ' '):<38}{row.before:>9.1f}%   {row.after:>9.1f}%   {told}"


def figures(rows: Sequence[Compared]) -> Iterator[str]:
    if rows:
        yield f"\n{'First answers and what else':<40}     before        after   difference (95 %)"
    for row in rows:
        unit, name = (HOUR, f"{row.what}, hours") if row.what.endswith("within") else (1, row.what)
        values = [value / unit for value in (row.before, row.after, row.difference, row.low, row.high)]
        edges = f"{values[2]:+.1f} ({values[3]:+.1f} to {values[4]:+.1f})" + unsure(row)
        edges = edges if row.low or row.high else "none"
        yield f"  {name:<38}{values[0]:>10.1f}   {values[1]:>10.1f}   {edges}"


def unsure(row: Compared) -> str:
    return "" if row.sure else "; no difference found"


def hours(rows: Sequence[Compared], names: Mapping[int, str]) -> Iterator[str]:
    if rows:
        yield "\nHours of handling                            before        after"
    for row in rows:
        name = names.get(int(row.name), f"agent {row.name}")
        yield f"  {name[:36]:<38}{row.before:>10.1f}   {row.after:>10.1f}"


def learned(known: Behaviour, names: Mapping[int, str]) -> Iterator[str]:
    yield "\nLearned from the log: " + "; ".join(lessons(known)) + "."
    without = [names.get(agent, f"agent {agent}") for agent in sorted(known.hours)]
    if without:
        verb = "has" if len(without) == 1 else "have"
        yield f"{', '.join(without)} {verb} no shift: taken to work in the hours in which they usually answered."


def lessons(known: Behaviour) -> Iterator[str]:
    half = sorted(known.handling[()])[len(known.handling[()]) // 2] / 60
    yield f"half of all touches take no longer than {half:.0f} minutes"
    for kind, told in DUE.items():
        if helped := known.helps.get((kind,)):
            yield f"{fmean(helped):.0%} of {told} due from somebody off shift are done by a colleague"
    if known.patience is None:
        yield "no customer left a chat"
    else:
        yield f"customers wait {known.patience / 60:.0f} minutes in the chat on average before they leave"
