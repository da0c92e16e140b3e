"""Whose phones a call rings: who of the queue's people is there, fit for it and not speaking, the best first."""

from __future__ import annotations

from datetime import datetime

from deskwright.desk import workflows
from deskwright.desk.calls.serving import TALKS_FOR
from deskwright.engine.assignment.asking import Asking
from deskwright.engine.assignment.waiting import members
from deskwright.engine.facts import Customer, Desk, Facts, Ticket
from deskwright.engine.workflow import Queue
from deskwright.store import facts
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, Call


def with_phone(queue: Queue, desk: Desk) -> list[Agent]:
    """The queue's people who have a phone, present or not, by name."""
    ids = [one.id for one in members(desk, queue) if one.role != "light"]
    return list(Agent.objects.filter(pk__in=ids, is_active=True).exclude(phone="").order_by("name"))


def to_ring(queue: str, now: datetime) -> list[Agent]:
    """Those of them who can be rung now: optional skills count first, then the lighter load, then whose turn it is."""
    flow, desk = workflows.live(), facts.present(cursor()).desk
    named = flow.queues.get(queue) or Queue(queue)
    asking = Asking(flow, Facts(Ticket(id=0, channel="phone"), Customer(id=0), desk=desk), now, units=0.0)
    speaking = Call.objects.filter(state="answered", rang_at__gt=now - TALKS_FOR).exclude(agent=None)
    busy = set(speaking.values_list("agent_id", flat=True))
    able = {}
    for one in with_phone(named, desk):
        known = desk.agents.get(one.pk)
        if known is None or one.pk in busy or asking.absent(known) or asking.unfit(known, named):
            continue
        able[one] = (-asking.merit(known, named), asking.filled(known), asking.load(known).turn, one.pk)
    return sorted(able, key=lambda one: able[one])
