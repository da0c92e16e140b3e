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
    """What `work(*values)` returns, done in a thread. Raises what it raises; at once while the database is away."""
    return await asyncio.get_running_loop().run_in_executor(threads(), and_give_back, work, values)


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
