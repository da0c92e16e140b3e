"""Database work beside an event loop: a few threads of this process, which give their connections back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from deskwright.store import outage

T = TypeVar("T")
THREADS = 6


async def aside(work: Callable[..., T], *values: Any) -> T:
    """What `work(*values)` returns, done in a thread. Raises what it raises; at once while the database is away.

    Nobody waits for a thread that hangs with the database: it ends by itself, and what it found is dropped.
    """
    outage.check()
    done = asyncio.get_running_loop().run_in_executor(threads(), and_give_back, work, values)
    done.add_done_callback(look_at)
    while not (await asyncio.wait([done], timeout=outage.DOUBT))[0]:
        outage.check()
    return done.result()


def look_at(done: asyncio.Future[Any]) -> None:
    """Trouble that nobody waits for any more is no news."""
    if not done.cancelled():
        done.exception()


def and_give_back(work: Callable[..., T], values: tuple[Any, ...]) -> T:
    try:
        outage.check()
        return work(*values)
    except outage.AWAY as trouble:
        outage.lookout.notice(trouble)
        raise
    finally:
        outage.let_go()


@cache
def threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="aside")
