"""Who may see and do what. Finding is authorising: every object is found here, by the actor and what they want with it.

Rights are `resource:action` (`rights.py`); `holding.py` says who holds them, `tickets.py` which tickets they reach,
`fields.py` what a role does not get to see of them, `demands.py` what a route asks.
"""

from deskwright.desk.access.demands import CUSTOMER, FIRST_RUN, OPEN, STAFF, WORDS, Demand, admit
from deskwright.desk.access.fields import OPEN_EYES, Veil, refuse_hidden, veil
from deskwright.desk.access.holding import allow, grants, may, may_for_team, reach, refusal, sees_all
from deskwright.desk.access.rights import ALL, BUILT_IN, CATALOGUE, RIGHTS, TEAMS
from deskwright.desk.access.tickets import (
    EVERYTHING,
    NOTHING,
    Visible,
    reached,
    seen_by,
    served_queues,
    serves,
    subjects,
    ticket_for,
    tickets_for,
    visible_queues,
    visible_tickets,
    visible_to,
)

__all__ = [
    "ALL",
    "BUILT_IN",
    "CATALOGUE",
    "CUSTOMER",
    "EVERYTHING",
    "FIRST_RUN",
    "NOTHING",
    "OPEN",
    "OPEN_EYES",
    "RIGHTS",
    "STAFF",
    "TEAMS",
    "WORDS",
    "Demand",
    "Veil",
    "Visible",
    "admit",
    "allow",
    "grants",
    "may",
    "may_for_team",
    "reach",
    "reached",
    "refusal",
    "refuse_hidden",
    "seen_by",
    "sees_all",
    "served_queues",
    "serves",
    "subjects",
    "ticket_for",
    "tickets_for",
    "veil",
    "visible_queues",
    "visible_tickets",
    "visible_to",
]
