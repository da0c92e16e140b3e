"""The steps a decision is made of: signals, classification, routing, placing, the ladder.

Each reads the view as decided so far and records what it decides in the course.
"""

from __future__ import annotations

from deskwright.engine import assignment, escalation, priority, routing, signals, sla
from deskwright.engine.assignment import Asking, Placement
from deskwright.engine.decide import telling
from deskwright.engine.decide.course import Course
from deskwright.engine.effects import Assign, MarkBoosted, OpenFollowUp, Route, SetSignals
from deskwright.engine.events import TicketOpened
from deskwright.engine.facts import Message
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.workflow import Action, Assignee, Rule


def raise_signals(course: Course, message: Message | None) -> None:
    """What holds now, asked for once it is settled."""
    hear_signals(course, message)
    settle_signals(course)


def hear_signals(course: Course, message: Message | None) -> None:
    """Words add to the signals, conditions are asked again; see `signals` for what lasts."""
    course.signals, steps = signals.held(course.workflow, course.view, message)
    course.ladder.signals = course.view["signals"] = course.signals
    told = {step.text for step in course.trace.steps}
    course.trace.add(step for step in steps if step.text not in told)


def settle_signals(course: Course) -> None:
    known = course.ticket.signals
    course.risen = course.signals - known
    if course.signals != known:
        risen = ", ".join(sorted(course.risen))
        course.ask(SetSignals(f"{risen} rose" if risen else "some no longer hold", course.signals, course.risen))


def classify(course: Course) -> None:
    """Category, priority and complexity where nobody gave them; repeat escalations raise the priority once."""
    changes, steps = priority.classify(course.workflow, dict(course.view))
    course.trace.add(steps)
    for name, value in changes.items():
        course.set_field(name, value, f"the workflow's {name}")
    policy = course.workflow.assignment
    often = policy.repeat_boost and assignment.escalates_often(course.workflow, course.facts)
    because = "the customer's tickets escalate often"
    if often and not course.ticket.boosted and course.boost(policy.repeat_boost, because):
        course.ask(MarkBoosted(because))


def route(course: Course) -> Assignee:
    """The rules that match act in order; returns the assignee the winner wants, else anybody of the ticket's queue."""
    chosen = routing.choose(course.workflow, course.view)
    course.trace.add(chosen.steps)
    targeted = False
    for rule in chosen.rules:
        targeted = _follow_rule(course, rule, targeted)
    winner = chosen.winner
    if winner is None:
        course.say("routing", f"no rule assigns it, so it goes to {_standing_queue(course)}")
        return assignment.fallback(_standing_queue(course))
    course.rule = winner.name
    return winner.action.assign or assignment.fallback(_standing_queue(course))


def _standing_queue(course: Course) -> str:
    return course.ticket.queue or course.workflow.default_queue


def _follow_rule(course: Course, rule: Rule, targeted: bool) -> bool:
    """Returns whether a rule has set targets; the first one to do so wins."""
    if rule.override is not None and not targeted:
        course.set_field("sla_target", rule.override, rule.name)
        course.time.sla_target = rule.override
    act(course, rule.action, rule.name, f"rule:{rule.number}")
    return targeted or rule.override is not None


def act(course: Course, action: Action, name: str, cause: str) -> None:
    """What rules and automations have in common: fields, tags, priority, notices, status."""
    for field, value in action.set.items():
        if field == "status":
            course.set_status(str(value), name)
        else:
            course.set_field(field, value, name)
    course.add_tags(action.tag, name)
    if action.boost_priority:
        course.boost(action.boost_priority, name)
    if action.status:
        course.set_status(action.status, name)
    telling.tell(course, (*action.notify, *action.cc), f"{name}: {course.ticket.subject}", cause, name)
    if action.open_follow_up is not None:
        _open_follow_up(course, action, name, cause)


def _open_follow_up(course: Course, action: Action, name: str, cause: str) -> None:
    """Once in a chain of causes: a follow-up may match the rule that opened it."""
    wanted = action.open_follow_up or {}
    before = course.event.caused_by if isinstance(course.event, TicketOpened) else ()
    if name in before:
        course.say("routing", f"{name} opened this ticket, and opens no follow-up to it", False)
        return
    course.ask(
        OpenFollowUp(
            name,
            str(wanted.get("subject") or f"Follow-up: {course.ticket.subject}"),
            str(wanted.get("type") or "follow_up"),
            str(wanted.get("priority") or course.view.get("priority") or "medium"),
            {"assign": wanted["assign"]} if isinstance(wanted.get("assign"), str) else dict(wanted.get("assign") or {}),
            cause,
            tuple(dict.fromkeys((*course.chain, name))),
        )
    )


