"""How many people each interval takes: at once (chat, phone) by Erlang C or A, or within hours (mail) by carried work.

Everything is per slot of the same length; people are whole, rounded up after shrinkage (breaks, meetings, training).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from deskwright.lab.capacity.erlang import Unstable, impatient, served_within
from deskwright.lab.capacity.series import Array

MOST: Final = 2000
"""People in one interval beyond which the question is taken for a mistake."""


@dataclass(frozen=True, slots=True)
class Promise:
    """`share` of arrivals are taken up within `within` minutes. With `patience` (mean minutes until somebody who waits
    gives up) at most `lost` of them may be lost instead.
    """

    share: float = 0.8
    within: float = 0.5
    patience: float | None = None
    lost: float = 0.05


def at_once(arrivals: float, handling: float, promise: Promise) -> int:
    """People who must be there at once for `arrivals` a minute of `handling` minutes each. Raises Unstable."""
    if arrivals <= 0:
        return 0
    least = max(1, math.ceil(arrivals * handling)) if promise.patience is None else 1
    for people in range(least, MOST + 1):
        if kept(people, arrivals, handling, promise):
            return people
    raise Unstable(f"More than {MOST} people would be needed for {arrivals:.1f} arrivals a minute.")


def kept(people: int, arrivals: float, handling: float, promise: Promise) -> bool:
    if promise.patience is not None:
        return impatient(people, arrivals, 1.0 / handling, 1.0 / promise.patience)[0] <= promise.lost
    if people <= arrivals * handling:
        return False
    return served_within(people, arrivals, 1.0 / handling, promise.within) >= promise.share


def live_need(arrivals: Array, minutes: int, handling: float, promise: Promise, shrinkage: float = 0.0) -> Array:
    """People per slot for channels where somebody waits on the line. `arrivals` are counts per slot."""
    flat = [at_once(count / minutes, handling, promise) for count in arrivals.ravel()]
    return with_shrinkage(np.array(flat, dtype=float).reshape(arrivals.shape), shrinkage)


def carried(
    arrivals: Array, minutes: int, handling: float, delay: int, open_slots: Sequence[bool] | None = None
) -> Array:
    """People at work per slot, in fractions, for work that may wait up to `delay` slots, as even as that allows.

    The lowest rate that meets every deadline is the greatest work of any stretch over the open slots in which it may be
    done; work is then done first come first served at that rate. `arrivals` and the result are flat, slot after slot;
    in slots that are not open nobody works. Raises Unstable when work arrives that no open slot can take in time.
    """
    work = np.asarray(arrivals, dtype=float).ravel() * handling / minutes
    is_open = np.ones(len(work), dtype=bool) if open_slots is None else np.asarray(open_slots, dtype=bool)
    rate = lowest_rate(work, is_open, delay)
    done, backlog = np.zeros(len(work)), 0.0
    for slot, more in enumerate(work):
        backlog += more
        done[slot] = min(backlog, rate) if is_open[slot] else 0.0
        backlog -= done[slot]
    return done


def lowest_rate(work: Array, is_open: Array, delay: int) -> float:
    """People-slots per open slot that carry all work within its delay."""
    came = np.concatenate([[0.0], np.cumsum(work)])
    opened = np.concatenate([[0], np.cumsum(is_open)])
    last = len(work)
    rate = 0.0
    for begin in range(last):
        ends = np.arange(begin + 1, last + 1)
        room = opened[np.minimum(ends + delay, last)] - opened[begin]
        due = came[ends] - came[begin]
        if ((room == 0) & (due > 0) & (ends + delay <= last)).any():
            raise Unstable("Some work arrives and falls due while nobody is there.")
        able = room > 0
        if able.any():
            rate = max(rate, float((due[able] / room[able]).max()))
    return rate


def with_shrinkage(people: Array, shrinkage: float) -> Array:
    """Whole people on the roster for so many at work, of whom `shrinkage` (0 to below 1) are away at any time."""
    return np.asarray(np.ceil(people / (1.0 - shrinkage) - 1e-9))
