"""Forms that do a deed: what the desk refuses stands beside the field it is about, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import BaseForm

from deskwright.desk.errors import Conflict, Invalid

T = TypeVar("T")


def saving(form: BaseForm, act: Callable[[dict[str, Any]], object]) -> bool:
    """Whether the form was right and the deed was done."""

    def acted(said: dict[str, Any]) -> bool:
        act(said)
        return True

    return bool(made(form, acted))


def made(form: BaseForm, act: Callable[[dict[str, Any]], T]) -> T | None:
    """What the deed gives, None when the form was wrong or the desk refused."""
    if not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except Invalid as refusal:
        beside(form, refusal)
    except Conflict as refusal:
        form.add_error(None, refusal.sentence)
    return None


def beside(form: BaseForm, refusal: Invalid) -> None:
    """The refusal at its fields; what is about none of the form's stands above it."""
    for name, sentence in refusal.fields.items():
        form.add_error(
            next((known for known in (name, name.removesuffix("_id")) if known in form.fields), None), sentence
        )
    if not refusal.fields:
        form.add_error(None, refusal.sentence)
