"""A form field of the portal, drawn with its label, hint and faults tied to it for screen readers. No decisions."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, Select

register = template.Library()


@register.inclusion_tag("portal/field.html")
def field(field: BoundField, *, wide: bool = False, hint: str = "", **attributes: str) -> dict[str, Any]:
    """`attributes` go onto the control itself."""
    described = [f"{field.id_for_label}-{part}" for part, there in (("hint", hint), ("problem", field.errors)) if there]
    look = "input select" if isinstance(field.field.widget, Select) else "input"
    known: dict[str, str | bool] = {"class": look, **attributes}
    if described:
        known["aria-describedby"] = " ".join(described)
    return {"field": field, "control": field.as_widget(attrs=known), "hint": hint, "wide": wide}
