"""What a history says of the parts of its workflow: rules that do nothing, promises nobody keeps or that are far too
easy, skills too few have, sentences everybody writes again. Each finding carries its figures and tickets to look at.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np

from deskwright.engine import vocabulary
from deskwright.engine.assignment.waiting import members
from deskwright.engine.calendars import ALWAYS
from deskwright.engine.events import TicketOpened
from deskwright.engine.facts import Agent, Customer, Desk, Facts, Ticket
from deskwright.engine.history import Recorded
from deskwright.engine.priority import classify
from deskwright.engine.routing import choose
from deskwright.engine.signals import held
from deskwright.engine.sla.clocks import length, target_of
from deskwright.engine.values import METRICS, PRIORITIES
from deskwright.engine.workflow import Workflow
from deskwright.lab.replay import Replayed
from deskwright.lab.whatif.outcomes import Outcome

DEAD, LOSING, BROKEN, EASY, SCARCE, MACRO = (
    "dead_rule", "losing_rule", "broken_target", "easy_target", "scarce", "macro_candidate"
)  # fmt: skip
FEWEST: Final = 10
"""Tickets below which nothing is said of a target."""
POOR: Final = 0.7
SURE: Final = 0.98
"""Shares kept below which a promise is broken too often, and from which it may be too easy."""
SPARE: Final = 0.25
"""A promise is too easy when nine in ten need no more than this of it."""
LONG: Final = 1800
"""Seconds for an agent that count as waiting."""
WAITED: Final = 3
"""Tickets that must have waited so before a team is called too small."""
EXAMPLES: Final = 5
WORDS: Final = 7
"""Of a sentence that is worth a macro."""
TICKETS: Final = 4
"""In how many tickets it must stand."""
_WRAPPED: Final = re.compile(r"(?<=[^\n]{60})\n(?=[^\n>])")
"""A line that ends only because it is full."""
_ENDS: Final = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` is the rule, promise, queue or sentence; `figures` its evidence, `tickets` examples."""

    kind: str
    subject: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    tickets: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


# Rules


def of_rules(log: Iterable[Recorded], workflow: Workflow) -> Iterator[Finding]:
    """Rules that held for no ticket, and those that held but never had a say, as they open under this workflow."""
    holding: dict[int, list[int]] = defaultdict(list)
    applied: Counter[int] = Counter()
    instead: dict[int, Counter[str]] = defaultdict(Counter)
    opened = 0
    for recorded in log:
        if isinstance(recorded.event, TicketOpened):
            opened += 1
            view = as_opened(workflow, recorded)
            chosen = choose(workflow, view, told=False)
            applied.update(rule.number for rule in chosen.rules)
            for rule in workflow.rules:
                if rule.condition.holds(view):
                    holding[rule.number].append(recorded.ticket)
                    if rule not in chosen.rules and chosen.winner is not None:
                        instead[rule.number][chosen.winner.name] += 1
    for rule in workflow.rules if opened else ():
        if not holding[rule.number]:
            yield Finding(DEAD, rule.name, {"opened": opened, "line": rule.line})
        elif not applied[rule.number]:
            winner, count = instead[rule.number].most_common(1)[0]
            told = {"held": len(holding[rule.number]), "winner": winner, "won": count, "line": rule.line}
            yield Finding(LOSING, rule.name, told, latest(holding[rule.number]))


def as_opened(workflow: Workflow, recorded: Recorded) -> dict[str, Any]:
    """What rules saw of the ticket: signals, what its type gives, category, priority and complexity."""
    ticket = Ticket(recorded.ticket, **recorded.changes)
    seen = Facts(ticket, recorded.customer or Customer(0), recorded.organisation, recorded.message)
    view = vocabulary.view(workflow, seen, recorded.event, recorded.at)
    view["signals"] = held(workflow, view, recorded.message, told=False)[0]
    kind = workflow.types.get(ticket.type)
    for name, value in kind.set.items() if kind is not None else ():
        view[name] = value if view.get(name) is None else view[name]
    classify(workflow, view, told=False)
    view["signals"] = held(workflow, view, None, told=False)[0]
    return view


def latest(tickets: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(tickets), reverse=True)[:EXAMPLES])


# Promises


