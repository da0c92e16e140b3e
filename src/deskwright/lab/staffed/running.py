"""The floor of this desk, moment by moment: tickets come as they came, the workflow decides, simulated people act.

An agent does one thing at a time: of what is theirs (and what is due from colleagues who are off) the next due first,
in their own hours, some time after it came. What they write is what was written then. Chances hang on the ticket and
the touch, so that two workflows meet the same people on the same day (common random numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import log1p

from deskwright.engine.altering import replace
from deskwright.engine.assignment.waiting import members
from deskwright.engine.calendars import ALWAYS, Calendar
from deskwright.engine.events import FieldsChanged
from deskwright.engine.facts import Agent, Desk
from deskwright.engine.history import Recorded
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.workflow import Queue, Workflow
from deskwright.lab.replay import People, Replayed, begin_deed, happen
from deskwright.lab.staffed.chances import chance
from deskwright.lab.staffed.fitting import CHAT, Behaviour, absence, drawn
from deskwright.lab.staffed.promised import FAR, haste, order, soonest
from deskwright.lab.staffed.retelling import handed_over, retold
from deskwright.lab.staffed.stories import AGENT, CUSTOMER, NUDGE, Beat, Story
from deskwright.lab.staffed.touching import kind_of
from deskwright.lab.whatif import sweeping
from deskwright.lab.whatif.rerunning import Rerun, act, close, course_of, offer, pass_time, under

DELAY, REPLY, HELP, PATIENCE = range(4)
"""What is left to chance."""
Moment = Callable[[datetime], None]


@dataclass(slots=True)
class Hand:
    """An agent at work: `alarm` is when they look for something to do."""

    agent: int
    hours: Calendar
    busy: bool = False
    alarm: datetime | None = None
    worked: float = 0.0
    """Seconds."""

    def sooner(self, at: datetime) -> bool:
        """Whether that is before they look for something anyway."""
        return not self.busy and (self.alarm is None or at < self.alarm)


@dataclass(slots=True)
class Thread:
    """One ticket on its way through its story. `since` is when it began to want an agent; None: it wants none."""

    story: Story
    place: int = 0
    since: datetime | None = None
    taken: bool = False
    helped: bool = False
    lost: bool = False
    answers: int = 0
    delay: int = 0
    """Open seconds until somebody gets round to it."""
    work: float = 0.0
    """Seconds it will take them."""
    ready: dict[int, datetime] = field(default_factory=dict)
    """When each agent could begin, as far as it was asked."""
    first: float | None = None
    """Seconds until the first answer."""
    asked: datetime | None = None
    """Since when the customer waits for another."""
    later: list[float] = field(default_factory=list)
    """Seconds until each of those."""


class Floor:
    """One run of the stories under a workflow. `run()` once."""

    def __init__(self, told: Iterable[Story], moves: Iterable[tuple[datetime, int]], people: People,
                 behaviour: Behaviour, workflow: Workflow, seed: int) -> None:  # fmt: skip
        self.behaviour, self.workflow, self.seed, self.people = behaviour, workflow, seed, people
        self.course: Rerun = course_of(under(workflow), people, None)
        self.course.own_people = True
        self.threads = {story.ticket: Thread(story) for story in told}
        self.wanting: dict[int, Thread] = {}
        self.hands = {agent: Hand(agent, self.hours_of(agent)) for agent in behaviour.workers}
        self.agenda: list[tuple[datetime, int, Moment]] = []
        self.order = count()
        self.serving: dict[tuple[str | None, int], tuple[int, ...]] = {}
        for at, version in moves:
            self.later(at, partial(self.people_change, version))
        self.course.sweeps = sweeping.sweeps_of(workflow)
        begin = min(thread.story.at for thread in self.threads.values())
        sweeping.begin(self.course, begin)
        self.await_turns()
        for thread in self.threads.values():
            self.later(thread.story.at, partial(self.opens, thread))

    def hours_of(self, agent: int) -> Calendar:
        known = self.people(self.course.replay.known_people).get(agent)
        shift = self.workflow.calendars.get(known.shift) if known is not None and known.shift else None
        return shift or self.behaviour.hours.get(agent, ALWAYS)

    def run(self, until: datetime) -> None:
        """Everything up to then."""
        marks = self.course.agenda
        while self.agenda or marks:
            if marks and (not self.agenda or marks[0][0] <= self.agenda[0][0]):
                at, number = marks[0][0], marks[0][1]
                if at > until:
                    break
                pass_time(self.course, at)
                self.call(number, at)
            else:
                at, _, moment = heappop(self.agenda)
                if at > until:
                    break
                moment(at)

    def later(self, at: datetime, moment: Moment) -> None:
        heappush(self.agenda, (at, next(self.order), moment))

    def chance(self, thread: Thread, what: int) -> float:
        return chance(self.seed, thread.story.ticket, thread.place, what)

    # What happens

    def opens(self, thread: Thread, now: datetime) -> None:
        self.deed(thread, thread.story.opening, now)
        if self.behaviour.patience is not None and thread.story.channel == CHAT and not thread.story.by_agent:
            patience = -log1p(-self.chance(thread, PATIENCE)) * self.behaviour.patience
            self.later(now + timedelta(seconds=patience), lambda at: self.gives_up(thread, at))
        self.goes_on(thread, now)

    def goes_on(self, thread: Thread, now: datetime) -> None:
        """What comes next in the story: it wants an agent, or the customer takes their time."""
        beats = thread.story.beats
        while thread.place < len(beats) and beats[thread.place].who not in {AGENT, CUSTOMER}:
            self.aside(thread, beats[thread.place], now)
            thread.place += 1
        if thread.place == len(beats):
            return
        if beats[thread.place].who == AGENT:
            self.wants(thread, now)
            return
        wait = drawn(self.behaviour.replies, (thread.story.channel,), self.chance(thread, REPLY))
        beat = beats[thread.place]
        self.later(now + timedelta(seconds=wait), lambda at: self.answers(thread, beat, at))

    def aside(self, thread: Thread, beat: Beat, now: datetime) -> None:
        """It comes as long after what went before as it did; not where it asks for what was done meanwhile."""
        before = thread.story.beats[thread.place - 1].at if thread.place else thread.story.at
        answers = thread.answers

        def say(at: datetime) -> None:
            if beat.who != NUDGE or (thread.answers == answers and not thread.lost):
                self.deed(thread, beat.events, at)
                self.call(thread.story.ticket, at)

        self.later(now + (beat.at - before), say)

    def answers(self, thread: Thread, beat: Beat, now: datetime) -> None:
        self.deed(thread, beat.events, now)
        thread.asked = thread.asked or now
        thread.place += 1
        self.goes_on(thread, now)

    def wants(self, thread: Thread, now: datetime) -> None:
        """One chance for the whole time and for the work at its end: were they drawn apart, long work would be cut off
        wherever the answer came soon. What was done outside the agent's hours waited for nobody, and was work.
        """
        kind = kind_of(thread.story, thread.place)
        hurry = haste(soonest(self.replayed(thread).clocks.values()), now)
        luck = self.chance(thread, DELAY)
        whole = drawn(self.behaviour.delays, (kind, hurry), luck) * self.behaviour.scale.get(kind, 1.0)
        work = drawn(self.behaviour.handling, (thread.story.channel,), luck)
        thread.since, thread.ready, thread.work = now, {}, min(work, whole) or work
        thread.delay = round(max(0.0, whole - thread.work))
        owner = self.replayed(thread).ticket.assignee
        away = (absence(self.hands[owner].hours, now),) if owner in self.hands else ()
        thread.helped = drawn(self.behaviour.helps, (kind, *away), self.chance(thread, HELP)) > 0
        self.wanting[thread.story.ticket] = thread
        self.call(thread.story.ticket, now)

    def gives_up(self, thread: Thread, now: datetime) -> None:
        """The customer leaves the chat if nobody has begun to answer."""
        if thread.answers or thread.taken or thread.lost:
            return
        thread.lost = True
        self.leave(thread)
        ticket = self.replayed(thread).ticket
        if ticket.status in LIVE_STATUSES:
            changes = {"status": "closed", "solved_at": now, "unanswered_since": None}
            event = FieldsChanged({"status": (ticket.status, "closed")})
            like = thread.story.opening[0]
            self.deed(thread, [Recorded(0, ticket.id, like.at, event, like.version, 0, False, changes)], now)

    def people_change(self, version: int, now: datetime) -> None:
        """Somebody left, came back, or was given other skills."""
        close(self.course, now)
        self.course.replay.known_people = version
        for hand in self.hands.values():
            hand.hours = self.hours_of(hand.agent)
            self.arrange(hand, now)
        offer(self.course, now)

    def take_turns(self, now: datetime) -> None:
        """Time-based automations."""
        close(self.course, now)
        for number, event in list(sweeping.turns(self.course, now)):
            act(self.course, self.course.replay.tickets[number], event, now)
            self.call(number, now)
        self.await_turns()

    def await_turns(self) -> None:
        """The next moment at which an automation is due, or several are."""
        dues = [sweep.due_at for sweep in self.course.sweeps if sweep.due_at is not None]
        if dues:
            self.later(min(dues), self.take_turns)

    # What agents do

    def call(self, number: int, now: datetime) -> None:
        """Whoever could work on the ticket looks at it when they can."""
        thread = self.wanting.get(number)
        if thread is not None and not thread.taken:
            for agent in self.able(thread):
                hand = self.hands[agent]
                if hand.sooner(now):
                    self.arrange(hand, max(now, self.ready_at(thread, agent)))

    def able(self, thread: Thread) -> Iterator[int]:
        owner = self.replayed(thread).ticket.assignee
        if owner in self.hands:
            yield owner
        if owner not in self.hands or thread.helped:
            yield from (agent for agent in self.servers(thread) if agent != owner)

    def arrange(self, hand: Hand, at: datetime) -> None:
        """They look for work then, or when their hours begin; an earlier arrangement stands."""
        if not hand.sooner(at):
            return
        try:
            moment = hand.hours.next_open(at)
        except ValueError:  # their hours never begin again
            return
        if at > moment:  # calendars know whole seconds
            moment = at
        if hand.sooner(moment):
            hand.alarm = moment
            self.later(moment, lambda now: self.looks(hand, now))

    def looks(self, hand: Hand, now: datetime) -> None:
        if hand.busy or hand.alarm != now:
            return
        hand.alarm = None
        known = self.agents().get(hand.agent)
        if known is None or not known.available:
            return
        if not hand.hours.is_open(now):
            self.arrange(hand, now)
            return
        moments = [
            (self.ready_at(thread, hand.agent), thread)
            for thread in self.wanting.values()
            if not thread.taken and self.may_take(hand.agent, thread, now)
        ]
        ready = [thread for at, thread in moments if at <= now]
        if ready:
            self.begins(hand, min(ready, key=lambda thread: self.rank(hand.agent, thread)), now)
        elif moments:
            self.arrange(hand, min(at for at, _ in moments))

    def may_take(self, agent: int, thread: Thread, now: datetime) -> bool:
        """Theirs, or of a queue of theirs and due from nobody who is there."""
        owner = self.replayed(thread).ticket.assignee
        if owner == agent:
            return True
        hand = self.hands.get(owner) if owner is not None else None
        if hand is not None and (not thread.helped or (hand.hours.is_open(now) and self.there(owner))):
            return False
        return agent in self.servers(thread)

    def there(self, agent: int | None) -> bool:
        known = self.agents().get(agent) if agent is not None else None
        return known is not None and known.available

    def rank(self, agent: int, thread: Thread) -> tuple[bool, tuple[bool, datetime], int]:
        replayed = self.replayed(thread)
        return replayed.ticket.assignee != agent, order(soonest(replayed.clocks.values())), thread.story.ticket

    def begins(self, hand: Hand, thread: Thread, now: datetime) -> None:
        hand.busy = thread.taken = True
        hand.worked += thread.work
        self.later(now + timedelta(seconds=thread.work), lambda at: self.finishes(hand, thread, at))

    def finishes(self, hand: Hand, thread: Thread, now: datetime) -> None:
        hand.busy = thread.taken = False
        beat = thread.story.beats[thread.place]
        ticket = self.replayed(thread).ticket
        self.leave(thread)
        taking = [handed_over(ticket, hand.agent, beat.events[0], now)] if ticket.assignee != hand.agent else []
        self.deed(thread, beat.events, now, hand.agent, taking)
        if beat.answers:
            self.is_answered(thread, now)
        thread.place += 1
        self.goes_on(thread, now)
        self.arrange(hand, now)

    def is_answered(self, thread: Thread, now: datetime) -> None:
        thread.answers += 1
        if thread.first is None:
            thread.first = (now - thread.story.at).total_seconds()
        if thread.asked is not None:
            thread.later.append((now - thread.asked).total_seconds())
            thread.asked = None

    # What they need to know

    def replayed(self, thread: Thread) -> Replayed:
        return self.course.replay.tickets[thread.story.ticket]

    def agents(self) -> Mapping[int, Agent]:
        return self.people(self.course.replay.known_people)

    def ready_at(self, thread: Thread, agent: int) -> datetime:
        """When the agent gets round to it: so many of their open seconds after it came."""
        if agent not in thread.ready:
            assert thread.since is not None
            try:
                thread.ready[agent] = self.hands[agent].hours.add_seconds(thread.since, thread.delay)
            except ValueError:
                thread.ready[agent] = FAR
        return thread.ready[agent]

    def servers(self, thread: Thread) -> tuple[int, ...]:
        """Agents of its queue who ever touch tickets, ascending."""
        queue, version = self.replayed(thread).ticket.queue, self.course.replay.known_people
        if (queue, version) not in self.serving:
            known = self.workflow.queues.get(queue or "") or Queue(queue or "")
            serving = {agent.id for agent in members(Desk(self.agents()), known)}
            self.serving[queue, version] = tuple(sorted(serving & self.hands.keys()))
        return self.serving[queue, version]

    def leave(self, thread: Thread) -> None:
        thread.since = None
        self.wanting.pop(thread.story.ticket, None)

    def deed(self, thread: Thread, events: list[Recorded], at: datetime, agent: int | None = None,
             first: Iterable[Recorded] = ()) -> None:  # fmt: skip
        """Decide on what is done now."""
        course = self.course
        close(course, at)
        people = course.replay.known_people
        replayed = begin_deed(course.replay, thread.story.ticket)
        for recorded in (*first, *retold(events, replayed.ticket, at, agent)):
            happen(course.replay, at_hand(recorded, people))
        close(course, at)


def at_hand(recorded: Recorded, people: int) -> Recorded:
    """Among the people of now."""
    return recorded if recorded.people == people else replace(recorded, people=people)
