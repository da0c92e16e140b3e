"""The fixed words of the desk: priorities, statuses, metrics and their order. Custom words map onto these."""

from __future__ import annotations

from typing import Final

PRIORITIES: Final = ("low", "medium", "high", "critical")
LEVELS: Final = ("low", "medium", "high")
"""Of impact and of urgency."""

STATUSES: Final = ("new", "open", "waiting_on_customer", "on_hold", "solved", "closed")
LIVE_STATUSES: Final = frozenset({"new", "open", "waiting_on_customer", "on_hold"})

COMPLEXITIES: Final = ("level_1", "level_2", "level_3")
CHANNELS: Final = ("email", "chat", "phone", "sms", "whatsapp", "portal", "api", "alert")
SENIORITIES: Final = ("junior", "regular", "senior")
TIERS: Final = ("free", "standard", "professional", "enterprise")
"""The customer tiers of the starter workflow; a document may name others."""

FIRST_RESPONSE: Final = "first_response"
NEXT_RESPONSE: Final = "next_response"
RESOLUTION: Final = "resolution"
METRICS: Final = (FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION)
TIER_METRIC: Final = "tier"
"""The clock of an escalation tier's timeout; its cycle number counts the tiers the ticket has entered."""


def raised(priority: str, steps: int) -> str:
    """The priority `steps` above; stops at critical and at low."""
    place = PRIORITIES.index(priority) + steps
    return PRIORITIES[max(0, min(place, len(PRIORITIES) - 1))]
