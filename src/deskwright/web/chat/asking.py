"""One request of a chat window, read: which widget, which visitor, from which site, with which words.

A request that may not be answered raises `Refusal`; what it says is for programmes, the window has words of its own.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

import orjson

from deskwright.channels.bodies import TooLarge, whole
from deskwright.desk.answering.files import LARGEST
from deskwright.desk.buckets import Buckets
from deskwright.desk.chat import visitors, widgets
from deskwright.desk.chat.visitors import Visitor
from deskwright.desk.chat.widgets import Window
from deskwright.desk.errors import NotFound
from deskwright.desk.settings.house import brand_at
from deskwright.store.aside import aside

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Headers = Mapping[bytes, bytes]

PATH: Final = re.compile(r"/chat/v1/([0-9a-z]{8,24})/([a-z]{2,12})(?:/([1-9][0-9]{0,17}))?")
ONCE: Final = re.compile(r"[0-9A-Za-z_-]{8,64}")
LARGEST_WORDS: Final = 64 * 1024
A_VISITOR: Final = {
    "say": Buckets(30, 20),
    "file": Buckets(10, 8),
    "away": Buckets(4, 4),
    "stream": Buckets(30, 20),
    "articles": Buckets(90, 40),
}
"""How often one visitor may ask; what is not named shares `OTHER`."""
OTHER: Final = Buckets(120, 60)
AN_ADDRESS: Final = {
    "hello": Buckets(600, 300),
    "say": Buckets(300, 200),
    "file": Buckets(60, 30),
    "away": Buckets(20, 10),
}
"""How often one network address may, whoever asks: offices share theirs, so it is generous."""
ANYTHING: Final = Buckets(2400, 2400)


class Refusal(Exception):
    """`status` and `code` as the window reads them."""

    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.headers = status, code, dict(headers or {})


@dataclass(slots=True)
class Asked:
    window: Window
    deed: str
    number: int | None
    method: str
    headers: Headers
    question: str
    said: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""

    @property
    def visitor(self) -> Visitor:
        """Raises Refusal for a token that is not ours."""
        found = self.visitor_if_any()
        if found is None:
            raise Refusal(401, "who")
        return found

    def visitor_if_any(self) -> Visitor | None:
        scheme, _, token = self.headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        return visitors.known(token, self.window) if scheme.lower() == "bearer" else None

    @property
    def host(self) -> str:
        return self.headers.get(b"host", b"").decode("latin-1")

    @property
    def brand(self) -> int | None:
        """The brand that the tag names by its host, else the widget's own; one nobody knows is as none."""
        named = brand_at(parse_qs(self.question).get("brand", [""])[0])
        return named["id"] if named else self.window.brand

    def text(self, name: str, most: int = 300) -> str:
        """A value of the body, one line unless it is longer than that. Raises Refusal when it is no text."""
        value = self.said.get(name, "")
        if not isinstance(value, str) or len(value) > most:
            raise Refusal(422, "wrong")
        return value.replace("\x00", "").strip()

    @property
    def once(self) -> str:
        value = self.said.get("id")
        if not isinstance(value, str) or not ONCE.fullmatch(value):
            raise Refusal(422, "wrong")
        return value


def origin_of(headers: Headers) -> str:
    return headers.get(b"origin", b"").decode("latin-1")


async def window_of(key: str, headers: Headers) -> Window:
    """The widget, if the page that asks may show it. Raises Refusal."""
    window: Window | None = widgets.remembered(key)
    try:
        window = window or await aside(widgets.window, key)
    except NotFound:
        raise Refusal(404, "no_widget") from None
    assert window is not None
    origin = origin_of(headers)
    if origin and not window.admits(origin):
        raise Refusal(403, "origin")
    return window


def limit_address(deed: str, address: str) -> None:
    """Raises Refusal 429 for a network address that asks too often, whatever it says of itself."""
    refuse_more(ANYTHING, address)
    if deed in AN_ADDRESS:
        refuse_more(AN_ADDRESS[deed], address)


def limit_visitor(asked: Asked) -> None:
    """Raises Refusal 429 for a visitor who asks too often; a token that is not ours names nobody."""
    visitor = asked.visitor_if_any()
    if visitor is not None:
        refuse_more(A_VISITOR.get(asked.deed, OTHER), (visitor.widget, visitor.key))


def refuse_more(buckets: Buckets, who: Hashable) -> None:
    _left, wait = buckets.take(who)
    if wait:
        raise Refusal(429, "too_often", {"Retry-After": str(wait)})


async def take_body(asked: Asked, receive: Receive) -> None:
    """Raises Refusal; for a file of nobody before any of it is read."""
    if asked.method != "POST":
        return
    if asked.deed == "file" and asked.visitor_if_any() is None:
        raise Refusal(401, "who")
    try:
        asked.body = await whole(receive, asked.headers, LARGEST if asked.deed == "file" else LARGEST_WORDS)
    except TooLarge:
        raise Refusal(413, "too_large", {"Connection": "close"}) from None
    if asked.deed != "file" and asked.body:
        try:
            said = orjson.loads(asked.body)
        except orjson.JSONDecodeError:
            raise Refusal(400, "no_json") from None
        if not isinstance(said, dict):
            raise Refusal(400, "no_json")
        asked.said = said


def forget() -> None:
    for buckets in (*A_VISITOR.values(), *AN_ADDRESS.values(), OTHER, ANYTHING):
        buckets.forget()
