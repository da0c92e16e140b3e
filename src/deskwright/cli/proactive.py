"""`deskwright proactive [--dry-run] [--json]`: who is at risk and why; without --dry-run health checks are opened."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from deskwright.desk import clock, proactive, workflows
from deskwright.desk.proactive import Visit

HINDRANCES: Final = {
    "opted_out": "wants no visits",
    "visited": "was visited",
    "nobody": "has no customer to write to",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only say who would be visited; open nothing")
    parser.add_argument("--json", action="store_true", help="as a JSON document")


def main(args: argparse.Namespace) -> int:
    """Returns 0."""
    now = clock.now()
    found = proactive.would_visit(workflows.live(), now)
    if args.json:
        print(json.dumps([as_json(visit) for visit in found], indent=2, ensure_ascii=False))
    else:
        print("\n".join(told(found, dry=args.dry_run)))
    if not args.dry_run:
        while proactive.sweep(now):
            pass
    return 0


def as_json(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "name": visit.name,
        "held": visit.risk.held,
        "unknown": visit.risk.unknown,
        "hindrance": visit.hindrance,
        "visited_at": visit.visited_at.isoformat() if visit.visited_at else None,
    }


def told(found: list[Visit], *, dry: bool) -> Iterator[str]:
    for visit in found:
        why = ", ".join(factor(name, values) for name, values in visit.risk.held.items())
        unknown = f"; not known: {', '.join(visit.risk.unknown)}" if visit.risk.unknown else ""
        yield f"{visit.name} (#{visit.id}): {why}{unknown}{hindered(visit)}"
    due = sum(not visit.hindrance for visit in found)
    many = "organisation" if due == 1 else "organisations"
    yield f"{due} {many} would be visited. Nothing was changed." if dry else f"{due} {many} at risk to be visited."


def factor(name: str, values: Any) -> str:
    return f"{name} ({proactive.told(values)})"


def hindered(visit: Visit) -> str:
    if not visit.hindrance:
        return ""
    when: datetime | None = visit.visited_at if visit.hindrance == "visited" else None
    return f"; not visited: it {HINDRANCES[visit.hindrance]}" + (f" on {when:%Y-%m-%d}" if when else "")
