"""What stands on a page many times, for templates: the lines of tickets, the lines of the rail."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from deskwright.web.lists import lines
from deskwright.web.stencils import Places, Stencil, stencil

register = template.Library()


@register.simple_tag(takes_context=True)
def line(context: Context, row: Mapping[str, Any]) -> SafeString:
    """One line of a list in the shape of the page."""
    return lines.drawn(row, context["shape"].columns, context["now"])


@register.simple_tag
def place(place: object, here: str) -> SafeString:
    """One line of the rail; `here` names the one that is open."""
    return rail_place(getattr(place, "name", "") == here).fill(lambda name: getattr(place, name))


@cache
def rail_place(current: bool) -> Stencil:
    return stencil("parts/rail_place.html", place=Places(), current=current)
