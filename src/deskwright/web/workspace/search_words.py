"""The search operators in words: what each asks for, what is wrong with one, what a piece being typed could become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.store.finding.asking import CLOSED_VALUES, NAMES, OF_ADDRESSES, Fault, completions

ABOUT: Final[Mapping[str, Promise]] = {
    "from": gettext_lazy("who asks: a name, an address or its domain"),
    "to": gettext_lazy("an address it was sent to"),
    "subject": gettext_lazy("words of the subject"),
    "is": gettext_lazy("where it stands"),
    "tag": gettext_lazy("a tag it has"),
    "sla": gettext_lazy("how its targets do"),
    "queue": gettext_lazy("the queue it is in"),
    "assignee": gettext_lazy("me, none or a name"),
    "priority": gettext_lazy("how important it is"),
    "has": gettext_lazy("what it has"),
    "before": gettext_lazy("opened before: 2026-12-31, yesterday, 7d"),
    "after": gettext_lazy("opened since: 2026-12-31, yesterday, 7d"),
    "channel": gettext_lazy("how it came in"),
    "category": gettext_lazy("what it is about"),
    "org": gettext_lazy("the organisation that asks"),
}
SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` stands in place of the last piece of the search."""

    text: str
    about: str


@dataclass(frozen=True, slots=True)
class Explained:
    """An operator of the help."""

    name: str
    about: Promise
    values: Sequence[str]


def completed(text: str, values: Mapping[str, Sequence[str]]) -> Iterator[Completion]:
    """What the piece being typed could become, at most `SHOWN`."""
    for place, (piece, operator) in enumerate(completions(text, values)):
        if place < SHOWN:
            yield Completion(piece, str(ABOUT[operator]))


def explained(*, addresses: bool = True) -> list[Explained]:
    """The operators; without `addresses` those that look into them are left out."""
    names = [name for name in NAMES if addresses or name not in OF_ADDRESSES]
    return [Explained(name, ABOUT[name], CLOSED_VALUES.get(name, ())) for name in names]


def told(fault: Fault) -> dict[str, str]:
    """Why a piece was left out, as a sentence, and what may have been meant."""
    name = fault.piece.partition(":")[0].lstrip("-").lower()
    known = ", ".join(CLOSED_VALUES.get(name, ()))
    sentences = {
        "operator": _("There is no operator “%(name)s:”."),
        "value": _("“%(name)s:” needs a value: %(about)s."),
        "word": _("“%(piece)s” is not known; %(name)s: is one of %(known)s.")
        if known
        else _("“%(piece)s” is not known here."),
        "hidden": _("Your role does not get to see addresses, so “%(name)s:” finds nothing."),
        "date": _("“%(piece)s” is not a date; write 2026-12-31, today, yesterday or 7d."),
    }
    about = ABOUT.get(name, "")
    words = {"name": name, "piece": fault.piece, "known": known, "about": about}
    return {"sentence": sentences[fault.why] % words, "piece": fault.piece, "suggestion": fault.suggestion}
