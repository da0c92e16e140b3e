"""Custom fields on the ticket page: the ticket's own that are asked for now, the customer's, the organisation's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk.fields import parties
from deskwright.desk.fields.forms import asked_of, unanswered
from deskwright.engine.vocabulary import view
from deskwright.engine.workflow import FieldSpec, in_language
from deskwright.store import filters
from deskwright.store.connection import from_json
from deskwright.store.queries.inbox import Row
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, page
from deskwright.web.words import custom_choice, custom_field, custom_value

PREFIX: Final = "fields."
LONG: Final = 60
"""From this length on a text is shown in a box of several lines."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of a panel. `text` is its value as an input holds it, `said` as people read it."""

    name: str
    kind: str
    label: str
    help: str
    text: str
    said: str
    choices: Sequence[tuple[str, str]]
    needed: bool

    @property
    def long(self) -> bool:
        return self.kind == "text" and (len(self.text) > LONG or "\n" in self.text)


def fields_of(look: Look, head: Row) -> dict[str, list[Shown]]:
    """The panels' fields: those of the ticket that its type and conditions ask for, all of its people's."""
    values = opened(head["fields"])
    asked = [spec for spec in asked_of(look.workflow, seen(look, head)) if not look.veil.hides_field(spec.name)]
    needed = {spec.name for spec in unanswered(asked, values, "on_open", "on_solve")}
    their = opened(head["organisation_fields"]) if head["party_organisation"] else None
    return {
        "ticket_fields": list(shown(asked, values, needed)),
        "customer_fields": list(shown(of(look, "customer"), opened(head["customer_fields"]))),
        "organisation_fields": [] if their is None else list(shown(of(look, "organisation"), their)),
    }


def seen(look: Look, head: Row) -> dict[str, Any]:
    """The ticket as the fields' conditions see it; its facts are read only where a field has a condition."""
    if all(spec.when is None for spec in look.workflow.fields.values()):
        return {"type": head["type"]}
    return view(look.workflow, filters.cases([head["id"]], look.now)[head["id"]], None, look.now)


def opened(value: Any) -> dict[str, Any]:
    return dict(from_json(value) or {})


def of(look: Look, owner: str) -> list[FieldSpec]:
    """The owner's fields that the agent's role gets to see."""
    specs = look.workflow.fields.values()
    return [spec for spec in specs if spec.of == owner and not look.veil.hides_field(spec.name)]


def shown(specs: Iterable[FieldSpec], values: Mapping[str, Any], needed: Iterable[str] = ()) -> Iterator[Shown]:
    for spec in specs:
        value = values.get(spec.name)
        yield Shown(
            name=PREFIX + spec.name,
            kind=spec.type,
            label=custom_field(spec),
            help=in_language(spec.help, get_language() or ""),
            text=as_text(value),
            said="" if value is None else custom_value(spec, value),
            choices=options(spec, value),
            needed=spec.name in needed,
        )


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def options(spec: FieldSpec, value: Any) -> list[tuple[str, str]]:
    """What a select offers; a value that is no longer among the choices stays there."""
    if spec.type == "boolean":
        return [("yes", _("Yes")), ("no", _("No"))]
    known = [(choice, custom_choice(spec, choice)) for choice in spec.choices]
    if spec.type == "choice" and isinstance(value, str) and value not in spec.choices:
        known.append((value, custom_choice(spec, value)))
    return known


@require_POST
@page
@asks("tickets:change")
def fill_in(request: HttpRequest, look: Look, number: int, of: str) -> HttpResponse:
    """Fields of the ticket's customer or organisation."""
    given = {name.removeprefix(PREFIX): request.POST[name] for name in request.POST if name.startswith(PREFIX)}
    moved = parties.fill_in(look.actor, number, of, given, now=look.now)
    return done(request, _("Saved") if moved else "", changed=[number])
