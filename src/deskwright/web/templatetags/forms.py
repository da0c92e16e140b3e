"""A form field drawn with its label, hint and faults tied to it for screen readers. No decisions."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select

register = template.Library()


@register.inclusion_tag("parts/field.html")
def field(field: BoundField, *, wide: bool = False, hint: str = "", **attributes: str) -> dict[str, Any]:
    """`attributes` go onto the control itself; without a `hint`, the field's own help stands there."""
    hint, widget = hint or str(field.help_text), field.field.widget
    described = [f"{field.id_for_label}-{part}" for part, there in (("hint", hint), ("problem", field.errors)) if there]
    many = isinstance(widget, CheckboxSelectMultiple | RadioSelect)
    known: dict[str, str | bool] = {"class": look(widget), **attributes}
    if described:
        known["aria-describedby"] = " ".join(described)
    return {
        "field": field,
        "control": field.as_widget(attrs=known),
        "hint": hint,
        "wide": wide,
        "check": isinstance(widget, CheckboxInput),
        "many": many,
    }


def look(widget: object) -> str:
    """The control's classes."""
    if isinstance(widget, CheckboxInput | CheckboxSelectMultiple | RadioSelect):
        return "check"
    return "input select" if isinstance(widget, Select) else "input"
