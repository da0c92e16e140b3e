"""`/chat/v1/<widget>/...`: what chat windows ask of the desk. Plain ASGI in front of Django, without cookies.

Parses, calls one deed, answers JSON. Pages of other sites may ask where the widget says so (CORS).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from deskwright.channels.bodies import Gone
from deskwright.desk.arriving.arrivals import Outcome
from deskwright.desk.arriving.batcher import Batcher
from deskwright.desk.chat.saying import Said
from deskwright.desk.errors import DeskError
from deskwright.store import outage
from deskwright.store.aside import aside
from deskwright.web.chat import answers, asking
from deskwright.web.chat.answers import Found
from deskwright.web.chat.asking import PATH, Asked, Headers, Receive, Refusal, Scope, Send
from deskwright.web.chat.streaming import stream
from deskwright.web.watching import Station

log = logging.getLogger("deskwright.chat")

DEEDS: Final[Mapping[tuple[str, str], Callable[[Asked], Any]]] = {
    ("POST", "hello"): answers.hello,
    ("POST", "seen"): answers.seen,
    ("POST", "end"): answers.end,
    ("POST", "mail"): answers.mail,
    ("POST", "typing"): answers.typing,
    ("POST", "rate"): answers.rate,
    ("POST", "away"): answers.away,
    ("GET", "articles"): answers.articles,
    ("GET", "files"): answers.files,
}
SPOKEN: Final[Mapping[str, Callable[[Asked], Said]]] = {"say": answers.say, "file": answers.file}
"""Those that say something: they are gathered, and answered after their commit."""


async def chat(station: Station, batcher: Batcher[Said, Outcome], scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request below /chat/v1/."""
    headers = dict(scope["headers"])
    cors = allowed(headers)
    if scope["method"] == "OPTIONS":
        await respond(send, 204, None, cors | PREFLIGHT)
        return
    try:
        asked = await read(scope, headers)
        if asked.deed == "stream":
            await stream(station, asked, receive, send, cors)
            return
        await asking.take_body(asked, receive)
        await respond(send, 200, await answered(station, batcher, asked), cors)
    except Gone:
        return
    except Refusal as refusal:
        await respond(send, refusal.status, {"error": refusal.code}, cors | refusal.headers)
    except DeskError as error:
        await respond(send, error.status, {"error": error.code}, cors)
    except outage.AWAY:
        await respond(send, 503, {"error": "unavailable"}, cors | {"Retry-After": "5"})
    except Exception:
        log.exception("%s %s failed", scope["method"], scope["path"])
        await respond(send, 500, {"error": "defect"}, cors)


async def read(scope: Scope, headers: Headers) -> Asked:
    """Raises Refusal for another address, for a page that may not ask, and for who asks too often."""
    match = PATH.fullmatch(scope["path"])
    if match is None:
        raise Refusal(404, "nothing_here")
    key, deed, number = match.groups()
    question = scope.get("query_string", b"").decode("latin-1")
    address = (scope.get("client") or ("",))[0]
    asking.limit_address(deed, address)
    window = await asking.window_of(key, headers)
    asked = Asked(window, deed, int(number) if number else None, scope["method"], headers, question)
    asking.limit_visitor(asked)
    return asked


def allowed(headers: Headers) -> dict[str, str]:
    """What lets a browser read the answer, a refusal too: those say nothing of anybody."""
    origin = asking.origin_of(headers)
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin else {}


PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type, last-event-id, x-name, x-id",
    "Access-Control-Max-Age": "7200",
}


async def answered(station: Station, batcher: Batcher[Said, Outcome], asked: Asked) -> Any:
    if asked.deed in SPOKEN and asked.method == "POST":
        outcome = await batcher.take(await aside(SPOKEN[asked.deed], asked))
        if outcome.error is not None:
            raise outcome.error
        return {"taken": outcome.ticket_id is not None}
    deed = DEEDS.get((asked.method, asked.deed))
    if deed is None:
        raise Refusal(404, "nothing_here")
    return await aside(deed, asked)


async def respond(send: Send, status: int, content: Any, headers: Mapping[str, str]) -> None:
    """JSON, or the bytes of a file."""
    if isinstance(content, Found):
        body, kind = content.content, content.content_type.encode()
        headers = {**headers, **content.headers}
    else:
        body, kind = b"" if status == 204 else orjson.dumps(content), b"application/json"
    told = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    told += [(b"x-content-type-options", b"nosniff")]
    told += [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
