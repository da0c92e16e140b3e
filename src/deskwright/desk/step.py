"""The hinge: facts -> decide -> apply -> record, until quiet.

Works on cases whose rows are locked (or new) inside the caller's deed. A rule that never rests is cut off and reported;
a decision that fails never costs a customer's message.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from deskwright.desk import workflows
from deskwright.desk.apply import apply, describe
from deskwright.desk.caps import over_cap
from deskwright.desk.cases import Case, Happening, carried, summarise_clocks
from deskwright.desk.record import record
from deskwright.desk.tickets.follow_ups import follow_up
from deskwright.desk.tickets.joining import Cause, join
from deskwright.engine import experiments, facts
from deskwright.engine.altering import replace, taken_apart
from deskwright.engine.automation import FAILED, SPENT, AutomationFailed
from deskwright.engine.decide import Decision, decide
from deskwright.engine.effects import RanAutomation
from deskwright.engine.events import AgentReturned, ClockMark, Event, Reconsidered
from deskwright.engine.workflow import Workflow
from deskwright.store.testimony import testimony
from deskwright.store.writes import Batch, take_ids

Cursor = psycopg.Cursor[dict[str, Any]]
QUIET = (AgentReturned, Reconsidered)
"""Events asked of many tickets: those for which nothing followed do not tell of them."""
ROUNDS = 8
"""Decisions one deed may cause on one ticket before it is cut off."""
LONGEST_ERROR = 2000

log = logging.getLogger("deskwright.step")


@dataclass(frozen=True, slots=True)
class Held:
    """A decision with what was kept from it: automations and why, and those that broke with their error."""

    decision: Decision
    resting: Mapping[str, str]
    failures: tuple[AutomationFailed, ...]


def step(
    sql: Cursor,
    cases: Sequence[Case],
    desk: facts.Desk,
    also: Callable[[Batch], None] | None = None,
    now: datetime | None = None,
) -> None:
    """Settle every case in order, and the follow-up tickets they ask for; write it all (and what `also` adds).

    Of tickets that open, the marks that have passed by `now` are acted on, too: see `catch_up`.
    """
    working = deque(cases)
    settled: dict[Case, None] = {}
    runs: Counter[str] = Counter()
    while working:
        case = working.popleft()
        settle(sql, case, desk, runs, now)
        desk = reload(case, desk)
        settled[case] = None
        if case.merging is not None:
            working.extendleft(reversed(merge_found(sql, case)))
        working.extend(follow_up(case, effect, desk) for effect in case.follow_ups)
    record(sql, list(settled), also)


def merge_found(sql: Cursor, case: Case) -> list[Case]:
    """A new ticket becomes part of what it repeats. Returns both, with what is to be decided about them."""
    effect, case.merging = case.merging, None
    assert effect is not None
    target, at = case.twins[effect.ticket], case.row["updated_at"]
    case.set(id=take_ids(sql, 1, 0, 0)[0][0])
    join(case, target, Cause(None, effect.share, effect.because), at)
    return [case, target]


def settle(sql: Cursor, case: Case, desk: facts.Desk, runs: Counter[str], now: datetime | None) -> None:
    """Decide on what happened to the case, and on what was due before it came, until it rests. `runs` counts the
    automations that ran in this deed.
    """
    rest(sql, case, desk, runs)
    if now is not None and case.opened and case.merging is None:
        catch_up(case, now)
        rest(sql, case, desk, runs)
    if case.changed_clocks:
        summarise_clocks(case, workflows.version(case.row["workflow_version"]))


def rest(sql: Cursor, case: Case, desk: facts.Desk, runs: Counter[str]) -> None:
    for _ in range(ROUNDS):
        if not case.pending:
            break
        happening = case.pending.popleft()
        take(sql, case, happening, desk, runs)
    else:
        cut_off(case)


def catch_up(case: Case, now: datetime) -> None:
    """A message that was long on its way opens a ticket that is late already: its marks are part of its opening, not
    work that waits for the next beat.
    """
    due = [(clock.next_mark_at, place) for place, clock in case.clocks.items() if clock.next_mark_at is not None]
    for moment, (metric, cycle) in sorted(due):
        if moment <= now:
            share = case.clocks[metric, cycle].next_mark or 0.0
            case.happen(Happening(ClockMark(metric=metric, cycle=cycle, share=share), now))


def take(sql: Cursor, case: Case, happening: Happening, desk: facts.Desk, runs: Counter[str]) -> None:
    seen = case.facts(desk, happening.message)
    told = testimony(case.known, seen, len(case.events), consequence=happening.follows is not None)
    try:
        held = decide_within(sql, judging(case, happening), seen, happening, runs)
        carry_out(case, held, happening)
        decision: Decision | None = held.decision
        runs.update(ran(held.decision))
        told |= {"resting": held.resting} if held.resting else {}
    except psycopg.Error:
        raise
    except Exception:
        log.exception("Deciding on %s of ticket %s failed", happening.event.kind, case.row["id"])
        decision = None
        let_go(case, happening.event)
    if decision is not None and not decision.effects and isinstance(happening.event, QUIET):
        return
    case.set(updated_at=max(happening.at, case.row["updated_at"] or happening.at))
    case.known = case.ticket if decision else seen.ticket
    case.events.append(event_row(case, happening, decision, told))
    for event in decision.consequences if decision else ():
        case.happen(Happening(event, happening.at, actor="rule", follows=len(case.events) - 1))


def let_go(case: Case, event: Event) -> None:
    """A mark nobody could decide on is not claimed again and again: its clock waits for the ticket's next event."""
    clock = case.clocks.get((event.metric, event.cycle)) if isinstance(event, ClockMark) else None
    if clock is not None:
        case.put_clock(replace(clock, next_mark=None, next_mark_at=None))


