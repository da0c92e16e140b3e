"""Who gets a ticket: a pipeline from everybody to one agent, or to nobody, each step written down.

Fair ties are data: the agent whose last assignment lies farthest back has the lowest turn. No chance is involved.
"""

from deskwright.engine.assignment.asking import Asking, ask, escalates_often, hand_on_from
from deskwright.engine.assignment.placing import Placement, destination, fallback, place, present, waiting_for
from deskwright.engine.assignment.waiting import within_reach

__all__ = [
    "Asking",
    "Placement",
    "ask",
    "destination",
    "escalates_often",
    "fallback",
    "hand_on_from",
    "place",
    "present",
    "waiting_for",
    "within_reach",
]