def destine(course: Course, assignee: Assignee) -> None:
    """The queue, before the agent is looked for: targets may count in its calendar."""
    send_to(course, assignment.destination(course.workflow, course.facts, assignee), _because(course))


def place(course: Course, assignee: Assignee, excluded: frozenset[int] = frozenset(), why: str | None = None) -> None:
    """Ask for the queue and the agent, and tell the agent."""
    because = why or _because(course)
    placed = assignment.place(_asking(course, excluded), assignee, course.view)
    course.trace.add(placed.steps)
    send_to(course, placed.queue, because)
    _hand_over(course, placed, because)


def replace_owner(course: Course, assignee: Assignee, why: str) -> None:
    """As `place`, but an agent who is there keeps the ticket while nobody else is found."""
    placed = assignment.place(_asking(course, frozenset()), assignee, course.view)
    course.trace.add(placed.steps)
    send_to(course, placed.queue, why)
    if placed.agent is not None or not assignment.present(course.facts, course.assignee):
        _hand_over(course, placed, why)


def _hand_over(course: Course, placed: Placement, because: str) -> None:
    put_off = placed.agent is None and placed.ask_again_at != course.ticket.ask_again_at
    if placed.agent != course.assignee or put_off or isinstance(course.event, TicketOpened):
        again = placed.ask_again_at
        course.ask(Assign(because, placed.agent, placed.units, placed.turn, placed.given, again))
    if placed.agent not in {None, course.assignee}:
        course.assignee = placed.agent
        subject = f"Assigned to you: {course.ticket.subject}"
        telling.tell_audience(course, telling.ASSIGNEE, subject, f"assigned:{placed.turn}", because)
    course.assignee = course.view["assignee"] = placed.agent


def _asking(course: Course, excluded: frozenset[int]) -> Asking:
    return assignment.ask(course.workflow, course.facts, course.view, course.now, excluded)


def _because(course: Course) -> str:
    return f"rule {course.rule}" if course.rule and not course.rule.startswith("rule ") else course.rule or "no rule"


def send_to(course: Course, queue: str, why: str) -> None:
    """Ask for the queue if it is another one, or another rule's doing."""
    if (queue, course.rule) != course.routed:
        course.routed = queue, course.rule
        course.ask(Route(why, queue, course.rule))
    course.view["queue"] = queue


def climb(course: Course) -> None:
    """What newly rose may escalate, and management hears of its triggers. The consequences follow at once."""
    escalation.rise(course.ladder, course.risen)
    follow_ladder(course)
    for trigger in sorted(escalation.fire_triggers(course.ladder)):
        named = trigger.replace("_", " ").capitalize()
        names = course.workflow.management.notify
        telling.tell(course, names, f"{named}: {course.ticket.subject}", f"management:{trigger}", trigger)


def follow_ladder(course: Course) -> None:
    """An escalation moves the ticket to whom the tier names, tells its audience, and is an event for automations."""
    left = course.ladder.left
    if left is None or "escalated" in course.happened:
        return
    course.happen("escalated")
    because = f"escalated from {left.name}"
    if left.escalate_to is not None:
        current = frozenset({course.assignee}) if course.assignee is not None else frozenset()
        place(course, left.escalate_to, current, because)
        sla.retarget(course.time, because)
    subject = f"Escalated from {left.name}: {course.ticket.subject}"
    telling.tell(course, left.notify, subject, f"escalated:{course.ladder.number}", because)
    if course.ladder.tier is None and course.ladder.reason == escalation.NOT_ACKNOWLEDGED:
        subject = f"Nobody acknowledged the last tier: {course.ticket.subject}"
        telling.tell_audience(course, telling.LEADS, subject, f"unacknowledged:{course.ladder.number}", because)


def settle_status(course: Course, was: str, status: str) -> None:
    if was in LIVE_STATUSES and status not in LIVE_STATUSES:
        course.happen("ticket_solved")
    elif was not in LIVE_STATUSES and status in LIVE_STATUSES:
        course.happen("ticket_reopened")
    sla.settle_status(course.time, was, status, course.now)
    escalation.settle_status(course.ladder, was, status)


def find_owner(course: Course) -> None:
    """Nobody has it, or who has it is away: ask for an agent of its queue."""
    if course.live and not assignment.present(course.facts, course.assignee):
        why = "nobody has it" if course.assignee is None else "its agent is away"
        place(course, assignment.waiting_for(course.workflow, course.facts), why=why)
