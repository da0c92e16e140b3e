"""What the engine and the desk have said, in the reader's language: kept as its template and values, worded when read.

A JSON column keeps a sentence as an object, a text column as the text of that object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from django.utils.translation import gettext, ngettext

from deskwright.engine.saying import Said, again, is_sentence
from deskwright.engine.saying import said as made
from deskwright.store.connection import to_json

Label = Callable[[str, Any], str]
BEGINNING: Final = '{"say":'
"""How a sentence begins in a text column."""
FORGED: Final = (KeyError, TypeError, ValueError, RecursionError)
"""What goes wrong with a text that somebody else wrote to look like one."""


def kept(sentence: str) -> str:
    """For a text column. What others wrote stays their words, also when it is written as a sentence of the desk."""
    if sentence.startswith(BEGINNING):
        sentence = made(sentence, "%(words)s", {"words": sentence})
    return to_json(sentence) if isinstance(sentence, Said) else sentence


def cut(sentence: str, most: int) -> str:
    """A plain text, at most so long; a sentence as it is, for its template must not be torn."""
    return sentence if isinstance(sentence, Said) else sentence[:most]


def said(sentence: object, label: Label = lambda name, value: str(value)) -> str:
    """The sentence in the active language. `label` says a value by its name: a metric, a queue, a target.

    A plain text is what it is, also one that was written to look like a sentence.
    """
    try:
        return worded(sentence, label)
    except FORGED:
        if isinstance(sentence, str) and not isinstance(sentence, Said):
            return sentence
        raise


def worded(sentence: object, label: Label) -> str:
    template, values = taken_apart(sentence)
    if template is None:
        return str(sentence or "")
    words = {name: value_said(name, value, label) for name, value in values.items()}
    if isinstance(template, str):
        return gettext(template) % words if template else ""
    one, many = template
    return ngettext(one, many, values["count"]) % words


def value_said(name: str, value: Any, label: Label) -> Any:
    if isinstance(value, Said | Mapping):
        return said(value, label)
    return value if isinstance(value, int | float) else label(name, value)


def taken_apart(sentence: object) -> tuple[Any, Mapping[str, Any]]:
    """Template and values; no template where it is a plain text."""
    if isinstance(sentence, Said):
        return sentence.template, sentence.values
    if isinstance(sentence, str) and sentence.startswith(BEGINNING):
        try:
            sentence = orjson.loads(sentence)
        except orjson.JSONDecodeError:
            return None, {}
    if isinstance(sentence, Mapping) and is_sentence(sentence):
        return sentence["say"], sentence.get("with") or {}
    return None, {}


def in_english(column: str) -> str:
    """What a text column holds, for a program, and for a sentence to hold in turn."""
    template, values = taken_apart(column)
    try:
        return column if template is None else again({"say": template, "with": values})
    except FORGED:
        return column
