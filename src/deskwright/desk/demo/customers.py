"""What the demo's customers do: write, answer, lose patience, say thanks. Everything goes in by the desk's one door."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Final

from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Outcome
from deskwright.desk.demo import pace
from deskwright.desk.demo.conversations import Line, phrases
from deskwright.desk.demo.parts import Thread
from deskwright.desk.demo.plan import Opening
from deskwright.desk.demo.story import Moment, Story

ASKS_AGAIN: Final = 0.25
SPOKEN: Final = frozenset({"phone", "chat"})


def opens(opening: Opening) -> Moment:
    """The customer writes for the first time."""

    def moment(story: Story, at: datetime) -> bool:
        arrival = first_words(opening, new_mail_id(story, opening), at)
        outcome = take_in(arrival, at)
        assert outcome.ticket_id is not None and outcome.answer is not None
        answer = outcome.answer
        wait = pace.round_to(story.dice, answer["priority"], at, story.until, answer["first_response_due"])
        left = deque(opening.script.lines)
        thread = Thread(outcome.ticket_id, opening.script, opening.requester, left, arrival.mail_id or "", at + wait)
        story.threads[thread.ticket] = thread
        waits(story, thread, at)
        return True

    return moment


def new_mail_id(story: Story, opening: Opening) -> str | None:
    """A Message-ID for mail; other channels have none."""
    if opening.script.channel != "email":
        return None
    return f"<{story.dice.getrandbits(64):016x}@{opening.requester.person.value.rpartition('@')[2]}>"


def first_words(opening: Opening, mail_id: str | None, at: datetime) -> Arrival:
    script = opening.script
    return Arrival(
        channel=script.channel,
        requester=opening.requester.person,
        subject=script.subject,
        text=signed(script.opening, opening),
        new_text=script.opening,
        at=at,
        priority=script.scenario.priority,
        impact=script.scenario.impact,
        fields=script.fields,
        mail_id=mail_id,
        no_acknowledgement=script.channel in SPOKEN,
    )


def signed(text: str, opening: Opening) -> str:
    """Mail has a signature under it."""
    if opening.script.channel != "email":
        return text
    return f"{text}\n\n-- \n{opening.requester.person.name}\n{opening.requester.organisation}".rstrip()


def take_in(arrival: Arrival, at: datetime) -> Outcome:
    """One arrival through the desk's door. Raises RuntimeError when the desk refuses what the demo wrote."""
    (outcome,) = intake.receive([arrival], at)
    if outcome.ticket_id is None:
        raise RuntimeError(f"the desk refused {arrival.subject!r}: {outcome.reason}")
    return outcome


def says_next(thread: Thread) -> Moment:
    """The customer says their next line, if it is still theirs to say."""

    def moment(story: Story, at: datetime) -> bool:
        if not thread.left or not thread.left[0].by_customer:
            return False
        write(story, thread, thread.left.popleft(), at)
        return True

    return moment


def write(story: Story, thread: Thread, line: Line, at: datetime) -> None:
    assert thread.seen is not None
    take_in(next_words(thread, line, story.dice.getrandbits(32), at), at)
    thread.ready_at = at + pace.round_to(story.dice, thread.seen.priority, at, story.until)
    waits(story, thread, at)


def next_words(thread: Thread, line: Line, number: int, at: datetime) -> Arrival:
    return Arrival(
        channel=thread.script.channel,
        requester=thread.requester.person,
        subject=f"Re: {thread.script.subject}",
        text=quoting(line.text, thread),
        new_text=line.text,
        at=at,
        mail_id=thread.mail_id.replace("<", f"<{number:08x}.") or None,
        references=(thread.mail_id,) if thread.mail_id else (),
        thread_ticket=thread.ticket,
    )


def quoting(text: str, thread: Thread) -> str:
    """An answer by mail carries the desk's last words below it."""
    if not thread.mail_id or not thread.quoted:
        return text
    quoted = "\n".join(f"> {line}".rstrip() for line in thread.quoted.splitlines())
    return f"{text}\n\nLanternfish support wrote:\n{quoted}"


def waits(story: Story, thread: Thread, at: datetime) -> None:
    """From now on the customer waits, and some lose patience."""
    thread.unanswered_since = at
    if story.dice.random() < ASKS_AGAIN:
        story.later(at + pace.losing_patience(story.dice), asks_again(thread, at))


def asks_again(thread: Thread, since: datetime) -> Moment:
    def moment(story: Story, at: datetime) -> bool:
        if thread.unanswered_since != since or thread.taken:
            return False
        chasers = phrases()["chasers"][thread.script.scenario.language]
        ready = thread.ready_at
        write(story, thread, Line("customer", story.dice.choice(chasers)), at)
        thread.ready_at = min(ready, thread.ready_at)
        return True

    return moment
