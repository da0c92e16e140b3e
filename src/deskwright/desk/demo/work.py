"""What the demo's agents do: look for the most urgent ticket in their shift, write, ask, hold, escalate, solve.

Each is one of the desk's own deeds at a simulated moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from deskwright.desk.answering import replies
from deskwright.desk.demo import customers, pace
from deskwright.desk.demo.board import Seen
from deskwright.desk.demo.conversations import Line
from deskwright.desk.demo.parts import Thread, Worker
from deskwright.desk.demo.story import NEVER, Moment, Story
from deskwright.desk.tickets import changing, escalating

SAYS_THANKS: Final = 0.35
NEVER_ANSWERS: Final = 0.22
GIVES_UP: Final = timedelta(days=9)
SEARCHING: Final = 2
"""This much longer customers need for an answer they have to look up first."""
CLOSE: Final = Line("close", "")


def call(story: Story) -> Callable[[Thread, Seen | None, datetime], None]:
    """A watcher that tells whoever could work on a touched ticket."""

    def watch(thread: Thread, _before: Seen | None, at: datetime) -> None:
        call_on(story, thread, at)

    return watch


def call_on(story: Story, thread: Thread, at: datetime) -> None:
    if thread.wants_agent():
        ready = max(at, thread.ready_at)
        for worker in could_work(story, thread, ready):
            arrange(story, worker, ready)


def could_work(story: Story, thread: Thread, at: datetime) -> Iterable[Worker]:
    """The owner; when they are off, or there is none, everybody who serves the queue."""
    assert thread.seen is not None
    owner = story.worker(thread.seen.assignee_id)
    if owner is not None and owner.at_work(at) == at:
        return [owner]
    return [worker for worker in story.workers.values() if thread.seen.queue in worker.queues]


def arrange(story: Story, worker: Worker, at: datetime) -> None:
    """Let a worker look for work then, or when their shift begins; an earlier arrangement stands."""
    moment = worker.at_work(at)
    if worker.busy or (worker.alarm is not None and worker.alarm <= moment):
        return
    worker.alarm = moment
    story.later(moment, look_for_work(worker))


def look_for_work(worker: Worker) -> Moment:
    def moment(story: Story, at: datetime) -> bool:
        if worker.busy or worker.alarm != at:
            return False
        worker.alarm = None
        mine = [thread for thread in story.live() if belongs(story, worker, thread, at)]
        ready = [thread for thread in mine if thread.ready_at <= at]
        if ready:
            start(story, worker, min(ready, key=lambda thread: rank(worker, thread)), at)
        elif mine:
            arrange(story, worker, min(thread.ready_at for thread in mine))
        return False

    return moment


def belongs(story: Story, worker: Worker, thread: Thread, at: datetime) -> bool:
    """Whether the worker may take it: theirs, or in a queue of theirs and nobody's or of somebody who is off."""
    seen = thread.seen
    if seen is None or not thread.wants_agent():
        return False
    owner = story.worker(seen.assignee_id)
    return owner is worker or (seen.queue in worker.queues and (owner is None or owner.at_work(at) > at))


def rank(worker: Worker, thread: Thread) -> tuple[bool, datetime, int]:
    assert thread.seen is not None
    return thread.seen.assignee_id != worker.agent.pk, *pace.urgency(thread.seen, NEVER)


def start(story: Story, worker: Worker, thread: Thread, at: datetime) -> None:
    worker.busy = thread.taken = True
    story.later(at + pace.writing(story.dice, thread.script.channel), finish(worker, thread))


def finish(worker: Worker, thread: Thread) -> Moment:
    """The worker has written what they had to say, unless the ticket has gone to others, and looks for the next one."""

    def moment(story: Story, at: datetime) -> bool:
        worker.busy = thread.taken = False
        arrange(story, worker, at + timedelta(minutes=1))
        if not belongs(story, worker, thread, at):
            call_on(story, thread, at)
            return False
        act(story, worker, thread, at)
        return True

    return moment


def act(story: Story, worker: Worker, thread: Thread, at: datetime) -> None:
    assert thread.seen is not None
    if thread.seen.assignee_id != worker.agent.pk:
        changing.change(worker.agent, [thread.ticket], {"assignee": worker.agent.pk}, now=at)
    line = CLOSE
    if thread.left and not thread.left[0].by_customer:
        line = thread.left.popleft()
    DEEDS[line.deed](story, worker, thread, line, at)


def note(story: Story, worker: Worker, thread: Thread, line: Line, at: datetime) -> None:
    replies.note(worker.agent, thread.ticket, line.text, now=at)
    thread.ready_at = at + pace.writing(story.dice, thread.script.channel)


def reply(story: Story, worker: Worker, thread: Thread, line: Line, at: datetime, *, solve: bool = False) -> None:
    text = f"{line.text}\n\n{worker.agent.name.split()[0]}"
    replies.reply(worker.agent, thread.ticket, text, now=at, solve=solve)
    thread.unanswered_since = None
    thread.quoted = text
    thread.ready_at = at + pace.following_up(story.dice)
    if thread.left and thread.left[0].by_customer:
        wait = pace.answering(story.dice, thread.script.channel)
        story.later(at + (wait * SEARCHING if line.deed == "ask" else wait), customers.says_next(thread))


def ask(story: Story, worker: Worker, thread: Thread, line: Line, at: datetime) -> None:
    """Ask the customer and wait for them. Some never answer, and the ticket is solved after a while."""
    if story.dice.random() < NEVER_ANSWERS:
        thread.left.clear()
        story.later(at + GIVES_UP, give_up(worker, thread))
    reply(story, worker, thread, line, at)
    changing.change(worker.agent, [thread.ticket], {"status": "waiting_on_customer"}, now=at)


def give_up(worker: Worker, thread: Thread) -> Moment:
    def moment(story: Story, at: datetime) -> bool:
        if thread.seen is None or thread.seen.status != "waiting_on_customer":
            return False
        changing.change(worker.agent, [thread.ticket], {"status": "solved"}, now=at)
        return True

    return moment


def hold(story: Story, worker: Worker, thread: Thread, line: Line, at: datetime) -> None:
    reply(story, worker, thread, line, at)
    changing.change(worker.agent, [thread.ticket], {"status": "on_hold"}, now=at)
    thread.ready_at = at + pace.holding(story.dice)


def escalate(story: Story, worker: Worker, thread: Thread, line: Line, at: datetime) -> None:
    escalating.escalate(worker.agent, thread.ticket, now=at, reason=line.text)
    thread.ready_at = at + pace.following_up(story.dice)


def solve(story: Story, worker: Worker, thread: Thread, line: Line, at: datetime) -> None:
    if thread.left and thread.left[0].deed == "thanks" and story.dice.random() > SAYS_THANKS:
        thread.left.clear()
    reply(story, worker, thread, line, at, solve=True)


def close(story: Story, worker: Worker, thread: Thread, line: Line, at: datetime) -> None:
    """Everything has been said: solve it without another word."""
    thread.unanswered_since = None
    changing.change(worker.agent, [thread.ticket], {"status": "solved"}, now=at)


DEEDS: Final[dict[str, Callable[[Story, Worker, Thread, Line, datetime], None]]] = {
    "note": note,
    "reply": reply,
    "ask": ask,
    "hold": hold,
    "escalate": escalate,
    "solve": solve,
    "close": close,
}
