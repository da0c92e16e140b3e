"""Visitors with an open chat on one web process: what a stream costs in memory, when an answer reaches its visitor.

Every visitor has a chat, and a ticket, of their own. Beside them nobody is signed in: the streams of agents are `live`.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from random import Random
from time import perf_counter
from typing import Any, Final

from bench import _desk, _report
from bench.intake import serving
from bench.live import CALM, Streams, allow, memory, show_memory, web_process

STEPS: Final = (500, 1000, 2000)
ANSWERS: Final = 20
AT_ONCE: Final = 50
BATCH: Final = 250
DOZEN: Final = 12


def main() -> None:
    asked = _report.options(__doc__)
    steps, answers = ((20, 40), 3) if asked.quick else (STEPS, ANSWERS)
    allow(max(steps) + 256)
    with _desk.desk():
        agent, requests, tickets = prepare(max(steps))
        with serving(1) as port:
            found = asyncio.run(measure(port, requests, tickets, agent, steps, answers))
    show(found, asked)


def prepare(count: int) -> tuple[Any, list[str], list[int]]:
    """An agent, and for each visitor how their browser asks for the stream, and their ticket."""
    from deskwright.desk import clock
    from deskwright.desk.chat import saying, visitors, widgets
    from deskwright.desk.chat.saying import Said

    now = clock.now()
    agents = _desk.staff(now)
    window = widgets.opened(widgets.set_up(None, name="Shop", now=now))
    known = [visitors.anonymous(window) for _ in range(count)]
    tickets: list[int] = []
    for start in range(0, count, BATCH):
        said = [Said(one, "message-1", f"Do you ship to Norway? {one.key}") for one in known[start : start + BATCH]]
        tickets += [outcome.ticket_id or 0 for outcome in saying.say(said, now)]
    asks = "GET /chat/v1/{key}/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    return next(iter(agents.values())), [asks.format(key=window.key, token=one.token) for one in known], tickets


async def measure(
    port: int, requests: list[str], tickets: list[int], agent: Any, steps: tuple[int, ...], answers: int
) -> dict[str, Any]:
    streams, process, dice = Streams(port, requests, b": here\n\n"), web_process(), Random(7)
    await streams.open(DOZEN)
    await asyncio.sleep(CALM)
    idle, grown = memory(process), {}
    for count in steps:
        await streams.open(count)
        await asyncio.sleep(CALM)
        grown[count] = memory(process)
    one = [await answered(streams, [dice.randrange(len(tickets))], tickets, agent) for _ in range(answers)]
    places = sorted(dice.sample(range(len(tickets)), min(AT_ONCE, len(tickets) // 2)))
    many = await answered(streams, places, tickets, agent)
    await asyncio.sleep(CALM)
    after = memory(process)
    await streams.close()
    return {"idle": idle, "grown": grown, "after": after, "one": [waits[0] for waits in one], "many": many}


async def answered(streams: Streams, places: Sequence[int], tickets: list[int], agent: Any) -> list[float]:
    """Milliseconds from the commit until each of these visitors had the answer."""
    committed = await asyncio.to_thread(answer, [tickets[place] for place in places], agent)
    waits = await streams.all_heard(committed, places)
    await asyncio.sleep(CALM / 4)
    return waits


def answer(tickets: Sequence[int], agent: Any) -> float:
    """Answer these in one transaction; returns when it was committed."""
    from deskwright.desk import clock
    from deskwright.desk.answering import replies
    from deskwright.store.connection import together

    now = clock.now()
    with together():
        for ticket in tickets:
            replies.reply(agent, ticket, "We do, within a week.", now=now)
    return perf_counter()


def show(found: dict[str, Any], asked: argparse.Namespace) -> None:
    show_memory(found)
    heard = [
        ("its visitor, one answer", _report.middle(found["one"]), max(found["one"])),
        (f"{len(found['many'])} visitors, answered at once", _report.middle(found["many"]), max(found["many"])),
    ]
    _report.table("ms from commit to", ("", "middle", "worst"), heard)
    figures = {"idle_mb": found["idle"], "mb": found["grown"], "after_mb": found["after"]}
    _report.keep("chat", figures | {"one_ms": found["one"], "many_ms": found["many"]}, asked)


if __name__ == "__main__":
    main()
