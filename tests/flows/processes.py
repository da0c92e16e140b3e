"""Real processes for the flows: a PostgreSQL of their own, `deskwright web` and `deskwright work`, clients over HTTP.

Nothing here runs inside the test's process but the clients: what is killed is what a host would kill.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from deskwright.store.embedded import Embedded

SECRET = "dw_flows"
PATIENCE = 60.0  # seconds; a busy machine is slow


class Site:
    """A desk on its own database, made of processes that a test may kill."""

    def __init__(self, data: Path, server: Embedded) -> None:
        self.data, self.server = data, server
        self.port = free_port()
        self.variables = {
            "PATH": os.environ["PATH"],  # noqa: TID251
            "DATA": str(data),
            "DATABASE_URL": server.url,
            "SECRET_KEY": "a key for these flows only, which opens nothing",
            "MAIL_DOMAIN": "desk.example",
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "SMTP_TLS": "off",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def prepare(self) -> None:
        """Tables, and a token for the clients."""
        subprocess.run(command("migrate"), env=self.variables, check=True, stdout=subprocess.DEVNULL)
        digest = hashlib.sha256(SECRET.encode()).hexdigest()
        self.sql(
            "INSERT INTO store_apitoken (name, token_sha256, scopes, created_at) "
            "VALUES ('flows', %s, '[\"tickets:read\", \"tickets:write\"]', now())",
            digest,
        )

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            found = connection.execute(statement, values)
            return found.fetchall() if found.description else []

    def start(self, name: str, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        log = (self.data / f"{name}.log").open("ab")
        process = subprocess.Popen(
            command(name, *arguments), env=self.variables | variables, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        log.close()
        self.running.append(process)
        return process

    def web(self) -> subprocess.Popen[bytes]:
        """Serving when this returns."""
        process = self.start("web", "--port", str(self.port))
        until(lambda: self.answers(process), self.said)
        return process

    def answers(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, self.said()
        try:
            return self.request("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Mapping[str, str], Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, json.dumps(body) if body is not None else None, named)
            answer = connection.getresponse()
            raw = answer.read()
            known = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, known, json.loads(raw) if "json" in known.get("content-type", "") else raw
        finally:
            connection.close()

    def said(self) -> str:
        """What the processes logged, for a failing test."""
        return "\n".join(f"--- {log.name}\n{log.read_text()[-4000:]}" for log in sorted(self.data.glob("*.log")))

    def close(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()


@dataclass
class Clients:
    """People who open tickets at the same time, each trying a ticket until it is acknowledged, under one key. Each is
    of another house: mails to one domain leave at a pace.
    """

    site: Site
    number: int = 8
    acknowledged: dict[str, int] = field(default_factory=dict)
    """subject -> ticket id"""
    answers: list[int] = field(default_factory=list)
    """Every status received."""
    impatient: list[Mapping[str, str]] = field(default_factory=list)
    """Headers of the 503s."""
    lost: int = 0
    """Requests whose connection broke: nobody knows what became of them."""

    def __post_init__(self) -> None:
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=[one], daemon=True) for one in range(self.number)]
        for thread in self.threads:
            thread.start()

    def work(self, one: int) -> None:
        turn = 0
        while not self.enough.is_set():
            self.insist(f"client {one} ticket {turn}", f"mina@harbor{one}.example")
            turn += 1

    def insist(self, subject: str, email: str) -> None:
        body = {"subject": subject, "requester": {"email": email}}
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                status, headers, said = self.site.request(
                    "POST", "/api/v1/tickets", body, Authorization=f"Bearer {SECRET}", Idempotency_Key=subject
                )
            except (OSError, http.client.HTTPException):
                self.lost += 1
                self.enough.wait(0.05)
                continue
            self.answers.append(status)
            if status == 201:
                self.acknowledged[subject] = said["id"]
                return
            self.impatient.append(headers)
            self.enough.wait(0.05)
        raise AssertionError(f"{subject} was never acknowledged")

    def finish(self) -> None:
        """Everybody finishes the ticket at hand."""
        self.enough.set()
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def command(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "deskwright", name, *arguments]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def until(true: Callable[[], bool], said: Callable[[], str], seconds: float = PATIENCE) -> None:
    """Wait for something another process does. Fails with what was said when it does not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, said()
        time.sleep(0.02)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
