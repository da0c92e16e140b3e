"""What other programmes post to the desk of their own accord, at addresses of their own: alerts, calls, messages.

No tokens here: each address knows whose it is, and the post proves it. Every refusal is an RFC 9457 problem.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from django.conf import settings

from deskwright.api import limits
from deskwright.api.front import allow, deliver, respond, whole, worded
from deskwright.api.problems import Problem, invalid
from deskwright.channels.alerts import signals
from deskwright.desk import clock
from deskwright.desk.alerts import door, taking
from deskwright.desk.alerts.taking import Post, Taken
from deskwright.desk.arriving.batcher import Batcher
from deskwright.desk.calls import leading
from deskwright.desk.lines import door as lines
from deskwright.desk.lines import posts, ways
from deskwright.store.aside import aside
from deskwright.store.models import Line

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Alerts = Batcher[Post, Taken | Exception]

PREFIX: Final = "/api/v1/in/"
ALERTS: Final = re.compile(re.escape(door.PATH) + "([A-Za-z0-9_-]{1,40})/?")

LINES: Final = re.compile(re.escape(ways.PATH) + "(calls|messages|status|voice)/([A-Za-z0-9_-]{1,40})")
NOTHING: Final = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
"""What Twilio is to do now, in its own words."""
BEYOND: Final = 1 << 40
"""Lines are counted apart from sources."""


def of_alerts() -> Alerts:
    """The one for what monitoring posts."""
    return Batcher("alerts", lambda posts: taking.receive(posts, clock.now()))


async def hooks(alerts: Alerts, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request below `PREFIX`."""
    await worded(route(alerts, scope, receive, send), scope, send)


async def route(alerts: Alerts, scope: Scope, receive: Receive, send: Send) -> None:
    path = scope["path"]
    if match := ALERTS.fullmatch(path):
        await take_alerts(alerts, match[1], scope, receive, send)
    elif match := LINES.fullmatch(path):
        await take_post(match[1], match[2], scope, receive, send)
    else:
        raise Problem(404, "not_found", f"There is nothing at {path[:200]}.")


async def take_alerts(alerts: Alerts, key: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Answered once everything it says is kept."""
    allow(scope["method"], "POST")
    headers = dict(scope["headers"])
    body = await whole(headers, receive)
    source, signed_as = await aside(door.admit, key, headers, body, clock.now())
    rates = limits.count(-source.id)
    try:
        said = signals.read(body, source.reading)
    except signals.Unreadable as wrong:
        raise invalid([{"pointer": wrong.pointer, "detail": str(wrong)}]) from wrong
    taken = await alerts.take(Post(source, said, signed_as))
    if isinstance(taken, Exception):
        raise Problem(500, "defect", "This could not be taken in; the desk's log says why.") from taken
    known = {"received": len(said), "tickets": list(taken.tickets), "repeated": taken.repeated}
    await respond(send, 200, known, rates)


async def take_post(what: str, key: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Calls and messages: answered once they are kept; what comes of them is the worker's."""
    allow(scope["method"], "POST")
    headers = dict(scope["headers"])
    body = await whole(headers, receive)
    question = scope.get("query_string", b"").decode("latin-1")
    line, said = await aside(kept, key, scope["path"], headers, posts.Post(what, body, question))
    if line.provider == "twilio":
        await deliver(send, 200, said, b"text/xml; charset=utf-8", {})
    else:
        await respond(send, 200, {"received": True})


def kept(key: str, path: str, headers: Mapping[bytes, bytes], post: posts.Post) -> tuple[Line, bytes]:
    """The line whose post was kept, and what Twilio is to do now; beside the event loop. Raises Problem, DeskError."""
    now = clock.now()
    url = settings.PUBLIC_URL.rstrip("/") + path + (f"?{post.question}" if post.question else "")
    line = lines.admit(key, url, headers, post.body, now)
    limits.count(-BEYOND - line.pk)
    posts.take(line, post, now)
    return line, leading.lead(line, posts.fields(post), now).encode() if post.what == ways.VOICE else NOTHING
