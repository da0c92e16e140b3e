"""The whole ASGI application running on a loop of its own, called as a server would call it. No sockets."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson

from deskwright.desk.settings import house

T = TypeVar("T")
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Exchange:
    """One request as the server sees it: `sent` is what the application answered so far."""

    parts: list[bytes]
    sent: list[Message] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    read: int = 0

    async def receive(self) -> Message:
        if self.read < len(self.parts):
            self.read += 1
            more = self.read < len(self.parts)
            return {"type": "http.request", "body": self.parts[self.read - 1], "more_body": more}
        await self.hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        self.heard.set()

    def answer(self) -> Answer:
        headers = {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}
        body = b"".join(message.get("body", b"") for message in self.sent[1:])
        return Answer(self.sent[0]["status"], headers, body)


class Running:
    """Requests, answered by the application; callable from the test's thread."""

    def __init__(self, application: Any, loop: asyncio.AbstractEventLoop) -> None:
        self.application, self.loop = application, loop

    def wait(self, work: Coroutine[Any, Any, T], seconds: float = 30) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    def request(self, method: str, path: str, body: Any = None, question: str = "", **headers: str) -> Answer:
        return self.wait(self.ask(method, path, body, headers, question))

    def together(self, requests: Iterable[tuple[Any, Mapping[str, str]]]) -> list[Answer]:
        """New tickets that are all under way at once; answers in order."""

        async def all_of_them() -> list[Answer]:
            asked = [self.ask("POST", "/api/v1/tickets", body, headers) for body, headers in requests]
            return await asyncio.gather(*asked)

        return self.wait(all_of_them())

    async def ask(self, method: str, path: str, body: Any, headers: Mapping[str, str], question: str = "") -> Answer:
        house.forget()  # it is remembered for moments only: any request may be the one that reads it anew
        whole = b"" if body is None else body if isinstance(body, bytes | list) else orjson.dumps(body)
        exchange = Exchange(whole if isinstance(whole, list) else [whole])
        await self.application(scope(method, path, headers, question), exchange.receive, exchange.send)
        return exchange.answer()


def scope(method: str, path: str, headers: Mapping[str, str], question: str = "") -> dict[str, Any]:
    named = [(name.replace("_", "-").lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": question.encode(),
        "headers": [(b"host", b"testserver"), *named],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }


@contextmanager
def running() -> Iterator[Running]:
    """The application between its start and its stop."""
    from deskwright.config.asgi import application

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="server")
    thread.start()
    desk = Running(application, loop)
    to_application: asyncio.Queue[Message] = asyncio.Queue()
    answers: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.run_coroutine_threadsafe(live(application, to_application.get, answers.put), loop)
    try:
        desk.wait(tell(to_application, answers, "lifespan.startup"))
        yield desk
    finally:
        desk.wait(tell(to_application, answers, "lifespan.shutdown"))
        life.result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def live(application: Any, receive: Receive, send: Send) -> None:
    await application({"type": "lifespan"}, receive, send)


async def tell(to_application: asyncio.Queue[Message], answers: asyncio.Queue[Message], what: str) -> None:
    await to_application.put({"type": what})
    assert (await answers.get())["type"] == f"{what}.complete"
