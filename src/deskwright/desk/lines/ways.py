"""What a line's provider is asked with: its credentials opened, its addresses, its way out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings

from deskwright.channels.contract import Texting
from deskwright.channels.telephony.console import Printed
from deskwright.channels.telephony.sending import TWILIO, Ask, Posted, Twilio
from deskwright.channels.webhooks.signing import signed_headers
from deskwright.desk.settings.sealing import unseal
from deskwright.store.connection import from_json
from deskwright.store.models import Agent, Line

CALLS, MESSAGES, STATUS, VOICE = "calls", "messages", "status", "voice"
PATH: Final = "/api/v1/in/"


def opened(line: Line) -> dict[str, Any]:
    """Its credentials. Raises sealing.Unreadable when SECRET_KEY was changed."""
    return dict(from_json(unseal(line.credentials)))


def address(line: Line, what: str) -> str:
    """Where its provider posts calls, messages, or how messages of ours do."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{PATH}{what}/{line.key}"


def status_address(line: Line, reference: str) -> str:
    """Where the provider tells how this message of ours does."""
    return f"{address(line, STATUS)}?of={quote(reference, safe='')}"


def way_out(line: Line, ask: Ask, now: datetime) -> Texting:
    """How messages leave by this line; printed where no address is known. Raises sealing.Unreadable."""
    kept = opened(line)
    if line.provider == "twilio":
        return Twilio(kept["account"], kept["token"], ask, kept.get("api") or TWILIO)
    if not kept.get("url"):
        return Printed()
    seconds = int(now.timestamp())
    return Posted(kept["url"], ask, lambda name, body: signed_headers(name, seconds, body, [kept["secret"]]))


def dialled(template: str, number: str, agent: Agent, ticket: int | None = None) -> str:
    """Where a click on the number leads."""
    if not template:
        return f"tel:{number}"
    known = {"number": quote(number, safe=""), "agent": quote(agent.email, safe=""), "ticket": str(ticket or "")}
    for name, value in known.items():
        template = template.replace(f"{{{name}}}", value)
    return template
