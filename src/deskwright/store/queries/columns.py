"""The columns a ticket list can have. The subject is always there."""

from __future__ import annotations

from typing import Final

COLUMNS: Final = (
    "number", "priority", "customer", "organisation", "category", "tags", "state", "queue", "assignee",
    "waiting", "created", "updated", "due",
)  # fmt: skip
"""In the order in which a line shows them."""
BEFORE: Final = ("number", "priority", "customer", "organisation")
"""These stand before the subject."""
USUAL: Final = ("priority", "customer", "state", "queue", "assignee", "due")
BY_CHANGE: Final = ("priority", "customer", "state", "queue", "assignee", "updated")
SORTED_BY: Final = {
    "due": "due",
    "updated": "updated",
    "created": "created",
    "waiting": "waiting",
    "priority": "priority",
}
"""column -> the sort that its heading asks for."""
