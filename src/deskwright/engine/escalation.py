"""The ladder of tiers: entering, timeouts, risen signals, acknowledgement, handing back, and management's triggers.

A tier's timeout is a clock like any other (metric "tier", its cycle the number of tiers entered). The share of it
within which an escalation must be acknowledged is a mark on that clock. Decides where a ticket stands, not who gets it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from deskwright.engine.altering import replace
from deskwright.engine.calendars import Calendar
from deskwright.engine.effects import AcknowledgeTier, Effect, EnterTier, FireTriggers, PutClock
from deskwright.engine.facts import Clock, Ticket
from deskwright.engine.saying import _
from deskwright.engine.sla import clocks, targets
from deskwright.engine.trace import Step, wanted
from deskwright.engine.values import LIVE_STATUSES, TIER_METRIC
from deskwright.engine.workflow import Tier, Workflow

NO_RESPONSE = "no_response"
NOT_ACKNOWLEDGED = "not_acknowledged"
OPENED = "opened"
HANDED_BACK = "handed_back"
MANUAL = "manual"
REASONS: Final[Mapping[str, str]] = {
    NO_RESPONSE: _("no response"),
    NOT_ACKNOWLEDGED: _("not acknowledged"),
    OPENED: _("opened"),
    HANDED_BACK: _("handed back"),
    MANUAL: _("manual"),
}
"""The ladder's own codes in words; other reasons are signals, or what an agent wrote."""


@dataclass(slots=True)
class Ladder:
    """Where a ticket stands while one event is decided. `left` is the tier it was escalated from; None: it stays."""

    workflow: Workflow
    ticket: Ticket
    now: datetime
    tier: str | None
    number: int
    clock: Clock | None
    signals: frozenset[str]
    """Those that hold now."""
    left: Tier | None = None
    reason: str | None = None
    """Why it was escalated: the code its event keeps."""
    began: frozenset[str] = frozenset()
    """Signals that held when a tier began in this very decision: they count when its timeout runs out, not at once."""
    effects: list[Effect] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def current(self) -> Tier | None:
        for tier in self.workflow.tiers:
            if tier.name == self.tier:
                return tier
        return None

    def say(self, text: str, held: bool | None = None) -> None:
        if wanted(self.steps):
            self.steps.append(Step("escalation", text, held))

    def put(self, clock: Clock, change: str, because: str) -> None:
        self.clock = clock
        self.effects.append(PutClock(because, clock, change))


def climb(
    workflow: Workflow, ticket: Ticket, signals: frozenset[str], now: datetime, kept: tuple[Clock, ...]
) -> Ladder:
    """The ticket's ladder, ready for an event."""
    latest: Clock | None = None
    for clock in kept:
        if clock.metric == TIER_METRIC and (latest is None or clock.cycle > latest.cycle):
            latest = clock
    return Ladder(workflow, ticket, now, ticket.tier, ticket.tier_number, latest, signals)


def enter_first(ladder: Ladder) -> None:
    """A ticket enters the first tier when it opens."""
    if ladder.workflow.tiers:
        first = ladder.workflow.tiers[0]
        if not wanted(ladder.steps):
            said = ""
        elif first.timeout:
            said = _("it enters %(tier)s, which waits %(timeout)s", tier=first.name, timeout=str(first.timeout))
        else:
            said = _("it enters %(tier)s", tier=first.name)
        ladder.say(said)
        _enter(ladder, first, OPENED)


def rise(ladder: Ladder, risen: Collection[str]) -> None:
    """A signal that newly rose and that the tier listens to escalates at once."""
    tier = ladder.current if risen else None
    heard = sorted(signal for signal in risen if tier and signal in tier.conditions and signal not in ladder.began)
    if tier and heard:
        ladder.say(_("%(signal)s newly rose in %(tier)s", signal=heard[0], tier=tier.name), True)
        escalate(ladder, heard[0])


def act_on_mark(ladder: Ladder, cycle: int) -> bool:
    """The tier's clock passed a mark: not acknowledged in time, or its timeout ran out. False: it had stopped."""
    tier, clock = ladder.current, ladder.clock
    if tier is None or clock is None or clock.cycle != cycle or not clocks.live(clock):
        ladder.say(_("the tier's clock had stopped before"), False)
        return False
    hours = _hours(ladder, clock)
    share = clocks.passed_mark(clock, hours, ladder.now, _marks(tier, hours))
    if share is None:
        ladder.say(_("no mark of %(tier)s has passed", tier=tier.name), False)
        _correct(ladder, clocks.timed(clock, hours, ladder.now, _marks(tier, hours)) if clock.running_since else clock)
    elif share < clocks.BREACH or tier.timeout is None:
        within = str(tier.acknowledge_within)
        ladder.say(_("nobody acknowledged %(tier)s within %(timeout)s", tier=tier.name, timeout=within), True)
        escalate(ladder, NOT_ACKNOWLEDGED)
    else:
        _run_out(ladder, tier, clocks.mark(clock, hours, share, ladder.now, ()))
    return True