def of_targets(tickets: Mapping[int, Replayed], workflow: Workflow) -> Iterator[Finding]:
    """Promises broken for many, and those of which hardly anything is used. Times are seconds of open time."""
    ended: dict[tuple[str, str, str], list[tuple[int, float, float, bool]]] = defaultdict(list)
    for number, replayed in tickets.items():
        for clock in replayed.clocks.values():
            if clock.metric in METRICS and clock.stopped_at is not None and clock.state in {"met", "breached"}:
                hours = workflow.calendars.get(clock.calendar, ALWAYS)
                whole = float(length(target_of(clock.target), hours))
                key = clock.metric, replayed.ticket.priority or "", clock.target
                ended[key].append((number, float(clock.used_seconds), whole, clock.breached_at is None))
    for (metric, priority, target), found in sorted(ended.items(), key=place):
        if len(found) >= FEWEST:
            yield from of_target(metric, priority, target, found)


def place(entry: tuple[tuple[str, str, str], Any]) -> tuple[int, int, str]:
    metric, priority, target = entry[0]
    return METRICS.index(metric), -(PRIORITIES.index(priority) if priority in PRIORITIES else -1), target


def of_target(
    metric: str, priority: str, target: str, found: Sequence[tuple[int, float, float, bool]]
) -> Iterator[Finding]:
    kept = sum(fine for *_, fine in found) / len(found)
    usual = float(np.quantile([used for _, used, _, _ in found], 0.9))
    told = {"target": target, "promised": found[0][2], "ended": len(found), "kept": kept, "nine_in_ten": usual}
    subject = f"{priority}, {metric}"
    if kept < POOR:
        yield Finding(BROKEN, subject, told, latest(number for number, _, _, fine in found if not fine))
    elif kept >= SURE and usual <= SPARE * found[0][2]:
        yield Finding(EASY, subject, told, latest(number for number, *_ in found))


# People


def of_teams(
    outcomes: Mapping[int, Outcome], workflow: Workflow, agents: Mapping[int, Agent], until: datetime
) -> Iterator[Finding]:
    """Queues whose tickets wait for an agent, with how many could take them."""
    waits: dict[str, list[tuple[float, int]]] = defaultdict(list)
    all_of: Counter[str] = Counter()
    for number, outcome in outcomes.items():
        queue = outcome.queue
        if queue is not None and queue in workflow.queues:
            all_of[queue] += 1
            waited = sum(((end or until) - begin).total_seconds() for begin, end in outcome.waits)
            if waited >= LONG:
                waits[queue].append((waited, number))
    for name, found in sorted(waits.items(), key=lambda entry: -len(entry[1])):
        asked = workflow.queues[name].skills
        able = [agent for agent in members(Desk(agents), workflow.queues[name]) if agent.role != "light"]
        skilled = [agent for agent in able if all(agent.skills.get(skill, 0) >= least for skill, least in asked)]
        if len(found) >= WAITED:
            told = {
                "waited": len(found),
                "tickets": all_of[name],
                "half_waited": float(np.median([seconds for seconds, _ in found])),
                "skills": [skill for skill, _ in asked],
                "able": len(skilled),
                "members": len(able),
            }
            yield Finding(SCARCE, name, told, tuple(number for _, number in sorted(found, reverse=True)[:EXAMPLES]))


# Words


def of_words(answers: Iterable[tuple[int, str]], macros: Iterable[str]) -> Iterator[Finding]:
    """Sentences that agents write again and again and that no macro has. Answers are (ticket, text)."""
    known = " ".join(" ".join(text.lower().split()) for text in macros)
    written: dict[str, set[int]] = defaultdict(set)
    spelled: dict[str, str] = {}
    for ticket, text in answers:
        for sentence in _ENDS.split(_WRAPPED.sub(" ", text)):
            plain = " ".join(sentence.split())
            key = plain.lower()
            if len(plain.split()) >= WORDS and not plain.startswith(">"):
                written[key].add(ticket)
                spelled.setdefault(key, plain)
    often = [(key, tickets) for key, tickets in written.items() if len(tickets) >= TICKETS and key not in known]
    for key, tickets in sorted(often, key=lambda entry: (-len(entry[1]), entry[0])):
        yield Finding(MACRO, spelled[key], {"tickets": len(tickets)}, latest(tickets))
