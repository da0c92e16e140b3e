"""`deskwright automations list|on|off|dry-run`: how each stands, its switch, and what it would do now."""

from __future__ import annotations

import argparse

from deskwright.cli.failures import Refused
from deskwright.desk import automations, clock, workflows
from deskwright.desk.automations import Standing
from deskwright.desk.errors import NotFound
from deskwright.lab.trying import Would


def add_arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="list|on|off|dry-run")
    deeds.add_parser("list", help="the live workflow's automations and how they run")
    for deed, about in (("on", "switch one on"), ("off", "switch one off, without publishing")):
        deeds.add_parser(deed, help=about).add_argument("name")
    deeds.add_parser("dry-run", help="what one would do to the open tickets now").add_argument("name")


def main(args: argparse.Namespace) -> int:
    """Returns 0. Raises Refused for an automation that the live workflow does not have."""
    try:
        print("\n".join(act(args)))
    except NotFound as unknown:
        raise Refused(unknown.sentence) from unknown
    return 0


def act(args: argparse.Namespace) -> list[str]:
    now = clock.now()
    if args.deed == "list":
        return [told(standing) for standing in automations.listing(now)] or ["The workflow has no automations."]
    if args.deed == "dry-run":
        return tried(automations.dry_run(workflows.live(), args.name, now))
    automations.switch(None, args.name, args.deed == "on", now=now)
    return [f"{args.name} is switched {args.deed}."]


def told(standing: Standing) -> str:
    moments = f"every {standing.every}" if standing.every else "on " + ", ".join(standing.on)
    cap = f", at most {standing.per_hour} an hour" if standing.per_hour else ""
    state = "" if standing.enabled else "; off in the workflow"
    state += "" if standing.switched_on else "; switched off"
    broken = f", {standing.failures} broke" if standing.failures else ""
    return f"{standing.name}: {moments}{cap}{state}; {standing.runs} runs in 24 hours{broken}"


def tried(found: list[Would]) -> list[str]:
    lines = [f"#{would.ticket} {would.subject}: {', '.join(would.outcomes)}" for would in found]
    return [*lines, f"It would run on {len(found)} open ticket{'s'[: len(found) != 1]}. Nothing was changed."]
