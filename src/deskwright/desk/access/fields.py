"""What a role does not get to see of what it sees: customers' addresses and numbers, notes, fields of the workflow.

Rows are veiled where they are read for somebody, so pages, lists, search and API show the same; a condition or a search
that asks for something hidden is not understood, so that an answer cannot be guessed out of it. What people wrote to
each other (subjects, messages, files) is no field and stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.errors import Forbidden
from deskwright.engine.saying import again, is_sentence
from deskwright.store.connection import from_json
from deskwright.store.models import Agent

VEIL: Final = "•••"
ADDRESS: Final = "customer.email"
PHONE: Final = "customer.phone"
NOTES: Final = ("customer.notes", "organisation.notes")
NAMED: Final[Mapping[str, str]] = {
    ADDRESS: "Customers' email addresses",
    PHONE: "Customers' phone numbers",
    NOTES[0]: "Notes about customers",
    NOTES[1]: "Notes about organisations",
}
"""What can be hidden by name; a field of the workflow is hidden as `ticket.FIELD`, whosever field it is."""
RAW: Final = frozenset(
    {
        "audit:see", "data:export", "mail:manage", "outbox:manage", "people:manage", "roles:manage", "tokens:manage",
        "webhooks:manage", "workflow:publish", "workflow:see",
    }
)  # fmt: skip
"""Rights over things that tell or hand out everything; a role that hides something cannot hold them."""
COLUMNS: Final[Mapping[str, str]] = {
    "customer_email": ADDRESS,
    "requester_email": ADDRESS,
    "customer_notes": NOTES[0],
    "organisation_notes": NOTES[1],
}
OF_FIELDS: Final = frozenset({"fields", "custom", "customer_fields", "organisation_fields"})
WRITTEN: Final = frozenset({"subject", "text", "new_text", "html", "description", "excerpt"})
"""What people wrote."""
TOLD: Final = frozenset({"data", "trace"})
"""What an event tells: old and new values, effects, and what the workflow looked at."""
MAIL: Final = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER: Final = re.compile(r"\+\d[\d ()/.-]{4,}\d")


@dataclass(frozen=True, slots=True)
class Veil:
    """What one role hides; the empty one hides nothing."""

    without: frozenset[str] = frozenset()

    def hides(self, name: str) -> bool:
        return name in self.without

    def hides_field(self, name: str) -> bool:
        """Whether a field of the workflow, by its bare name, is hidden."""
        return f"ticket.{name}" in self.without

    def contacts(self, kinds: Iterable[str]) -> frozenset[str]:
        """Those kinds of contact points (email, phone) that are seen: only by those is anybody found."""
        return frozenset(kind for kind in kinds if f"customer.{kind}" not in self.without)

    def hidden_among(self, facts: Iterable[str]) -> list[str]:
        """Those names of the condition language that ask for something hidden."""
        return sorted(name for name in facts if name in self.without or self.hides_field(name.rsplit(".")[-1]))

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as the role sees it: values are veiled, hidden fields and contact points are left out."""
        return {name: self.value(name, held) for name, held in row.items()} if self.without else dict(row)

    def rows(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [self.row(row) for row in rows]

    def value(self, name: str, held: Any) -> Any:
        if not held or name in WRITTEN:
            return held
        if name in COLUMNS:
            return VEIL if COLUMNS[name] in self.without else held
        if name == "identities":
            return [point for point in held if f"customer.{point.split(':')[0]}" not in self.without]
        if name in OF_FIELDS:
            return {field: value for field, value in from_json(held).items() if not self.hides_field(field)}
        return self.told(from_json(held) if name in TOLD else held, speaks=name in TOLD)

    def told(self, held: Any, *, speaks: bool) -> Any:
        """A value of any shape without addresses and numbers. `speaks`: nor anything that speaks of a hidden field."""
        if isinstance(held, str):
            return VEIL if speaks and self.speaks_of_hidden(held) else self.masked(held)
        if isinstance(held, Mapping):
            if speaks and is_sentence(held):
                return self.sentence(held)
            return {
                key: self.told(value, speaks=speaks)
                for key, value in held.items()
                if not (speaks and self.hidden_key(key))
            }
        if isinstance(held, list | tuple):
            return [self.told(one, speaks=speaks) for one in held if not (speaks and self.about_hidden(one))]
        return held

    def sentence(self, kept: Mapping[str, Any]) -> Any:
        """What was kept of a sentence; the names of its values are no fields."""
        if self.speaks_of_hidden(again(kept)):
            return VEIL
        values = {name: self.told(value, speaks=True) for name, value in (kept.get("with") or {}).items()}
        return {"say": kept["say"], "with": values}

    def masked(self, text: str) -> str:
        """The text without the addresses or numbers that are hidden."""
        text = MAIL.sub(VEIL, text) if ADDRESS in self.without else text
        return NUMBER.sub(VEIL, text) if PHONE in self.without else text

    def hidden_key(self, key: str) -> bool:
        return self.hides_field(key.removeprefix("fields.")) or (key == "notes" and not self.without.isdisjoint(NOTES))

    def about_hidden(self, one: Any) -> bool:
        """Whether a step or an effect is about a hidden field: its words or its name say so."""
        said = map(again, one.values()) if isinstance(one, Mapping) else ()
        return any(isinstance(value, str) and self.speaks_of_hidden(value) for value in said)

    def speaks_of_hidden(self, text: str) -> bool:
        names = speaking(self.without)
        return names is not None and names.search(text) is not None


OPEN_EYES: Final = Veil()


def refuse_hidden(actor: Agent | None, names: Iterable[str]) -> None:
    """Nobody writes over what they do not get to see: raises Forbidden. Names as in NAMED, or `fields.NAME`."""
    known = veil(actor)
    hidden = [name for name in names if known.hides(name) or known.hides_field(name.removeprefix("fields."))]
    if hidden:
        raise Forbidden(_("Your role does not get to see %(name)s.") % {"name": hidden[0].removeprefix("fields.")})


@lru_cache(maxsize=64)
def speaking(without: frozenset[str]) -> re.Pattern[str] | None:
    """Finds the name of a hidden field in what the desk says."""
    names = sorted(name.removeprefix("ticket.") for name in without if name.startswith("ticket."))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)") if names else None


def veil(actor: Agent | None) -> Veil:
    """What the actor's role hides; nothing for the operator and the built-in roles."""
    role = actor.custom_role if actor is not None else None
    return Veil(frozenset(role.hidden)) if role is not None and role.hidden else OPEN_EYES
