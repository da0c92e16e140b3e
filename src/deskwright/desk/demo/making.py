"""Makes the whole demo desk, in one transaction: it is there entirely, or an interrupted making leaves nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Final

from deskwright.desk import proactive, workflows
from deskwright.desk.demo import (
    acquaintances,
    bonds,
    chats,
    customers,
    drafts,
    finish,
    handiwork,
    leads,
    library,
    people,
    plan,
    post,
    ratings,
    ringing,
    settings,
    views,
    work,
)
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
    settings.name(agents, begin)
    people.found_organisations(agents, now)
    document = (HERE / "workflow.yaml").read_text(encoding="utf-8")
    workflows.publish(document, now=begin, agent=agents["mira"].pk, note="The first version of our own.")
    handiwork.write_macros(agents, begin)
    library.stock(agents, begin)
    story = Story(agents, now, dice)
    story.watchers += [leads.oversee(story), work.call(story), ratings.ask(story, SEED)]
    ringing.connect(story, now)
    story.run(plan.plan(now, dice, size), customers.opens)
    declared = handiwork.lay_hands_on(agents, now)
    acquaintances.make(agents, now)
    proactive.sweep(now)
    finish.touch_up(agents, now)
    bonds.tie(agents, declared, now)
    post.send(now)
    settings.furnish(agents, now)
    chats.hold(agents, now)
    views.keep_views(agents, now)
    drafts.try_out(agents, now)
    return agents
