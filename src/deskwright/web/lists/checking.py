"""What a condition means while it is written: its faults, its chips, how many tickets it holds, the first of them."""

from __future__ import annotations

from typing import Any, Final

from django.http import QueryDict

from deskwright.desk.access import Veil
from deskwright.desk.views import conditions
from deskwright.engine import vocabulary
from deskwright.engine.conditions import Condition
from deskwright.engine.vocabulary import Name
from deskwright.store.queries import listing
from deskwright.store.queries.listing import Scope
from deskwright.web.lists.builder import COMMON, WITHOUT_VALUE, Chip, Chips, chips_of, operators, text_of, words
from deskwright.web.look import Look
from deskwright.web.words import field

SHOWN: Final = 5
COUNTED: Final = 1000
MOST_CHIPS: Final = 20


def checked(text: str, sort: str, look: Look) -> dict[str, Any]:
    """The context of `views/check.html`."""
    read = conditions.read(text, look.workflow, look.veil)
    known = vocabulary.of_lists(look.workflow)
    chips = chips_of(text, known)
    context: dict[str, Any] = {
        "faults": read.faults,
        "chips": [drawn(chip, known.find(chip.field)) for chip in chips.chips] if chips else None,
        "joined": chips.joined if chips else "and",
        "fields": offered(known, look.veil),
        "text": text,
    }
    if read.condition:
        context |= matches(read.condition, sort if listing.known(sort) else "due", look)
    return context


def matches(condition: Condition, sort: str, look: Look) -> dict[str, Any]:
    """The count, which stops at `COUNTED`, and the first tickets."""
    scope: Scope = conditions.scope(condition, look.workflow, look.now, look.actor.pk)
    number = listing.count(scope, look.visible, COUNTED)
    rows = look.veil.rows(listing.page(scope, look.visible, sort, size=SHOWN).rows)
    return {"number": number, "more": number >= COUNTED or not listing.whole(scope), "rows": rows, "understood": True}


def composed(said: QueryDict, look: Look) -> str:
    """The text of the chips a form holds: `field`, `operator` and `value`, each once for a chip."""
    columns = (said.getlist("field"), said.getlist("operator"), said.getlist("value"))
    chips = [Chip(*parts) for parts in list(zip(*columns, strict=False))[:MOST_CHIPS]]
    return text_of(Chips(said.get("joined", "and"), chips), vocabulary.of_lists(look.workflow))


def drawn(chip: Chip, name: Name | None) -> dict[str, Any]:
    if name is None:
        return {"chip": chip, "title": chip.field, "operators": [], "words": (), "valueless": False}
    return {
        "chip": chip,
        "name": name.name,
        "operators": operators(name),
        "words": words(name),
        "list": f"words-{name.name.replace('.', '-')}",
        "valueless": chip.operator in WITHOUT_VALUE,
    }


def offered(known: vocabulary.Vocabulary, veil: Veil) -> list[dict[str, Any]]:
    """The fields of the builder, the common ones first, without hidden ones."""
    hidden = {"me", *veil.hidden_among(known.names)}
    rest = sorted(name for name in known.names if name not in COMMON and name not in hidden)
    ordered = [name for name in COMMON if name in known.names and name not in hidden] + rest
    return [{"name": name, "title": field(name), "about": known.names[name].about} for name in ordered]