def _correct(ladder: Ladder, right: Clock) -> None:
    if right != ladder.clock:
        ladder.put(right, "marked", _("its next mark lay elsewhere"))


def _run_out(ladder: Ladder, tier: Tier, clock: Clock) -> None:
    stopped = replace(clock, stopped_at=ladder.now, running_since=None, next_mark=None, next_mark_at=None)
    reason = _reason(ladder, tier)
    ladder.put(stopped, "breached", _("the timeout of %(tier)s ran out", tier=tier.name))
    if reason is None:
        ladder.say(_("the timeout of %(tier)s ran out, but nothing it listens to holds", tier=tier.name), False)
    else:
        spoken = REASONS.get(reason, reason.replace("_", " "))
        ladder.say(_("the timeout of %(tier)s ran out with %(reason)s", tier=tier.name, reason=spoken), True)
        escalate(ladder, reason)


def _reason(ladder: Ladder, tier: Tier) -> str | None:
    """Why the tier's end counts: no public reply since it began, else a signal that held when it began."""
    if NO_RESPONSE in tier.conditions and not _answered(ladder):
        return NO_RESPONSE
    return next((signal for signal in tier.conditions if signal in ladder.ticket.tier_signals), None)


def _answered(ladder: Ladder) -> bool:
    replied, since = ladder.ticket.last_agent_at, ladder.ticket.tier_since
    if ladder.clock is not None and (since is None or ladder.clock.started_at > since):
        since = ladder.clock.started_at  # begun afresh when the ticket was reopened
    return replied is not None and (since is None or replied >= since)


def escalate(ladder: Ladder, reason: str) -> None:
    """One tier up, once in a decision; beyond the last tier the ticket leaves the ladder."""
    tier = ladder.current
    if tier is None or ladder.left is not None:
        ladder.say(_("there is no tier to escalate from") if tier is None else _("it was escalated already"), False)
        return
    ladder.left, ladder.reason = tier, reason
    following = next((candidate for candidate in ladder.workflow.tiers if candidate.name == tier.next), None)
    _enter(ladder, following, reason)


def height(ladder: Ladder) -> int:
    """How many tiers the ticket stands above the lowest; beyond the top it stands above all of them."""
    names = [tier.name for tier in ladder.workflow.tiers]
    return names.index(ladder.tier) if ladder.tier in names else len(names) if ladder.number else 0


def hand_back(ladder: Ladder, agent: int, why: str, to: str = "") -> int | None:
    """One tier down, or down to the tier named. Returns the place of the tier it stands in now, None where it stays."""
    names, place = [tier.name for tier in ladder.workflow.tiers], height(ladder)
    below = names.index(to) if to in names[:place] else None if to else place - 1
    if below is None or place == 0:
        named = _("there is no tier %(tier)s below to hand it back to", tier=to)
        ladder.say(named if to else _("there is no tier below to hand it back to"), False)
        return None
    said = _("handed back to %(tier)s", tier=names[below])
    ladder.say(_("handed back to %(tier)s: %(remark)s", tier=names[below], remark=why) if why else said)
    _enter(ladder, ladder.workflow.tiers[below], HANDED_BACK)
    return below


def acknowledge(ladder: Ladder, agent: int) -> None:
    """Somebody took it: the tier's clock stands still until the customer writes again."""
    if height(ladder) == 0:
        ladder.say(_("it is not escalated, so there is nothing to acknowledge"), False)
        return
    if ladder.ticket.tier_acknowledged:
        ladder.say(_("it was acknowledged before"))
        return
    ladder.effects.append(AcknowledgeTier(_("an agent acknowledged the escalation"), agent))
    ladder.say(_("acknowledged; the tier's clock stands still until the customer writes again"))
    if ladder.clock is not None and ladder.clock.running_since is not None and clocks.live(ladder.clock):
        paused = clocks.pause(ladder.clock, _hours(ladder, ladder.clock), ladder.now)
        ladder.put(paused, "paused", _("the escalation was acknowledged"))


def hear_customer(ladder: Ladder) -> None:
    """The customer wrote: an acknowledged tier's clock runs on."""
    tier, clock = ladder.current, ladder.clock
    if tier is None or clock is None or not clocks.live(clock) or clock.running_since is not None:
        return
    hours = _hours(ladder, clock)
    spared = replace(clock, fired=max(clock.fired, _patience(tier, hours) or 0.0))
    resumed = clocks.resume(spared, hours, ladder.now, _marks(tier, hours))
    ladder.put(resumed, "resumed", _("the customer wrote"))