def judging(case: Case, happening: Happening) -> Workflow:
    """The ticket's own version, unless the event names another."""
    own = case.row["workflow_version"] if happening.version is None else happening.version
    return workflows.version(own)


def decide_within(sql: Cursor, workflow: Workflow, seen: facts.Facts, happening: Happening, runs: Counter[str]) -> Held:
    """The decision, made again without each automation that broke or has run too often. Raises what `decide` raises for
    reasons that are no automation's.
    """
    failures: list[AutomationFailed] = []
    while True:
        try:
            decision = decide(workflow, seen, happening.event, happening.at)
        except AutomationFailed as failure:
            log.exception("Automation %s broke on ticket %s", failure.rule, seen.ticket.id)
            failures.append(failure)
            seen = without(seen, failure.rule, FAILED)
            continue
        spent = over_cap(sql, experiments.under(workflow, seen.ticket.arms), ran(decision), happening.at, runs)
        if not spent:
            return Held(decision, seen.desk.resting, tuple(failures))
        for rule in spent:
            seen = without(seen, rule, SPENT)


def without(seen: facts.Facts, rule: str, why: str) -> facts.Facts:
    """The same, with this automation resting."""
    return replace(seen, desk=replace(seen.desk, resting={**seen.desk.resting, rule: why}))


def ran(decision: Decision) -> list[str]:
    return [effect.rule for effect in decision.effects if isinstance(effect, RanAutomation)]


def carry_out(case: Case, held: Held, happening: Happening) -> None:
    for effect in held.decision.effects:
        apply(case, effect, happening.at)
    for failure in held.failures:
        trouble = f"{type(failure.trouble).__name__}: {failure.trouble}"[:LONGEST_ERROR]
        case.automation_runs.append({"rule": failure.rule, "at": happening.at, "outcomes": [], "error": trouble})


def event_row(case: Case, happening: Happening, decision: Decision | None, told: dict[str, Any]) -> dict[str, Any]:
    data = {**taken_apart(happening.event), **happening.data, "seen": told}
    if decision is None:
        data["failed"] = "the workflow could not decide on this; nothing was changed"
    else:
        data["effects"] = [describe(effect) for effect in decision.effects]
    return {
        "at": happening.at,
        "kind": happening.event.kind,
        "actor": happening.actor,
        "agent_id": happening.agent,
        "data": data,
        "follows": happening.follows,
        "trace": decision.trace.as_json() if decision else None,
        "workflow_version": judging(case, happening).version,
    }


def cut_off(case: Case) -> None:
    """More came than a deed may cause: the rest is dropped, and the ticket says so."""
    dropped = [happening.event.kind for happening in case.pending]
    if not dropped:
        return
    last = case.pending[-1]
    case.pending.clear()
    log.error("Ticket %s never came to rest; dropped %s", case.row["id"], dropped)
    case.events.append(
        {
            "at": last.at,
            "kind": "cut_off",
            "actor": "system",
            "agent_id": None,
            "data": {"dropped": dropped, "rounds": ROUNDS},
            "follows": last.follows,
            "trace": None,
            "workflow_version": case.row["workflow_version"],
        }
    )


def reload(case: Case, desk: facts.Desk) -> facts.Desk:
    """The desk as the next case finds it: loads moved, turns counted."""
    before, after = case.carried, carried(case.row)
    if before == after and not case.turn:
        return desk
    loads = dict(desk.loads)
    move(loads, before, -1)
    move(loads, after, 1)
    if case.turn and after[0]:
        load = loads[after[0]]
        loads[after[0]] = replace(load, turn=case.turn, given=load.given + case.given)
    return replace(desk, loads=loads, turn=max(desk.turn, case.turn))


def move(loads: dict[int, facts.Load], carried: tuple[int | None, float], sign: int) -> None:
    agent, units = carried
    if agent is not None:
        load = loads.get(agent, facts.Load())
        loads[agent] = replace(load, units=load.units + sign * units, tickets=load.tickets + sign)
