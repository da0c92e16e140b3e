"""The load of the intake benchmark, in a process of its own: clients with one request at a time on kept connections.

Reads its orders as JSON from standard input, prints what it measured as JSON. It must stay lean: it shares the machine.
"""

from __future__ import annotations

import asyncio
import json
import sys
from time import perf_counter
from typing import Any, cast

import uvloop


class Client(asyncio.Protocol):
    """Sends the next ticket as soon as the last one was answered, until the time is up."""

    def __init__(self, requests: list[bytes], place: int, until: float, done: asyncio.Future[None]) -> None:
        self.requests, self.place, self.until, self.done = requests, place, until, done
        self.waits: list[float] = []
        self.refused = 0
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.send()

    def send(self) -> None:
        self.sent = perf_counter()
        if self.sent >= self.until:
            self.finish()
            return
        self.transport.write(self.requests[self.place % len(self.requests)])
        self.place += 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < length(head):
            return
        self.buffer = b""
        if head.startswith(b"HTTP/1.1 201"):
            self.waits.append(perf_counter() - self.sent)
        else:
            self.refused += 1
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        self.finish()

    def finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()


def length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    raise ValueError("an answer without a length")


def request(orders: dict[str, Any], body: dict[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"POST /api/v1/tickets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {orders['token']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def drive(orders: dict[str, Any]) -> dict[str, Any]:
    requests = [request(orders, body) for body in orders["bodies"]]
    loop = asyncio.get_running_loop()
    began = perf_counter()
    until = began + orders["seconds"]
    clients = []
    for number in range(orders["clients"]):
        done = loop.create_future()
        place = number * len(requests) // orders["clients"]
        _, client = await loop.create_connection(
            lambda place=place, done=done: Client(requests, place, until, done), "127.0.0.1", orders["port"]
        )
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    waits = [wait for client in clients for wait in client.waits]
    return {"took": perf_counter() - began, "waits": waits, "refused": sum(client.refused for client in clients)}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(drive(json.load(sys.stdin)))))
