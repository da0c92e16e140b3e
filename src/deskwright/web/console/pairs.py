"""A field of lines `left = right`: a mapping in the order typed. It knows nothing of what the words mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _


class Pairs(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{left} = {right}" for left, right in value.items()) if isinstance(value, Mapping) else value

    def clean(self, value: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, line in enumerate(super().clean(value).splitlines(), start=1):
            left, equals, right = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not (left and equals and right):
                raise forms.ValidationError(_("Line %(number)s is not “left = right”.") % {"number": number})
            found.setdefault(left, right)
        return found
