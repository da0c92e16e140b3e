"""Sentences that know what they were made from, so that another floor can say them in another language.

`_` and `ngettext` are named as translators' tools expect, which find the templates by these names; nothing is
translated here. What is said is a text in English, and behaves as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, reduce
from typing import Any, Final

PLACE: Final = re.compile(r"%(?:%|\((\w+)\)s)")
"""Of a value in a template, or of a percent sign that stands for itself."""


class Said(str):
    """`template` is the sentence with `%(name)s` for each of `values`, two of them (one, many) where `count` decides.

    A value is a text, a number or a sentence; its name says of what kind it is: `metric`, `queue`, `target` and so on.
    """

    __slots__ = ("template", "values")
    template: str | tuple[str, str]
    values: Mapping[str, Any]

    def __str__(self) -> Said:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return said, (str.__str__(self), self.template, self.values)

    def as_json(self) -> dict[str, Any]:
        """As it is kept: what makes the sentence, not the sentence."""
        return {"say": self.template, "with": self.values} if self.values else {"say": self.template}


new: Final = str.__new__


def said(text: str, template: str | tuple[str, str], values: Mapping[str, Any]) -> Said:
    made = new(Said, text)
    made.template, made.values = template, values
    return made


def _(template: str, **values: Any) -> Said:
    """The sentence. A percent sign that stands for itself is written twice."""
    if not values:
        return constant(template)
    made = new(Said, template % values)
    made.template, made.values = template, values
    return made


def again(kept: Any) -> Any:
    """What was kept as JSON with its sentences put together again, wherever in it they stand."""
    if isinstance(kept, list):
        return [again(one) for one in kept]
    if not isinstance(kept, dict):
        return kept
    if not is_sentence(kept):
        return {name: again(one) for name, one in kept.items()}
    template, values = kept["say"], again(kept.get("with") or {})
    return _(template, **values) if isinstance(template, str) else ngettext(*template, **values)


def is_sentence(kept: object) -> bool:
    """Whether it is what was kept of a sentence, and no mapping of other things that has a `say`."""
    if not isinstance(kept, Mapping) or not {"say"} <= kept.keys() <= {"say", "with"}:
        return False
    say, values = kept["say"], kept.get("with") or {}
    if not isinstance(values, Mapping):
        return False
    if isinstance(say, list | tuple):
        return len(say) == 2 and "count" in values and all(_fits(template, values) for template in say)
    return _fits(say, values)


def _fits(template: object, values: Mapping[str, Any]) -> bool:
    return (
        isinstance(template, str)
        and "%" not in PLACE.sub("", template)
        and all(not name or name in values for name in PLACE.findall(template))
    )


@cache
def constant(template: str) -> Said:
    return said(template % {}, template, {})


def ngettext(one: str, many: str, count: int, **values: Any) -> Said:
    """The sentence for so many; it may say `%(count)s`."""
    values["count"] = count
    return said((one if count == 1 else many) % values, (one, many), values)


def in_a_row(sentences: Iterable[str]) -> str:
    """Several sentences as one, "" for none."""
    first, *others = [*sentences] or [""]
    return reduce(lambda before, then: _("%(before)s; %(then)s", before=before, then=then), others, first)


def gettext_noop(template: str) -> str:
    """A template that is said elsewhere."""
    return template
