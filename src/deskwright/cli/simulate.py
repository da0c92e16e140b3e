"""`deskwright simulate DRAFT.yaml`: what a workflow would have done to the tickets there were. Changes nothing."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from deskwright.cli import eventlogs, staffed
from deskwright.cli.failures import Refused
from deskwright.cli.progress import bar
from deskwright.cli.workflow import counted, read, tell_problems
from deskwright.desk import clock, simulation, workflows
from deskwright.desk.garbage import calm
from deskwright.desk.simulation import Simulated
from deskwright.engine.durations import parse
from deskwright.engine.problems import WorkflowError
from deskwright.lab.whatif.comparing import Burden, Kept, Moved, Total

SHOWN = 20
"""Tickets that are listed; the others are counted."""
GROUPS = {
    "all": "All tickets",
    "priority": "By priority",
    "tier": "By customer tier",
    "team": "By team",
    "queue": "By queue",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="DRAFT", nargs="?", help="the workflow to try; - reads standard input")
    parser.add_argument("--since", metavar="WHEN", help="only tickets opened since: a date, or 30d (default: all)")
    parser.add_argument("--until", metavar="WHEN", help="only tickets opened before: a date, or 7d (default: all)")
    parser.add_argument("--json", action="store_true", help="the whole report as a JSON document")
    parser.add_argument("--runs", type=int, metavar="N", help="how often to simulate")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed, other chances (default 0)")
    staffed.add_arguments(parser.add_argument_group("people"))
    eventlogs.add_running_arguments(parser.add_argument_group("instead of a draft: an imported event log"))


def main(args: argparse.Namespace) -> int:
    """Returns 0, or 1 when the draft has problems. Raises Refused, Invalid for a desk without tickets."""
    if args.eventlog is not None:
        return eventlogs.run_on(args)
    if args.file is None:
        raise Refused("Name the workflow to try: `deskwright simulate DRAFT.yaml`; - reads standard input.")
    now = clock.now()
    try:
        draft = workflows.load(read(args.file))
    except WorkflowError as error:
        tell_problems(args.file, error.problems)
        return 1
    since = moment(args.since, now)
    if args.staffed:
        if args.until is not None:
            raise Refused("--until is not for --staffed: people are simulated up to now.")
        return staffed.run(args, draft, since, now)
    if args.runs is not None or args.seed or args.scheduler is not None:
        raise Refused("--runs, --seed and --scheduler are for --staffed: without it nothing is left to chance.")
    calm()
    found = simulation.simulate(draft, now=now, since=since, until=moment(args.until, now), progress=bar())
    if args.json:
        told = {"since": found.since, "until": found.until, "events": found.events, **found.report.as_json()}
        print(json.dumps(told, indent=2, default=str))
    else:
        print("\n".join(sentences(found, ended=args.until is not None)))
    return 0


def moment(written: str | None, now: datetime) -> datetime | None:
    """An ISO date or time (UTC without a zone), or a duration back from now. Raises Refused."""
    if written is None:
        return None
    try:
        at = datetime.fromisoformat(written)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        duration = parse(written)
    except ValueError:
        raise Refused(f"A time is a date like 2026-10-01 or a duration like 30d, not {written!r}.") from None
    return now - timedelta(days=duration.business_days, minutes=duration.minutes)


# Words


def sentences(found: Simulated, *, ended: bool = False) -> Iterator[str]:
    report = found.report
    since = f" opened since {found.since:%Y-%m-%d}" if found.since else ""
    until = f" until {found.until:%Y-%m-%d}" if since or ended else ""
    yield f"{counted(report.tickets, 'ticket')}{since}{until}, under the live workflow and under the draft."
    if not report.differs:
        yield "Nothing would have been otherwise."
        return
    yield (
        f"{report.rerouted} routed elsewhere, {report.reprioritised} with another priority; "
        f"{len(report.won)} better kept, {len(report.lost)} worse."
    )
    yield from promises(report.kept)
    yield ""
    yield from (total(each) for each in report.totals if each.before or each.after)
    yield from burdens(report.burdens, found.names)
    yield from tickets(report.moved, found.names)


def promises(rows: tuple[Kept, ...]) -> Iterator[str]:
    group = ""
    for row in rows:
        if row.group != group:
            group = row.group
            yield f"\n{GROUPS[group]}{'':<{40 - len(GROUPS[group])}}kept before   kept after   difference (95 %)"
        name = row.metric if group == "all" else f"{row.name}, {row.metric}"
        yield f"  {name.replace('_', ' '):<38}{share(row, 0):>10}   {share(row, 1):>10}   {difference(row)}"


def share(row: Kept, side: int) -> str:
    return f"{row.kept[side] / row.ended[side]:.1%}" if row.ended[side] else "-"


def difference(row: Kept) -> str:
    if row.difference is None or row.low is None or row.high is None:
        return "-"
    if row.difference == row.low == row.high == 0:
        return "none"
    return f"{row.difference:+.1f} points ({row.low:+.1f} to {row.high:+.1f})"


def total(each: Total) -> str:
    moved = each.after - each.before
    change = f"{moved:+d} ({each.low:+.0f} to {each.high:+.0f})" if moved or each.low or each.high else "no change"
    return f"{each.what.replace('_', ' ').capitalize():<12} {each.before:>6} -> {each.after:<6} {change}"


def burdens(rows: tuple[Burden, ...], names: dict[int, str]) -> Iterator[str]:
    if rows:
        yield "\nGiven to each agent             tickets            units"
    for row in rows:
        name = names.get(row.agent, f"agent {row.agent}")
        tickets, units = row.tickets, row.units
        yield f"  {name:<26}{tickets[0]:>6} -> {tickets[1]:<6}{units[0]:>9.0f} -> {units[1]:.0f}"


def tickets(moved: tuple[Moved, ...], names: dict[int, str]) -> Iterator[str]:
    if moved:
        yield "\nTickets"
    for each in moved[:SHOWN]:
        yield f"  #{each.ticket} {each.subject[:40]}: {'; '.join(changes(each, names))}"
    if len(moved) > SHOWN:
        yield f"  and {len(moved) - SHOWN} more (--json lists them all)"


def changes(each: Moved, names: dict[int, str]) -> Iterator[str]:
    for what, pair in (("queue", each.queue), ("priority", each.priority)):
        if pair:
            yield f"{what} {pair[0] or 'none'} -> {pair[1] or 'none'}"
    if each.queue:
        yield f"by {each.rule or 'no rule'}"
    if each.agent:
        yield " -> ".join(names.get(agent, f"agent {agent}") if agent else "nobody" for agent in each.agent)
    if each.breaches[0] != each.breaches[1]:
        yield f"{counted(each.breaches[0], 'promise')} broken -> {each.breaches[1]}"
