"""Mails that leave: how each went, sending again, giving up, and the addresses nothing is sent to."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api import pages
from deskwright.api.routing import PAGED, Answer, Asked, Param, Route
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    WHOLE,
    WHOLE_OR_NULL,
    Shape,
    Text,
    a_page,
    an_object,
)
from deskwright.desk import access, clock
from deskwright.desk.outbox import again, suppression
from deskwright.desk.said import in_english
from deskwright.store.models import Delivery, Suppression

SCOPE: Final = "outbox:manage"
STATES: Final = ("due", "sending", "sent", "failed", "bounced", "withheld", "cancelled")
REASONS: Final = tuple(suppression.SENTENCES)
MAIL: Final = an_object(
    id=WHOLE,
    ticket=WHOLE_OR_NULL,
    message=WHOLE_OR_NULL,
    recipient=TEXT,
    message_id=TEXT,
    state=TEXT,
    attempts=WHOLE,
    last_error=TEXT,
    answer=TEXT,
    again_of=WHOLE_OR_NULL,
    created_at=INSTANT,
    due_at=INSTANT_OR_NULL,
    sent_at=INSTANT_OR_NULL,
    bounced_at=INSTANT_OR_NULL,
)
PLAIN: Final = (
    "recipient",
    "state",
    "attempts",
    "answer",
    "created_at",
    "due_at",
    "sent_at",
    "bounced_at",
)
STOPPED: Final = an_object(id=WHOLE, address=TEXT, kind=TEXT, because=TEXT, detail=TEXT, created_at=INSTANT)
TO: Final = Shape({"to": Text(320)})
ADDRESS: Final = Shape({"address": Text(320, required=True), "detail": Text(500)})


def mails(asked: Asked) -> Any:
    """The latest first; the words of a mail are not told."""
    suppression.require(asked.agent)
    before = pages.cursor(asked, (int,))
    found = Delivery.objects.filter(channel="email").order_by("-pk")
    if "state" in asked.query:
        found = found.filter(state=asked.query["state"])
    if before is not None:
        found = found.filter(pk__lt=before[0])
    return pages.page(list(found[: asked.limit + 1]), asked.limit, lambda row: (row.pk,), shown)


def shown(row: Delivery) -> dict[str, Any]:
    names: dict[str, Any] = {
        "ticket": row.ticket_id,
        "message": row.message_id,
        "message_id": row.mail_id,
        "again_of": row.again_of_id,
    }
    names |= {"id": row.pk, "last_error": in_english(row.last_error)}
    return names | {name: getattr(row, name) for name in PLAIN}


def resend(asked: Asked) -> Any:
    sent = again.resend(asked.actor, asked.numbers[0], now=clock.now(), to=asked.sent.get("to", ""))
    return access.veil(asked.agent).row(shown(Delivery.objects.get(pk=sent)))


def give_up(asked: Asked) -> Any:
    again.give_up(asked.actor, asked.numbers[0], now=clock.now())
    return access.veil(asked.agent).row(shown(Delivery.objects.get(pk=asked.numbers[0])))


def try_all(asked: Asked) -> Any:
    """Everything that waits after a failed try leaves now. `tried` is how much."""
    return {"tried": again.try_all(asked.actor, now=clock.now())}


def stopped(asked: Asked) -> Any:
    suppression.require(asked.agent)
    before = pages.cursor(asked, (int,))
    found = suppression.listed(asked.query.get("q", ""), asked.query.get("because", "")).order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before[0])
    return pages.page(list(found[: asked.limit + 1]), asked.limit, lambda row: (row.pk,), told)


def told(row: Suppression) -> dict[str, Any]:
    return {"id": row.pk} | {name: getattr(row, name) for name in STOPPED["properties"] if name != "id"}


def add(asked: Asked) -> Answer:
    made = suppression.add(asked.agent, asked.sent["address"], asked.sent.get("detail", ""), now=clock.now())
    return Answer(told(made), 201)


def lift(asked: Asked) -> Any:
    return {"address": suppression.lift(asked.agent, asked.numbers[0], now=clock.now())}


MAILS: Final = (Param("state", "Only those in this state.", STATES), *PAGED)
LIST: Final = (Param("q", "A part of the address."), Param("because", "Only those for this reason.", REASONS), *PAGED)
ONE: Final = "/deliveries/{id}"
ROUTES: Final = (
    Route(
        "GET",
        "/deliveries",
        SCOPE,
        mails,
        "List mails and how they went",
        gives=a_page(MAIL),
        query=MAILS,
        asks="outbox:manage",
    ),
    Route(
        "POST",
        "/deliveries/try-all",
        SCOPE,
        try_all,
        "Try all that wait again",
        gives=an_object(tried=WHOLE),
        asks="outbox:manage",
    ),
    Route(
        "POST",
        ONE + "/resend",
        SCOPE,
        resend,
        "Send a mail again, to another address if one is named",
        TO,
        MAIL,
        asks="tickets:resend",
    ),
    Route("POST", ONE + "/give-up", SCOPE, give_up, "Try a waiting mail no more", gives=MAIL, asks="tickets:resend"),
    Route(
        "GET",
        "/suppressions",
        SCOPE,
        stopped,
        "List suppressed addresses",
        gives=a_page(STOPPED),
        query=LIST,
        asks="outbox:manage",
    ),
    Route(
        "POST",
        "/suppressions",
        SCOPE,
        add,
        "Send nothing to an address",
        ADDRESS,
        STOPPED,
        status=201,
        asks="outbox:manage",
    ),
    Route(
        "DELETE",
        "/suppressions/{id}",
        SCOPE,
        lift,
        "Send to it again",
        gives=an_object(address=TEXT),
        asks="outbox:manage",
    ),
)
