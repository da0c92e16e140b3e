"""The promises of service: which targets hold, how their clocks run, how late is late. Never reads the time."""

from deskwright.engine.sla.clocks import moment
from deskwright.engine.sla.renewal import renew
from deskwright.engine.sla.risk import remaining_seconds, risk, state_text
from deskwright.engine.sla.timekeeping import (
    Timekeeping,
    act_on_mark,
    await_reply,
    await_since,
    cancel_all,
    count_reply,
    keep_time,
    open_clocks,
    retarget,
    settle_status,
    unmerge,
    unsolve,
)

__all__ = [
    "Timekeeping",
    "act_on_mark",
    "await_reply",
    "await_since",
    "cancel_all",
    "count_reply",
    "keep_time",
    "moment",
    "open_clocks",
    "remaining_seconds",
    "renew",
    "retarget",
    "risk",
    "settle_status",
    "state_text",
    "unmerge",
    "unsolve",
]
