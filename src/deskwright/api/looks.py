"""What a request of the table tells of customers, for the audit log: one entry a quarter of an hour, with the token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deskwright.api.routing import Asked, Route
from deskwright.desk import audit, clock
from deskwright.desk.audit_actions import Action

READING: Final = frozenset({"GET", "PATCH"})
"""PATCH answers with the whole thing; other deeds have entries or events of their own."""
THINGS: Final[Mapping[str, tuple[str, Action]]] = {
    "tickets": ("ticket", "ticket.seen"),
    "customers": ("customer", "customer.seen"),
    "organisations": ("organisation", "organisation.seen"),
}
PARTIES: Final[Mapping[str, tuple[Action, Action]]] = {
    "/customers": ("customers.listed", "customers.searched"),
    "/organisations": ("organisations.listed", "organisations.searched"),
}
"""path -> what it is called, as it is and searched by `q`."""
LISTS: Final[Mapping[str, tuple[Action, str, tuple[str, ...]]]] = {
    "/tickets": ("tickets.listed", "where", ()),
    "/search": ("tickets.searched", "q", ()),
    "/deliveries": ("mails.listed", "", ("state",)),
    "/suppressions": ("suppressions.listed", "q", ("because",)),
    "/mail-log": ("mail_log.listed", "q", ("state",)),
    "/audit": ("audit.read", "q", ("kind", "action", "person", "thing")),
}
"""path -> what it is called, the question that says what for, and those that choose."""
PREVIEWS: Final = {
    "/tickets/{id}/merge/preview": "sources",
    "/tickets/{id}/broadcast/preview": "",
    "/macros/{id}/preview": "tickets",
}
"""Posts that change nothing and tell of tickets: path -> what of the body names them beside the path."""
SENT: Final = "/webhooks/{id}/deliveries/{delivery}"
"""Its body tells of a ticket and its customer."""
OPEN: Final = frozenset({"/vocabulary", "/tags", "/views", "/views/{id}", "/macros", "/macros/{id}"})
"""Asked with scopes that read customers' data, and tell none."""
SCOPES: Final = frozenset({"tickets:read", "customers:read"})


def note(route: Route, asked: Asked) -> None:
    """Called once the request has been answered. One statement for what tells of customers, one a ticket
    for a preview, none for the rest."""
    if route.path in PREVIEWS:
        previewed(route.path, asked)
    if route.method not in READING or route.path in OPEN:
        return
    first = route.path.split("/")[1]
    if first in THINGS and asked.numbers:
        kind, action = THINGS[first]
        audit.looked(asked.agent, action, f"{kind}:{asked.numbers[0]}", now=clock.now())
    elif route.path in PARTIES:
        audit.listed(asked.agent, *PARTIES[route.path], asked.query.get("q", ""), now=clock.now())
    elif route.path in LISTS:
        action, question, names = LISTS[route.path]
        filters = {name: asked.query.get(name, "") for name in names}
        audit.looked(asked.agent, action, subject=asked.query.get(question, ""), now=clock.now(), filters=filters)
    elif route.path == SENT or (route.scope in SCOPES and first != "attachments"):
        audit.looked(asked.agent, "api.read", subject=asked.path, now=clock.now())


def previewed(path: str, asked: Asked) -> None:
    """Every ticket of a preview was seen."""
    named = set(asked.sent.get(PREVIEWS[path], ()))
    for ticket in sorted(named | ({asked.numbers[0]} if path.startswith("/tickets/") else set())):
        audit.looked(asked.agent, "ticket.seen", f"ticket:{ticket}", now=clock.now())
