"""Open event streams on one web process: what each costs in memory, and when the last of them hears of a change.

The memory is the process's own (USS), read when it is calm; the figure beside it is how often the idle process would
fit into it. Every stream has an agent's own session, as a browser's has.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
from collections.abc import Sequence
from time import perf_counter
from typing import Any, Final

import psutil

from bench import _desk, _report
from bench.intake import serving

STEPS: Final = (500, 1000, 2000)
CHANGES: Final = 10
CALM: Final = 2.0
"""Seconds without anything happening before memory is read, and between two changes."""
AT_ONCE: Final = 50


def main() -> None:
    asked = _report.options(__doc__)
    steps, changes = ((20, 40), 2) if asked.quick else (STEPS, CHANGES)
    allow(max(steps) + 256)
    with _desk.desk():
        agents, cookies = prepare()
        with serving(1) as port:
            found = asyncio.run(measure(port, cookies, agents, steps, changes))
    show(found, asked)


def allow(files: int) -> None:
    """As many open files as there are streams, for this process and the server it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, hard), hard))


def prepare() -> tuple[dict[str, Any], list[str]]:
    """The agents by key, and a session's cookie for each of them."""
    from django.conf import settings
    from django.test import Client

    from deskwright.desk import clock

    agents, cookies = _desk.staff(clock.now()), []
    for agent in agents.values():
        client = Client(SERVER_NAME="localhost")
        client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return agents, cookies


def asked_by(cookie: str) -> str:
    """How an agent's browser asks for its stream."""
    return f"GET /live HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"


class Streams:
    """The open streams, each by one of the requests in turn; each notes when it last heard an event."""

    def __init__(self, port: int, requests: list[str], begins: bytes = b": listening\n\n") -> None:
        self.port, self.requests, self.begins = port, requests, begins
        self.heard: list[float] = []
        self.readers: list[asyncio.Task[None]] = []
        self.news = asyncio.Event()

    async def open(self, count: int) -> None:
        while len(self.readers) < count:
            await asyncio.gather(*(self.one() for _ in range(min(AT_ONCE, count - len(self.readers)))))

    async def one(self) -> None:
        place = len(self.heard)
        self.heard.append(0.0)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(self.requests[place % len(self.requests)].encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(f"a stream was answered {head[:80]!r}")
        await reader.readuntil(self.begins)
        self.readers.append(asyncio.create_task(self.listen(place, reader, writer)))

    async def listen(self, place: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            if line.startswith(b"event:"):
                self.heard[place] = perf_counter()
                self.news.set()
        raise RuntimeError("a stream was ended")

    async def all_heard(self, since: float, places: Sequence[int] | None = None) -> list[float]:
        """Milliseconds until each stream, or each of those named, heard of what was committed at `since`.

        Raises TimeoutError.
        """
        meant = range(len(self.heard)) if places is None else places
        async with asyncio.timeout(30):
            for place in meant:
                while self.heard[place] < since:
                    self.news.clear()
                    await self.news.wait()
        return [(self.heard[place] - since) * 1000 for place in meant]

    async def close(self) -> None:
        for reader in self.readers:
            reader.cancel()
        await asyncio.gather(*self.readers, return_exceptions=True)


async def measure(
    port: int, cookies: list[str], agents: dict[str, Any], steps: tuple[int, ...], changes: int
) -> dict[str, Any]:
    streams, process = Streams(port, list(map(asked_by, cookies))), web_process()
    await streams.open(len(cookies))
    await asyncio.sleep(CALM)
    idle = memory(process)
    grown = {}
    for count in steps:
        await streams.open(count)
        await asyncio.sleep(CALM)
        grown[count] = memory(process)
    waits = [await one_change(streams, number, agents) for number in range(changes)]
    await asyncio.sleep(CALM)
    after = memory(process)
    await streams.close()
    return {"idle": idle, "grown": grown, "after": after, "waits": waits}


async def one_change(streams: Streams, number: int, agents: dict[str, Any]) -> list[float]:
    """A ticket arrives that everybody sees."""
    committed = await asyncio.to_thread(receive, number)
    waits = await streams.all_heard(committed)
    await asyncio.sleep(CALM)
    return waits


def receive(number: int) -> float:
    """Let a mail in; returns when it was committed."""
    from deskwright.desk import clock
    from deskwright.desk.arriving import intake
    from deskwright.desk.arriving.arrivals import Arrival, Person

    mail = Arrival("email", Person(f"mina{number}@harbor.example", "Mina Holt"), f"Export {number}", "It stops.")
    (outcome,) = intake.receive([mail], clock.now())
    if outcome.error is not None:
        raise outcome.error
    return perf_counter()


def web_process() -> psutil.Process:
    (only,) = (one for one in psutil.Process().children() if "web" in one.cmdline())
    return only


def memory(process: psutil.Process) -> float:
    """Megabytes that would be free again if the process ended."""
    return float(process.memory_full_info().uss) / 2**20


def show_memory(found: dict[str, Any]) -> None:
    """What the process takes with so many streams, and how often the idle one would fit into it."""
    idle = found["idle"]
    rows = [("a dozen streams", idle, 0.0, 1.0, "")]
    for count, grown in [*found["grown"].items(), (f"{max(found['grown'])} streams, after changes", found["after"])]:
        number = int(str(count).split()[0])
        rows.append(
            (
                f"{count} streams" if isinstance(count, int) else count,
                grown,
                grown - idle,
                grown / idle,
                f"{(grown - idle) * 1024 / number:.1f}",
            )
        )
    _report.table("memory of one web process", ("", "MB", "more MB", "ratio", "kB a stream"), rows)


def show(found: dict[str, Any], asked: argparse.Namespace) -> None:
    show_memory(found)
    first = [min(waits) for waits in found["waits"]]
    last = [max(waits) for waits in found["waits"]]
    heard = [
        ("the first stream", _report.middle(first), max(first)),
        ("the last stream", _report.middle(last), max(last)),
    ]
    _report.table("ms from commit to", ("", "middle", "worst"), heard)
    figures = {
        "idle_mb": found["idle"],
        "mb": found["grown"],
        "after_mb": found["after"],
        "first_ms": first,
        "last_ms": last,
    }
    _report.keep("live", figures, asked)


if __name__ == "__main__":
    main()
