"""The steps a decision is made of: signals, classification, routing, placing, the ladder.

Each reads the view as decided so far and records what it decides in the course.
"""

from __future__ import annotations

from typing import Final

from deskwright.engine import assignment, escalation, priority, proactive, routing, signals, sla
from deskwright.engine.assignment import Asking, Placement
from deskwright.engine.decide import surveying, telling
from deskwright.engine.decide.course import Course
from deskwright.engine.effects import Assign, MarkBoosted, OpenFollowUp, Route, SetSignals
from deskwright.engine.events import TicketOpened
from deskwright.engine.facts import Message
from deskwright.engine.saying import _
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.workflow import Action, Assignee, Rule

_NONE: Final[frozenset[str]] = frozenset()
PROACTIVE: Final = "proactive support"
"""What stands for the rule's name on a ticket the desk opened to reach out."""


def raise_signals(course: Course, message: Message | None) -> None:
    """What holds now, asked for once it is settled."""
    hear_signals(course, message)
    settle_signals(course)


def hear_signals(course: Course, message: Message | None) -> None:
    """Words add to the signals, conditions are asked again; see `signals` for what lasts."""
    course.signals, steps = signals.held(course.workflow, course.view, message, course.trace.wanted)
    course.ladder.signals = course.view["signals"] = course.signals
    if steps:
        told = {step.text for step in course.trace.steps}
        course.trace.add(step for step in steps if step.text not in told)


def settle_signals(course: Course) -> None:
    known = course.ticket.signals
    if course.signals == known:
        course.risen = _NONE
    else:
        course.risen = course.signals - known
        risen = ", ".join(sorted(course.risen))
        course.ask(
            SetSignals(
                _("%(signals)s rose", signals=risen) if risen else _("some no longer hold"),
                course.signals,
                course.risen,
            )
        )


def apply_type(course: Course) -> None:
    """What the ticket's type gives where nobody has said it."""
    known = course.workflow.types.get(course.view.get("type") or "")
    for name, value in known.set.items() if known is not None else ():
        if course.view.get(name) is None:
            course.set_field(name, value, _("type %(type)s", type=known.name) if known else "")


def classify(course: Course) -> None:
    """Category, priority and complexity where nobody gave them; repeat escalations raise the priority once."""
    changes, steps = priority.classify(course.workflow, dict(course.view), course.trace.wanted)
    course.trace.add(steps)
    for name, value in changes.items():
        course.set_field(name, value, _("the workflow's %(field)s", field=name))
    policy = course.workflow.assignment
    often = policy.repeat_boost and assignment.escalates_often(course.workflow, course.facts)
    because = _("the customer's tickets escalate often")
    if often and not course.ticket.boosted and course.boost(policy.repeat_boost, because):
        course.ask(MarkBoosted(because))


def route(course: Course) -> Assignee:
    """The rules that match act in order; returns the assignee the winner wants, else anybody of the ticket's queue."""
    chosen = routing.choose(course.workflow, course.view, course.trace.wanted)
    course.trace.add(chosen.steps)
    targeted = False
    for rule in chosen.rules:
        targeted = _follow_rule(course, rule, targeted)
    winner = chosen.winner
    if winner is None:
        if course.trace.wanted:
            course.say("routing", _("no rule assigns it, so it goes to %(queue)s", queue=_standing_queue(course)))
        return assignment.fallback(_standing_queue(course))
    course.rule = winner.name
    return winner.action.assign or assignment.fallback(_standing_queue(course))


def visit(course: Course) -> Assignee | None:
    """Proactive support names who goes, before any rule; None where the document leaves it to them."""
    assignee = proactive.visitor(course.workflow)
    if assignee is not None:
        course.rule = PROACTIVE
        course.say("routing", _("proactive support says who reaches out"))
    return assignee


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
        course.set_status(action.status, name, action.substatus)
    subject = _("%(rule)s: %(subject)s", rule=name, subject=course.ticket.subject)
    telling.tell(course, (*action.notify, *action.cc), subject, cause, name)
    if action.open_follow_up is not None:
        _open_follow_up(course, action, name, cause)


def _open_follow_up(course: Course, action: Action, name: str, cause: str) -> None:
    """Once in a chain of causes: a follow-up may match the rule that opened it."""
    wanted = action.open_follow_up or {}
    before = course.event.caused_by if isinstance(course.event, TicketOpened) else ()
    if name in before:
        course.say("routing", _("%(rule)s opened this ticket, and opens no follow-up to it", rule=name), False)
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
        subject = _("Assigned to you: %(subject)s", subject=course.ticket.subject)
        telling.tell_audience(course, telling.ASSIGNEE, subject, f"assigned:{placed.turn}", because)
    course.assignee = course.view["assignee"] = placed.agent


def _asking(course: Course, excluded: frozenset[int]) -> Asking:
    asking = assignment.ask(course.workflow, course.facts, course.view, course.now, excluded)
    asking.told = course.trace.wanted
    return asking


def _because(course: Course) -> str:
    if course.rule == PROACTIVE:
        return _("proactive support")
    return _("rule %(rule)s", rule=course.rule.removeprefix("rule ")) if course.rule else _("no rule")


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
        subject = _("%(said)s: %(subject)s", said=named, subject=course.ticket.subject)
        because = _("%(signals)s rose", signals=trigger)
        telling.tell(course, course.workflow.management.notify, subject, f"management:{trigger}", because)


def follow_ladder(course: Course) -> None:
    """An escalation moves the ticket to whom the tier names, tells its audience, and is an event for automations."""
    left = course.ladder.left
    if left is None or "escalated" in course.happened:
        return
    course.happen("escalated")
    because = _("escalated from %(tier)s", tier=left.name)
    if left.escalate_to is not None:
        current = frozenset({course.assignee}) if course.assignee is not None else frozenset()
        place(course, left.escalate_to, current, because)
        sla.retarget(course.time, because)
    subject = _("Escalated from %(tier)s: %(subject)s", tier=left.name, subject=course.ticket.subject)
    telling.tell(course, left.notify, subject, f"escalated:{course.ladder.number}", because)
    if course.ladder.tier is None and course.ladder.reason == escalation.NOT_ACKNOWLEDGED:
        subject = _("Nobody acknowledged the last tier: %(subject)s", subject=course.ticket.subject)
        telling.tell_audience(course, telling.LEADS, subject, f"unacknowledged:{course.ladder.number}", because)


def settle_status(course: Course, was: str, status: str) -> None:
    if was in LIVE_STATUSES and status not in LIVE_STATUSES:
        course.happen("ticket_solved")
    elif was not in LIVE_STATUSES and status in LIVE_STATUSES:
        course.happen("ticket_reopened")
    surveying.settle_status(course, was, status)
    sla.settle_status(course.time, was, status, course.now)
    escalation.settle_status(course.ladder, was, status)


def find_owner(course: Course) -> None:
    """Nobody has it, or who has it is away: ask for an agent of its queue."""
    if course.live and not assignment.present(course.facts, course.assignee):
        why = _("nobody has it") if course.assignee is None else _("its agent is away")
        place(course, assignment.waiting_for(course.workflow, course.facts), why=why)
