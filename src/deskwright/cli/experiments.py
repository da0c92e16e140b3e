"""`deskwright experiments [NAME] [--json] [--stop|--start]`: arms, figures, intervals, and an honest sentence."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from deskwright.cli.failures import Refused
from deskwright.desk import clock, experiments
from deskwright.desk.errors import NotFound
from deskwright.desk.experiments import Figure, Standing
from deskwright.desk.said import in_english
from deskwright.engine.experiments import CONTROL, VARIANT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help="one of them (default: all)")
    parser.add_argument("--json", action="store_true", help="as a JSON document")
    switch = parser.add_mutually_exclusive_group()
    switch.add_argument("--stop", action="store_true", help="give it no more tickets")
    switch.add_argument("--start", action="store_true", help="give it tickets again")


def main(args: argparse.Namespace) -> int:
    """Returns 0. Raises Refused for an experiment the live workflow does not have, or a switch without a name."""
    if (args.stop or args.start) and not args.name:
        raise Refused("Name the experiment to stop or start.")
    now = clock.now()
    try:
        if args.stop or args.start:
            experiments.switch(None, args.name, args.start, now=now)
        found = experiments.listing(now, args.name)
    except NotFound as unknown:
        raise Refused(unknown.sentence) from unknown
    if args.json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False, default=plain))
    else:
        print("\n".join(line for one in found for line in told(one)) or "The live workflow has no experiments.")
    return 0


def plain(value: Any) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


def told(one: Standing) -> Iterator[str]:
    state = "running" if one.running else "not running" + (f": {in_english(one.reason)}" if one.reason else "")
    yield f"{one.name}: {state}; {one.share:.0%} get the variant"
    sizes = (f"{one.units[arm]} {arm} ({one.tickets[arm]} tickets)" for arm in (CONTROL, VARIANT))
    yield f"  customers: {', '.join(sizes)}"
    if one.uneven:
        yield "  The share does not explain these numbers. Unless it was changed meanwhile, customers of one arm are"
        yield "  lost before they are counted: do not trust the differences."
    yield from (line for figure in one.figures for line in told_figure(figure))


def told_figure(figure: Figure) -> Iterator[str]:
    result = figure.result
    interval = "no interval yet" if result.low is None else f"{result.low:+.3g} to {result.high:+.3g}"
    means = " / ".join(f"{arm.mean:.3g} (n {arm.n})" if arm.n else "none" for arm in (result.control, result.variant))
    yield f"  {figure.name} ({figure.role}): {means}; difference {interval}. {figure.verdict}"
