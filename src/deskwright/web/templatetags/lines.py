"""The line of a ticket, for templates of lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from deskwright.web.lists import lines

register = template.Library()


@register.simple_tag(takes_context=True)
def line(context: Context, row: Mapping[str, Any]) -> SafeString:
    """One line of a list in the shape of the page."""
    return lines.drawn(row, context["shape"].columns, context["now"])
