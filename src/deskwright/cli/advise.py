"""`deskwright advise`: what the desk's history says of its workflow, each finding with its evidence."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from deskwright.cli.simulate import moment
from deskwright.cli.workflow import counted
from deskwright.desk import advising, clock, staffed
from deskwright.lab.advice import findings
from deskwright.lab.advice.findings import Finding

HEADS: Final = {
    findings.DEAD: "Rules that held for no ticket",
    findings.LOSING: "Rules that held and never had a say",
    findings.BROKEN: "Promises that are broken too often",
    findings.EASY: "Promises of which hardly anything is used",
    findings.SCARCE: "Queues whose tickets wait for an agent",
    findings.MACRO: "Sentences written again and again, which no macro has",
}
HOUR, MINUTE = 3600, 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="WHEN", help="only tickets opened since: a date, or 30d (default: all)")
    parser.add_argument("--json", action="store_true", help="every finding as a JSON document")


def main(args: argparse.Namespace) -> int:
    """Returns 0. Raises Refused, and Invalid for a desk without tickets."""
    now = clock.now()
    found = advising.advise(staffed.read(now, moment(args.since, now)), now=now)
    if args.json:
        print(json.dumps({"findings": [each.as_json() for each in found]}, indent=2, ensure_ascii=False))
    else:
        print("\n".join(sentences(found)) if found else "Nothing stands out.")
    return 0


def sentences(found: list[Finding]) -> Iterator[str]:
    for number, (kind, group) in enumerate(groupby(found, lambda each: each.kind)):
        yield ("\n" if number else "") + HEADS[kind]
        for each in group:
            yield f"  {SAID[kind](each.subject, each.figures)}"
            if each.tickets:
                yield "    such as " + ", ".join(f"#{ticket}" for ticket in each.tickets)


def dead(name: str, told: Mapping[str, Any]) -> str:
    return f"{name}{at(told)}: 0 of {counted(told['opened'], 'ticket')}"


def losing(name: str, told: Mapping[str, Any]) -> str:
    held = counted(told["held"], "ticket")
    return f"{name}{at(told)}: held for {held}, and each went by another rule; {told['won']} by {told['winner']}"


def at(told: Mapping[str, Any]) -> str:
    return f" (line {told['line']})" if told["line"] else " (from the starter)"


def broken(name: str, told: Mapping[str, Any]) -> str:
    return f"{promise(name, told)}; nine in ten were done within {lasting(told['nine_in_ten'])}"


def easy(name: str, told: Mapping[str, Any]) -> str:
    return f"{promise(name, told)}; nine in ten took no longer than {lasting(told['nine_in_ten'])}"


def promise(name: str, told: Mapping[str, Any]) -> str:
    return f"{name.replace('_', ' ')} {told['target']}: kept for {told['kept']:.0%} of {told['ended']}"


def scarce(name: str, told: Mapping[str, Any]) -> str:
    skills = " and ".join(told["skills"])
    able = f"{told['able']} of its {counted(told['members'], 'agent')} have {skills}" if skills else ""
    people = able or counted(told["members"], "agent")
    waited = f"{told['waited']} of {counted(told['tickets'], 'ticket')} waited half an hour or longer"
    return f"{name}: {waited}, half of them {lasting(told['half_waited'])}; {people}"


def macro(sentence: str, told: Mapping[str, Any]) -> str:
    return f"in {counted(told['tickets'], 'ticket')}: {sentence[:160]}"


def lasting(seconds: float) -> str:
    return f"{seconds / HOUR:.1f} h" if seconds >= HOUR else f"{seconds / MINUTE:.0f} min"


SAID: Final[Mapping[str, Callable[[str, Mapping[str, Any]], str]]] = {
    findings.DEAD: dead,
    findings.LOSING: losing,
    findings.BROKEN: broken,
    findings.EASY: easy,
    findings.SCARCE: scarce,
    findings.MACRO: macro,
}
