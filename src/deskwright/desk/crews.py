"""Where the runs of a simulation are done: in this process, on all its cores, or by a dask cluster. The figures are the
same everywhere: each run has its own seed, and they come back in order.

A crew stays together until whoever called it is done, and has the history handed over once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from multiprocessing import get_context
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.errors import Invalid
from deskwright.desk.garbage import calm
from deskwright.lab.staffed.studying import Spread, one_after_another
from deskwright.lab.staffed.trials import Figures, History, Trial, attempt

SMALL: Final = 4_000
"""Tickets in all runs together that are not worth the start of other processes."""
NOTHING: Final = History((), {}, (), None, frozenset())  # type: ignore[arg-type]
"""What stands for the history on the way: it is handed over once, not with every run."""
_history: list[History] = []
"""That of this process, where it is one of a crew."""


@contextmanager
def crew(scheduler: str | None = None, ours: Spread | None = None) -> Iterator[Spread]:
    """`ours` where there is one already, else all cores of this machine, or the cluster at `tcp://...`. Raises Invalid
    where dask is not installed, and where nobody answers there; the runs do so where a process that works on one is
    ended from outside, twice.
    """
    if ours is not None:
        yield ours
    elif scheduler is None:
        cores = Cores()
        try:
            yield cores
        finally:
            cores.leave()
    else:
        with _client(scheduler) as client:
            yield Cluster(client)


def count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class Cores:
    """This machine's. Processes are started with the first runs that are worth it."""

    pool: ProcessPoolExecutor | None = None
    history: History | None = None
    """What the processes have been handed."""

    def __call__(self, trials: Sequence[Trial]) -> Iterator[Figures]:
        if self.pool is None and (count_cores() < 2 or len(trials) * len(trials[0].history.stories) < SMALL):
            yield from one_after_another(trials)
            return
        done, broken = 0, 0
        while done < len(trials):
            try:
                for figures in self.at_work(trials[done].history).map(_attempt, map(_without_history, trials[done:])):
                    broken, done = 0, done + 1
                    yield figures
            except BrokenProcessPool:
                self.leave()
                broken += 1
                if broken > 1:
                    raise Invalid(_("A process of the simulation was ended from outside, and again when its run was repeated. Often memory is short: fewer tickets (--since) need less.")) from None  # fmt: skip  # noqa: E501

    def at_work(self, history: History) -> ProcessPoolExecutor:
        if self.pool is None or self.history is not history:
            self.leave()
            self.history = history
            spawned = get_context("spawn")
            self.pool = ProcessPoolExecutor(count_cores(), spawned, initializer=_settle, initargs=(history,))
        return self.pool

    def leave(self) -> None:
        if self.pool is not None:
            self.pool.shutdown(wait=True, cancel_futures=True)
        self.pool = None


def _settle(history: History) -> None:
    """What this process has now it keeps until it ends."""
    _history[:] = [history]
    calm()


def _without_history(trial: Trial) -> Trial:
    return replace(trial, history=NOTHING)


def _attempt(trial: Trial) -> Figures:
    return attempt(replace(trial, history=_history[0]))


@dataclass(slots=True)
class Cluster:
    """Dask's. What a worker that died was at is repeated by the scheduler, a few times."""

    client: Any
    history: History | None = None
    handed: Any = None
    """The history, as the workers have it."""

    def __call__(self, trials: Sequence[Trial]) -> Iterator[Figures]:
        history = trials[0].history
        if self.history is not history:
            self.handed = self.client.scatter(history, broadcast=True, hash=False)
            self.history = history
        lean = [_without_history(trial) for trial in trials]
        futures = self.client.map(_with_history, lean, history=self.handed, pure=False)
        try:
            for future in futures:
                yield future.result()
        except (import_module("distributed").KilledWorker, OSError) as trouble:
            raise Invalid(_("The dask cluster gave up: %(trouble)s") % {"trouble": str(trouble)[:200]}) from None
        finally:
            self.client.cancel(futures)


def _with_history(trial: Trial, history: History) -> Figures:
    return attempt(replace(trial, history=history))


def _client(address: str) -> Any:
    try:
        Client = import_module("distributed").Client
    except ImportError:
        raise Invalid(_("--scheduler needs dask.distributed: pip install 'deskwright[cluster]'.")) from None
    try:
        return Client(address, timeout=10)
    except (OSError, ValueError, TimeoutError) as trouble:
        told = {"address": address[:200], "trouble": str(trouble)[:200]}
        raise Invalid(_("No dask scheduler answers at %(address)s: %(trouble)s") % told) from None
