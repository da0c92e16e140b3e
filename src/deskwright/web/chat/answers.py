"""What the desk answers a chat window: one plain function for each deed, done beside the event loop."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from django.utils.http import content_disposition_header

from deskwright.channels.email.naming import safe_name
from deskwright.desk import clock
from deskwright.desk.arriving.arrivals import File
from deskwright.desk.chat import becoming, being, reading, saying, visitors, widgets
from deskwright.desk.chat.saying import Said
from deskwright.desk.chat.visitors import Visitor
from deskwright.desk.knowledge import suggesting
from deskwright.desk.settings.house import brand_at, house, known_as
from deskwright.desk.surveys import answering as surveys
from deskwright.store import blobs
from deskwright.text.files import picture_type
from deskwright.web.chat.asking import ONCE, Asked, Refusal
from deskwright.web.colours import shades

PROGRAMME: Final = "#4f46e5"
"""The accent of a desk that has chosen none."""
SHORTEST: Final = 6
"""Characters below which no article is looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file, as its bytes."""

    content: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


def hello(asked: Asked) -> dict[str, Any]:
    """Who the visitor is from now on, how the widget looks, and the chat as it stands."""
    now = clock.now()
    visitor = who(asked)
    window = asked.window
    opening = widgets.opening(window, now)
    home = known_as(house(), house().brand(asked.brand) or brand_at(asked.host))
    known: dict[str, Any] = {
        "token": visitor.token,
        "name": visitor.name,
        "email": visitor.email,
        "known": bool(visitor.user),
        "desk": home.name,
        "colours": shades(window.colour or home.accent or PROGRAMME)._asdict(),
        "greetings": window.greetings,
        "asks": [] if visitor.user else list(window.asks),
        "open": opening.open,
        "opens": opening.opens,
    }
    return known | standing(visitor)


def who(asked: Asked) -> Visitor:
    """Whom the shop has signed for, else the visitor we know, else a new one. Raises Forbidden for a forgery."""
    user, signature, token = asked.text("user", 4096), asked.text("signature", 200), asked.text("jwt", 4096)
    before = asked.visitor_if_any()
    if not (token or user):
        return before or visitors.anonymous(asked.window)
    now = clock.now()
    found = visitors.identified(asked.window, user=user, signature=signature, token=token, now=now)
    if before is not None and not before.user:
        becoming.become(before, found, now=now)
    return found


def standing(visitor: Visitor) -> dict[str, Any]:
    """The visitor's chat, whole: it is short."""
    chat = reading.chat_of(visitor)
    if chat is None:
        return {"messages": [], "state": None}
    ticket = chat["ticket"]
    messages = reading.messages({ticket: 0}).get(ticket, [])
    return {"messages": messages, "state": reading.states([ticket], clock.now()).get(ticket)}


def say(asked: Asked) -> Said:
    """The message, to be taken in. Raises Refusal, Invalid."""
    text = saying.checked(asked.text("text", saying.LONGEST * 2))
    page, language = asked.text("page", 2000), asked.text("language", 12)
    name, email = asked.text("name", 120), asked.text("email", 254)
    return Said(asked.visitor, asked.once, text, page, language, name, email, host=asked.host, brand=asked.brand)


def file(asked: Asked) -> Said:
    """A file as a message of its own; the body is its bytes. Raises Refusal, Invalid."""
    once = asked.headers.get(b"x-id", b"").decode("latin-1")
    named = unquote(asked.headers.get(b"x-name", b"").decode("latin-1"))[:255]
    if not ONCE.fullmatch(once) or not asked.body:
        raise Refusal(422, "wrong")
    name = safe_name(named, "application/octet-stream", asked.body)
    kind = picture_type(asked.body) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Said(asked.visitor, once, name, files=(File(name, kind, asked.body),), host=asked.host, brand=asked.brand)


def files(asked: Asked) -> Found:
    """A file of the visitor's own chat, to be kept, never to be shown as a page. Raises NotFound."""
    row = reading.file(asked.visitor, asked.number or 0)
    try:
        content = blobs.get(row["sha256"])
    except FileNotFoundError:
        raise Refusal(404, "nothing_here") from None
    return Found(
        content,
        "application/octet-stream",
        {"Content-Disposition": content_disposition_header(True, row["name"]) or "attachment"},
    )


def articles(asked: Asked) -> dict[str, Any]:
    """Published articles that fit what is being typed."""
    asks = parse_qs(asked.question)
    text, language = asks.get("q", [""])[0][:300], asks.get("language", [""])[0][:12]
    found = suggesting.suggest(text, "", language, least=suggesting.TYPING) if len(text) >= SHORTEST else ()
    return {"articles": [{"title": one.title, "url": one.url, "excerpt": one.excerpt} for one in found]}


def away(asked: Asked) -> dict[str, Any]:
    """What is left while nobody is here: a ticket like any other, answered by mail. Raises Refusal, Invalid."""
    text, email, name = asked.text("message", saying.LONGEST * 2), asked.text("email", 254), asked.text("name", 120)
    words = saying.checked(text)
    host, brand, now = asked.host, asked.brand, clock.now()
    being.leave_message(asked.visitor, asked.once, words, email, name, now=now, host=host, brand=brand)
    return {"taken": True}


def rate(asked: Asked) -> dict[str, Any]:
    """The satisfaction question, answered in the window. Raises NotFound, Invalid, Conflict."""
    csat = asked.said.get("csat")
    if not isinstance(csat, int):
        raise Refusal(422, "wrong")
    surveys.answer(asked.text("rate"), csat, asked.text("comment", 4000), now=clock.now())
    return {}


def typing(asked: Asked) -> dict[str, Any]:
    """Who has the ticket open sees that the visitor writes."""
    being.say_writing(asked.visitor)
    return {}


def seen(asked: Asked) -> dict[str, Any]:
    upto = asked.said.get("upto")
    if not isinstance(upto, int) or not 0 < upto < 2**62:
        raise Refusal(422, "wrong")
    being.seen_by_visitor(asked.visitor, upto, now=clock.now())
    return {}


def end(asked: Asked) -> dict[str, Any]:
    being.end(asked.visitor, now=clock.now())
    return {}


def mail(asked: Asked) -> dict[str, Any]:
    being.go_on_by_mail(asked.visitor, asked.text("email", 254), now=clock.now())
    return {}
