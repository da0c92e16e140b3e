"""Outgoing webhooks: set them up, see how they do, send again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from deskwright.api import pages
from deskwright.api.routing import PAGED, Asked
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    WORDS,
    Flag,
    Instant,
    Numbers,
    Shape,
    Text,
    Texts,
    a_page,
    an_object,
)
from deskwright.api.things import ID, Things, also, as_told, held
from deskwright.desk import clock
from deskwright.desk.errors import NotFound
from deskwright.desk.webhooks import hooks
from deskwright.store.models import Webhook, WebhookDelivery

FIELDS: Final[Mapping[str, Text | Texts]] = {
    "name": Text(120, required=True),
    "url": Text(500, required=True),
    "events": Texts(40, 50, required=True),
    "condition": Text(4000),
}
NEW: Final = Shape(FIELDS)
CHANGES: Final = Shape({name: replace(field, required=False) for name, field in FIELDS.items()})
AGAIN: Final = Shape({"deliveries": Numbers(100, required=True)})
RANGE: Final = Shape({"since": Instant(required=True), "until": Instant(required=True), "failed_only": Flag()})
HOOK: Final = an_object(
    id=WHOLE,
    name=TEXT,
    url=TEXT,
    events=WORDS,
    condition=TEXT,
    active=TRUTH,
    failing_since=INSTANT_OR_NULL,
    disabled_because=TEXT,
    created_at=INSTANT,
)
DELIVERY: Final = an_object(
    id=WHOLE,
    event_id=TEXT,
    event=TEXT,
    ticket=WHOLE_OR_NULL,
    state=TEXT,
    attempts=WHOLE,
    status=WHOLE_OR_NULL,
    answer=TEXT,
    milliseconds=WHOLE_OR_NULL,
    created_at=INSTANT,
    due_at=INSTANT_OR_NULL,
    ended_at=INSTANT_OR_NULL,
)


def set_up(asked: Asked) -> Any:
    return hooks.set_up(asked.agent, **{"condition": "", **asked.sent}, now=clock.now())


def change(asked: Asked, hook: Webhook) -> None:
    hooks.change(asked.agent, hook.pk, **held(hook, tuple(FIELDS), asked.sent), now=clock.now())


def test(asked: Asked) -> Any:
    """A message that says it is a test is on its way."""
    return {"id": hooks.test(asked.actor, asked.numbers[0], now=clock.now())}


def deliveries(asked: Asked) -> Any:
    """The oldest first; 30 days are kept."""
    after = (pages.cursor(asked, (int,)) or (0,))[0]
    rows = WebhookDelivery.objects.filter(webhook=asked.numbers[0], pk__gt=after).order_by("pk")[: asked.limit + 1]
    return pages.page(list(rows), asked.limit, lambda row: (row.pk,), told)


def replay(asked: Asked) -> Any:
    sent = hooks.replay(asked.agent, asked.numbers[0], asked.sent["deliveries"], now=clock.now())
    return {"queued": sent}


def one_delivery(asked: Asked) -> Any:
    """With what was sent."""
    hook, number = asked.numbers
    row = WebhookDelivery.objects.filter(webhook=hook, pk=number).first()
    if row is None:
        raise NotFound("There is no such message.")
    return {**told(row), "body": row.body}


def replay_range(asked: Asked) -> Any:
    """What was written in that time; only what failed, unless said otherwise."""
    sent = {"failed_only": True, **asked.sent}
    return {"queued": hooks.replay_range(asked.agent, asked.numbers[0], now=clock.now(), **sent)}


told: Final = as_told(DELIVERY, ticket="ticket_id")
THINGS: Final = Things(
    "/webhooks", "a webhook", "webhooks", hooks.RIGHT, lambda _: Webhook.objects.all(), as_told(HOOK), HOOK
)
QUEUED: Final = an_object(queued=WHOLE)
LOG: Final = "/{id}/deliveries"
ROUTES: Final = (
    THINGS.lists(),
    THINGS.makes(set_up, NEW, "Set a webhook up; its secret is told this once", secret=True),
    THINGS.shows(),
    THINGS.changes(change, CHANGES, "Change where it points and what it hears"),
    THINGS.removes(hooks.remove, "Remove a webhook with its log"),
    THINGS.switches(hooks.switch),
    THINGS.rotates(hooks.rotate),
    THINGS.route("POST", "/{id}/test", test, "Send a test message", gives=ID),
    THINGS.route("GET", LOG, deliveries, "Show what was sent", gives=a_page(DELIVERY), query=PAGED),
    THINGS.route("GET", LOG + "/{delivery}", one_delivery, "Show one message", gives=also(DELIVERY, body=TEXT)),
    THINGS.route("POST", "/{id}/replay", replay, "Send some again", takes=AGAIN, gives=QUEUED),
    THINGS.route("POST", "/{id}/replay-range", replay_range, "Send a time again", takes=RANGE, gives=QUEUED),
)
