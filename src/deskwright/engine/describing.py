"""A ticket described by a few facts, as an author writes it for `explain`: checked against the workflow's names.

Gives what `testing.facts_of` takes. Every mistake is told at once, with what was probably meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from deskwright.engine import durations
from deskwright.engine.problems import meant, shown
from deskwright.engine.saying import _
from deskwright.engine.vocabulary import Name, Vocabulary, vocabulary
from deskwright.engine.workflow import Workflow

OWNERS: Final = ("customer", "organisation", "organization", "fields")
"""Facts of these may stand in a mapping of their own."""


def described(workflow: Workflow, document: object) -> dict[str, Any]:
    """name -> value for each fact described. Raises ValueError with a sentence for each mistake, one a line."""
    if not isinstance(document, Mapping):
        raise ValueError(_('a ticket is described by a JSON object, such as {"priority": "high"}'))
    words = vocabulary(workflow.fields, workflow.categories, workflow.signals)
    given: dict[str, Any] = {}
    faults: list[str] = []
    for written, value in flat(document):
        name = words.find(written)
        if name is None:
            faults.append(unknown(written, words))
        elif (fault := wrong(name, value)) is not None:
            faults.append(fault)
        else:
            given[name.name] = value
    if faults:
        raise ValueError("\n".join(faults))
    return given


def flat(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if key in OWNERS and isinstance(value, Mapping):
            yield from ((f"{key}.{inner}", item) for inner, item in value.items())
        else:
            yield str(key), value


def unknown(written: str, words: Vocabulary) -> str:
    near = meant(written, [*words.names, *words.aliases])
    hint = _("; did you mean %(near)s?", near=near) if near else ""
    return _("nothing is named %(written)s%(hint)s", written=shown(written), hint=hint)


def wrong(name: Name, value: Any) -> str | None:
    """What is wrong with a value; None when it can be."""
    if value is None:
        return None
    if name.kind == "choice" and value not in name.words:
        near = meant(str(value), name.words)
        hint = _("; did you mean %(near)s?", near=near) if near else ""
        return _(
            "%(name)s is one of %(words)s, not %(value)s%(hint)s",
            name=name.name,
            words=", ".join(name.words),
            value=shown(value),
            hint=hint,
        )
    if name.kind == "minutes":
        return wrong_duration(name, value)
    wanted = EXPECTED.get(name.kind)
    if wanted is None or fits(value, wanted[0]):
        return None
    return _("%(name)s is %(wanted)s, not %(value)s", name=name.name, wanted=wanted[1], value=shown(value))


def wrong_duration(name: Name, value: Any) -> str | None:
    try:
        durations.parse(value)
    except ValueError as refusal:
        return f"{name.name}: {refusal}"
    return None


def fits(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


EXPECTED: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "text": ((str,), _("a text")),
    "word": ((str,), _("a word")),
    "date": ((str,), _("a date such as 2026-12-31")),
    "instant": ((str,), _("a moment such as 2026-12-31T09:00:00Z")),
    "number": ((int, float), _("a number")),
    "boolean": ((bool,), _("true or false")),
    "set": ((list, str), _("a list of words")),
}
