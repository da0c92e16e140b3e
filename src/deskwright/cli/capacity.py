"""`deskwright forecast` and `deskwright need`: what will come, and who is needed for it. Reads only."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from deskwright.cli.failures import Refused
from deskwright.desk import clock
from deskwright.desk.errors import Invalid, Outside
from deskwright.desk.studio import capacity, needs, reading
from deskwright.desk.studio.capacity import MOST_AHEAD, Outlook
from deskwright.desk.studio.needs import Assumed, Need


def days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:6]) <= MOST_AHEAD:
        raise argparse.ArgumentTypeError(f"takes a number of days from 1 to {MOST_AHEAD}, not {text!r}")
    return int(text)


def add_forecast_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--channel", help="only tickets of this channel, such as email")
    parser.add_argument("--category", help="only tickets of this category")
    parser.add_argument("--days", type=days, default=capacity.AHEAD, help="how far to look ahead (default: 7)")
    parser.add_argument("--json", action="store_true", help="every hour with its intervals, as a JSON document")


def forecast(args: argparse.Namespace) -> int:
    """Returns 0. Raises Refused where the history is too short."""
    asked = {"channel": args.channel, "category": args.category, "ahead": args.days}
    found = refusing(lambda: capacity.outlook(None, now=clock.now(), **asked))
    tell(reading.outlook(found), told_outlook(found), args.json)
    return 0


def told_outlook(found: Outlook) -> Iterator[str]:
    yield f"From {len(found.past)} days of history, in the time of {found.zone}."
    yield "\nDay               expected   8 of 10 days   95 of 100 days"
    ahead = found.days
    for number, day in enumerate(ahead.days):
        near = f"{ahead.low[number, 0]:.0f} to {ahead.high[number, 0]:.0f}"
        far = f"{ahead.lowest[number, 0]:.0f} to {ahead.highest[number, 0]:.0f}"
        yield f"{day:%a %d %b %Y}   {ahead.mean[number, 0]:>8.1f}   {near:>12}   {far:>14}"
    test = found.test
    if test is None:
        yield "\nNo back-test: it needs more than 28 days of history."
    else:
        yield (
            f"\nOver the last {test.days} days: error {test.error:.2f} tickets an hour, the same weekday before "
            f"{test.naive:.2f}; {test.coverage:.0%} of the hours within the 80 % interval."
        )


def add_need_arguments(parser: argparse.ArgumentParser) -> None:
    assumed = Assumed()
    parser.add_argument("--handling", type=float, metavar="MINUTES", help="a ticket takes (default: as entered)")
    parser.add_argument("--share", type=float, default=assumed.share, help="percent of chats and calls (default: 80)")
    parser.add_argument("--within", type=float, default=assumed.within, help="... taken up in minutes (default: 1)")
    parser.add_argument("--delay", type=int, default=assumed.delay, help="hours other tickets may wait (default: 4)")
    parser.add_argument("--shrinkage", type=float, default=assumed.shrinkage, help="percent of breaks (default: 25)")
    parser.add_argument("--days", type=days, default=capacity.AHEAD, help="how far to look ahead (default: 7)")
    parser.add_argument("--json", action="store_true", help="every hour, as a JSON document")


def need(args: argparse.Namespace) -> int:
    """Returns 0, or 1 where somebody is missing. Raises Refused for wrong numbers, or too short a history."""
    assumed = Assumed(args.handling, args.share, args.within, args.delay, args.shrinkage)
    found = refusing(lambda: needs.need(None, assumed, now=clock.now(), ahead=args.days))
    tell(reading.need(found), told_need(found), args.json)
    return 1 if found.gaps else 0


def told_need(found: Need) -> Iterator[str]:
    how = f"the mean of {found.measured} tickets" if found.measured else "as assumed"
    yield f"A ticket takes {found.handling:g} minutes ({how}). Times are those of {found.zone}."
    yield "\nDay               needed at most   on shift at most   hours of one person missing"
    for number, day in enumerate(found.days):
        hours = found.hours[24 * number : 24 * number + 24]
        missing = sum(one.missing for one in hours)
        most = max(one.needed for one in hours), max(one.there for one in hours)
        yield f"{day:%a %d %b %Y}   {most[0]:>14}   {most[1]:>16}   {missing:>27}"
    yield "" if found.gaps else "\nEvery hour has the people it takes."
    for gap in found.gaps:
        yield f"Gap: {span(gap.begin, gap.end)}, up to {gap.people} missing"


def span(begin: datetime, end: datetime) -> str:
    until = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%a %H:%M}"
    return f"{begin:%a %d %b %H:%M} to {until}"


def refusing(act: Any) -> Any:
    try:
        return act()
    except Outside as refusal:
        raise Refused(f"--{refusal.name} takes a number from {refusal.least:g} to {refusal.most:g}.") from refusal
    except Invalid as refusal:
        raise Refused(refusal.sentence) from refusal


def tell(document: Any, lines: Iterator[str], as_json: bool) -> None:
    print(json.dumps(document, indent=2) if as_json else "\n".join(lines))