def settle_status(ladder: Ladder, was: str, status: str) -> None:
    """Solving stops the tier's clock; reopening begins it afresh in the tier where the ticket stands."""
    if was in LIVE_STATUSES and status not in LIVE_STATUSES:
        _end_clock(ladder, _("the ticket was %(status)s", status=status))
    elif was not in LIVE_STATUSES and status in LIVE_STATUSES and (tier := ladder.current):
        _begin_clock(ladder, tier, ladder.number, acknowledged=True, because=_("the ticket was reopened"))


def renew(ladder: Ladder, because: str) -> None:
    """Another version of the workflow decides: the tier's clock runs under its timeout, from its original start."""
    tier, clock = ladder.current, ladder.clock
    if clock is None or not clocks.live(clock):
        return
    target = (tier.timeout or tier.acknowledge_within) if tier else None
    if tier is None or target is None:
        ladder.say(_("the workflow times no tier named %(tier)s any more", tier=ladder.tier), False)
        _end_clock(ladder, because)
        return
    name = "" if target.wall else ladder.workflow.sla.calendar or ""
    hours = targets.calendar(ladder.workflow, name)
    moved = clocks.retarget(clock, hours, target, (name, hours), ladder.now, _marks(tier, hours))
    ladder.put(
        replace(moved, state=clock.state, breached_at=None, version=ladder.workflow.version), "retargeted", because
    )


def fire_triggers(ladder: Ladder) -> frozenset[str]:
    """Management triggers that hold and have not fired for this ticket."""
    triggers = ladder.signals.intersection(ladder.workflow.management.triggers) - ladder.ticket.triggers_fired
    if triggers:
        said = _("management is told of %(signals)s", signals=", ".join(sorted(triggers)))
        ladder.effects.append(FireTriggers(said, triggers))
        ladder.say(said, True)
    return triggers


def _enter(ladder: Ladder, tier: Tier | None, reason: str) -> None:
    if ladder.clock is not None:
        _end_clock(ladder, _("the ticket left %(tier)s", tier=ladder.tier))
    ladder.tier, ladder.number = tier.name if tier else None, ladder.number + 1
    ladder.began = ladder.signals
    enters = _("it enters %(tier)s", tier=tier.name) if tier else _("it leaves the ladder at its top")
    because = _("%(reason)s: %(what)s", reason=REASONS.get(reason, reason.replace("_", " ")), what=enters)
    ladder.effects.append(EnterTier(because, ladder.tier, ladder.number, ladder.now, reason, ladder.signals))
    if tier is not None:
        _begin_clock(ladder, tier, ladder.number, reason in {OPENED, HANDED_BACK}, enters)


def _begin_clock(ladder: Ladder, tier: Tier, number: int, acknowledged: bool, because: str) -> None:
    target = tier.timeout or (None if acknowledged else tier.acknowledge_within)
    if target is None or ladder.ticket.imported:
        return
    name = "" if target.wall else ladder.workflow.sla.calendar or ""
    hours = targets.calendar(ladder.workflow, name)
    marks = _marks(tier, hours)
    version = ladder.workflow.version
    spared = (_patience(tier, hours) or 0.0) if acknowledged else 0.0  # no acknowledgement is asked for
    begun = clocks.begin(TIER_METRIC, number, target, (name, hours), ladder.now, marks, version=version, fired=spared)
    ladder.put(begun, "started", because)


def _end_clock(ladder: Ladder, because: str) -> None:
    if ladder.clock is not None and clocks.live(ladder.clock):
        ended = clocks.cancel(ladder.clock, _hours(ladder, ladder.clock), ladder.now)
        ladder.put(replace(ended, state="cancelled"), "cancelled", because)


def _marks(tier: Tier, hours: Calendar) -> tuple[float, ...]:
    patience = _patience(tier, hours)
    return (clocks.BREACH,) if patience in {None, clocks.BREACH} else (patience, clocks.BREACH)


def _patience(tier: Tier, hours: Calendar) -> float | None:
    """The share of the timeout within which the escalation must be acknowledged."""
    within, timeout = tier.acknowledge_within, tier.timeout
    if within is None:
        return None
    if timeout is None:
        return clocks.BREACH  # the whole clock is patience
    share = clocks.length(within, hours) / max(1, clocks.length(timeout, hours))
    return share if share < clocks.BREACH else None


def _hours(ladder: Ladder, clock: Clock) -> Calendar:
    return targets.calendar(ladder.workflow, clock.calendar)
