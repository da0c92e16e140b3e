"""Deeds on webhooks: set up, change, switch, rotate the secret, test, send again, remove."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _

from deskwright.channels.posting import Unwanted, checked
from deskwright.channels.webhooks.signing import fresh_secret
from deskwright.desk import workflows
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import seal
from deskwright.desk.webhooks import catalogue, payloads, telling
from deskwright.engine.conditions import ConditionError
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Webhook

Cursor = psycopg.Cursor[dict[str, Any]]
RIGHT: Final = "webhooks:manage"
OVERLAP: Final = timedelta(hours=24)
"""How long the secret before a rotation still signs."""


def set_up(
    actor: Agent | None, name: str, url: str, events: Collection[str], condition: str = "", *, now: datetime
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown this once. Raises Forbidden, Invalid."""
    require(actor, RIGHT)
    check(url, events, condition)
    secret = fresh_secret()
    with deed() as sql:
        hook = Webhook.objects.create(
            name=name, url=url, events=sorted(events), condition=condition, secret=seal(secret), created_at=now
        )
        saved(sql, actor, "webhook.set_up", name, now=now, after=said(hook))
    return hook, secret


def change(
    actor: Agent | None,
    number: int,
    name: str,
    url: str,
    events: Collection[str],
    condition: str = "",
    *,
    now: datetime,
) -> None:
    """Change where it points and what it hears. Raises Forbidden, NotFound, Invalid."""
    require(actor, RIGHT)
    check(url, events, condition)
    with deed() as sql:
        hook = locked(number)
        before = said(hook)
        hook.name, hook.url, hook.events, hook.condition = name, url, sorted(events), condition
        hook.save(update_fields=["name", "url", "events", "condition"])
        saved(sql, actor, "webhook.changed", name, now=now, before=before, after=said(hook))


def check(url: str, events: Collection[str], condition: str) -> None:
    try:
        checked(url, private=settings.ENV.webhooks_to_private)
    except Unwanted as unwanted:
        raise Invalid(str(unwanted), {"url": str(unwanted)}) from unwanted
    if not events or set(events) - set(catalogue.EVENTS):
        raise Invalid(_("Choose what it hears of."), {"events": _("Choose at least one event.")})
    try:
        if condition:
            telling.understood(condition, workflows.live())
    except ConditionError as trouble:
        raise Invalid(str(trouble), {"condition": str(trouble)}) from trouble


def switch(actor: Agent | None, number: int, on: bool, *, now: datetime) -> None:
    """Switch it off (what happens meanwhile is not told, what waits stays) or on. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        hook = locked(number)
        hook.active, hook.disabled_because, hook.failing_since = on, "", None
        hook.save(update_fields=["active", "disabled_because", "failing_since"])
        saved(sql, actor, "webhook.switched_on" if on else "webhook.switched_off", hook.name, now=now)


def rotate(actor: Agent | None, number: int, *, now: datetime) -> str:
    """A fresh secret; the one before signs too for a day. Returns the new one. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    secret = fresh_secret()
    with deed() as sql:
        hook = locked(number)
        hook.previous_secret, hook.previous_until, hook.secret = hook.secret, now + OVERLAP, seal(secret)
        hook.save(update_fields=["previous_secret", "previous_until", "secret"])
        saved(sql, actor, "webhook.secret_rotated", hook.name, now=now)
    return secret


def remove(actor: Agent | None, number: int, *, now: datetime) -> None:
    """Gone, with its log. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        hook = locked(number)
        before = said(hook)
        hook.delete()
        saved(sql, actor, "webhook.removed", before["name"], now=now, before=before)


def test(actor: Agent, number: int, *, now: datetime) -> int:
    """Queue a message that says it is a test. Returns its delivery. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    with deed():
        hook = locked(number)
        event_id = f"evt_{uuid4().hex}"
        data = {"webhook": hook.name, "asked_by": actor.name}
        text = payloads.text(catalogue.TEST, event_id, now, data)
        message = telling.message(hook, catalogue.TEST, event_id, text, now, None)
        message.save()
        return message.pk


def replay(actor: Agent | None, number: int, deliveries: Collection[int], *, now: datetime) -> int:
    """Send these messages of the webhook again, with the ids they had. Returns how many. Raises Forbidden, NotFound."""
    return again(actor, number, "id = ANY(%(ids)s)", {"ids": list(deliveries)}, now)


def replay_range(
    actor: Agent | None, number: int, since: datetime, until: datetime, *, now: datetime, failed_only: bool = True
) -> int:
    """Send again what was written from `since` until `until` (UTC). Returns how many. Raises Forbidden, NotFound."""
    which = "created_at >= %(since)s AND created_at < %(until)s" + (" AND state = 'failed'" if failed_only else "")
    return again(actor, number, which, {"since": since, "until": until}, now)


def again(actor: Agent | None, number: int, which: str, values: dict[str, Any], now: datetime) -> int:
    require(actor, RIGHT)
    with deed() as sql:
        hook = locked(number)
        found = sql.execute(f"{AGAIN} AND {which}", {"webhook": number, "now": now, **values}).rowcount
        saved(sql, actor, "webhook.replayed", hook.name, now=now, after={"messages": found})
        return found


def forget_log(now: datetime, limit: int) -> int:
    """Drop messages that ended more than 30 days ago. Returns how many."""
    with deed() as sql:
        return sql.execute(FORGET, {"before": now - KEPT, "limit": limit}).rowcount


def locked(number: int) -> Webhook:
    hook = Webhook.objects.select_for_update().filter(pk=number).first()
    if hook is None:
        raise NotFound(_("There is no such webhook."))
    return hook


def said(hook: Webhook) -> dict[str, Any]:
    return {"name": hook.name, "url": hook.url, "events": hook.events, "condition": hook.condition}


KEPT: Final = timedelta(days=30)
AGAIN: Final = """
UPDATE store_webhookdelivery SET state = 'due', due_at = %(now)s, attempts = 0, ended_at = NULL
WHERE webhook_id = %(webhook)s AND state IN ('sent', 'failed', 'cancelled')
"""
FORGET: Final = """
DELETE FROM store_webhookdelivery WHERE id IN (
    SELECT id FROM store_webhookdelivery WHERE ended_at < %(before)s ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
"""
