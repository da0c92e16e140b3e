"""Surveys in the demo: sent when they are due, answered by some, and a lead looks after those who were not content."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Final

from deskwright.desk.answering import replies
from deskwright.desk.demo import pace
from deskwright.desk.demo.board import Seen
from deskwright.desk.demo.parts import Thread
from deskwright.desk.demo.people import read
from deskwright.desk.demo.story import Moment, Story
from deskwright.desk.surveys import answering, links, sending
from deskwright.desk.tickets import changing
from deskwright.store.models import Survey, Ticket

WAIT: Final = timedelta(hours=1)
"""As the demo's workflow has it."""
ANSWER: Final = 0.42
WELL, BADLY = (0, 1, 3, 24, 72), (18, 22, 25, 22, 13)
"""Weights of the ratings 1 to 5: when all went well, and when a target was missed or the ticket climbed."""
LOOKS_AFTER: Final = timedelta(hours=20)
FOUND: Final = (
    "Called them. They wanted to hear from us sooner, not faster. We now write at noon even when there is nothing new.",
    "Wrote to them. The fix came with the release; credited a week.",
    "They are right, it went through three hands. Raised it in the retrospective.",
)


def ask(story: Story, seed: int) -> Callable[[Thread, Seen | None, datetime], None]:
    """A watcher that lets the customers of solved tickets be asked. Its own dice: the story goes on as without it."""
    dice = Random(seed)

    def watch(thread: Thread, before: Seen | None, at: datetime) -> None:
        if thread.seen is not None and thread.seen.status == "solved" and (before is None or before.status != "solved"):
            story.later(at + WAIT, asked(thread, dice))

    return watch


def asked(thread: Thread, dice: Random) -> Moment:
    def moment(story: Story, at: datetime) -> bool:
        sending.send_due(at, 100)
        survey = Survey.objects.filter(ticket=thread.ticket, state="sent").order_by("-cycle").first()
        if survey is not None and dice.random() < ANSWER:
            story.later(at + pace.minutes(dice, 300, 1.2), answers(thread, survey.pk, dice))
        return False

    return moment


def answers(thread: Thread, survey: int, dice: Random) -> Moment:
    def moment(story: Story, at: datetime) -> bool:
        token = links.token(survey)
        if answering.invitation(token, now=at).standing != answering.OPEN:
            return False
        csat = rating(thread, dice)
        answering.answer(token, csat, comment(thread, csat, dice), now=at)
        if csat <= 2:
            look_after(story, at, dice)
        return True

    return moment


def rating(thread: Thread, dice: Random) -> int:
    seen = thread.seen
    badly = seen is not None and (seen.breached or seen.tier_number > 1)
    return dice.choices((1, 2, 3, 4, 5), BADLY if badly else WELL)[0]


def comment(thread: Thread, csat: int, dice: Random) -> str:
    said = read("ratings.yaml")
    mood = "low" if csat <= 2 else "middle" if csat == 3 else "high"
    return str(dice.choice(said.get(thread.script.scenario.language, said["en"])[mood]))


def look_after(story: Story, at: datetime, dice: Random) -> None:
    """The lead takes the follow-up that the answer opened."""
    follow_up = Ticket.objects.filter(type="follow_up", created_at=at).order_by("-id").first()
    if follow_up is None:
        return
    lead = story.agents["mira"]
    number, found = follow_up.pk, dice.choice(FOUND)

    def moment(story: Story, at: datetime) -> bool:
        replies.note(lead, number, found, now=at)
        changing.change(lead, [number], {"status": "solved"}, now=at)
        return True

    story.later(story.workers[lead.pk].at_work(at + LOOKS_AFTER), moment)
