"""Stencils: a template drawn once with its places left open, which are then filled as often as there is need.

For what stands on a page many times: to draw a template takes a thousand times as long as to fill its places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any, Final, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

PLACE: Final = re.compile("\ue000(\\w+)\ue001")
"""Between characters for private use, so that nothing a template says is taken for one."""


class Places(dict[str, Any]):
    """A stand-in for what a template shows: whatever it is asked for, beyond what it holds, is a place left open."""

    def __missing__(self, name: str) -> SafeString:
        return mark_safe(f"\ue000{name}\ue001")


class Stencil(NamedTuple):
    """Texts as they were drawn, and between them the names of places."""

    parts: tuple[str, ...]

    def fill(self, value: Callable[[str], Any]) -> SafeString:
        """Each place with its value, escaped unless it is safe."""
        filled = list(self.parts)
        for at in range(1, len(filled), 2):
            said = value(filled[at])
            filled[at] = said if isinstance(said, SafeString) else escape(str(said))
        return mark_safe("".join(filled))


def stencil(template: str, **context: Any) -> Stencil:
    """The template, drawn for a context in which some things are `Places`."""
    return Stencil(tuple(PLACE.split(render_to_string(template, context))))
