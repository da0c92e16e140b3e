"""Makes the whole demo desk, in one transaction: it is there entirely, or an interrupted making leaves nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Final

from deskwright.desk import workflows
from deskwright.desk.demo import customers, leads, people, plan, post, work
from deskwright.desk.demo.people import HERE
from deskwright.desk.demo.plan import WHOLE, Size
from deskwright.desk.demo.story import Story
from deskwright.store import facts
from deskwright.store.connection import together
from deskwright.store.models import Agent, Ticket

SEED: Final = 20


def is_empty() -> bool:
    """Whether nobody works at this desk and nobody has written."""
    return not Agent.objects.exists() and not Ticket.objects.exists()


def make(now: datetime, password: str, size: Size = WHOLE) -> dict[str, Agent]:
    """People, workflow and the days up to `now`; returns the agents by key. The desk must be empty."""
    try:
        with together():
            return live_through(now, password, size)
    except BaseException:
        workflows.forget()
        facts.forget()
        raise


def live_through(now: datetime, password: str, size: Size) -> dict[str, Agent]:
    dice = Random(SEED)
    begin = now - timedelta(days=size.days + 1)
    agents = people.hire(password)
    people.found_organisations(agents, now)
    document = (HERE / "workflow.yaml").read_text(encoding="utf-8")
    workflows.publish(document, now=begin, agent=agents["mira"].pk, note="The first version of our own.")
    story = Story(agents, now, dice)
    story.watchers += [leads.oversee(story), work.call(story)]
    story.run(plan.plan(now, dice, size), customers.opens)
    post.mark_sent(now)
    return agents
