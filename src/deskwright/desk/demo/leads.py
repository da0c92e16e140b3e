"""What happens around the tickets in the demo: escalations are acknowledged or not, a lead asks why a ticket waited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from deskwright.desk.answering import replies
from deskwright.desk.demo import pace
from deskwright.desk.demo.board import Seen
from deskwright.desk.demo.parts import Thread, Worker
from deskwright.desk.demo.story import Moment, Story
from deskwright.desk.tickets import escalating

ACKNOWLEDGES: Final = 0.6
HANDS_BACK: Final = 0.2
ASKS_WHY: Final = 0.3
QUESTIONS: Final = (
    "This one ran past its target. What held it up? If it was the handover between sites, we change the handover.",
    "Late first answer. I have let the account manager know. Please write to them even if there is nothing new yet.",
    "Why did nobody pick this up? It sat in the queue for the whole shift. Let us talk about it on Thursday.",
)


def oversee(story: Story) -> Callable[[Thread, Seen | None, datetime], None]:
    """A watcher for escalations and breaches."""

    def watch(thread: Thread, before: Seen | None, at: datetime) -> None:
        seen = thread.seen
        assert seen is not None
        if before is not None and seen.tier_number > max(1, before.tier_number):
            escalated(story, thread, at)
        if before is not None and seen.breached and not before.breached and story.dice.random() < ASKS_WHY:
            asks_why(story, thread, at)

    return watch


def escalated(story: Story, thread: Thread, at: datetime) -> None:
    """Whoever has it now sees it sooner, and often says so."""
    assert thread.seen is not None
    thread.ready_at = min(thread.ready_at, at + pace.round_to(story.dice, "high", at, story.until))
    owner = story.worker(thread.seen.assignee_id)
    if owner is not None and story.dice.random() < ACKNOWLEDGES:
        story.later(owner.at_work(at + pace.minutes(story.dice, 20)), acknowledges(owner, thread))


def acknowledges(worker: Worker, thread: Thread) -> Moment:
    def moment(story: Story, at: datetime) -> bool:
        seen = thread.seen
        if seen is None or seen.tier_acknowledged or seen.assignee_id != worker.agent.pk or seen.status == "solved":
            return False
        escalating.acknowledge(worker.agent, thread.ticket, now=at)
        if story.dice.random() < HANDS_BACK:
            story.later(at + pace.following_up(story.dice), hands_back(worker, thread))
        return True

    return moment


def hands_back(worker: Worker, thread: Thread) -> Moment:
    def moment(story: Story, at: datetime) -> bool:
        seen = thread.seen
        if seen is None or seen.status not in {"new", "open"} or seen.assignee_id != worker.agent.pk:
            return False
        escalating.hand_back(worker.agent, thread.ticket, now=at, reason="The technical part is done.")
        return True

    return moment


def asks_why(story: Story, thread: Thread, at: datetime) -> None:
    lead = story.agents["mira"]
    worker = story.workers[lead.pk]

    def moment(story: Story, at: datetime) -> bool:
        replies.note(lead, thread.ticket, story.dice.choice(QUESTIONS), now=at)
        return True

    story.later(worker.at_work(at + pace.minutes(story.dice, 40)), moment)
