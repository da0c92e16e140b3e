"""Values of custom fields as people and programs give them, read as the workflow declares them. Stores nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.errors import Invalid
from deskwright.engine.workflow import FieldSpec, Workflow, in_language

PREFIX: Final = "fields."
LONGEST: Final = 5_000
LARGEST: Final = 1e15
TRUTHS: Final = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def understood(workflow: Workflow, of: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of fields of a ticket, customer or organisation, typed; None for an empty one.

    Raises Invalid, naming every field that nobody declared and every value that does not fit.
    """
    read, wrong = {}, {}
    for name, value in given.items():
        spec = workflow.fields.get(name)
        if spec is None or spec.of != of:
            wrong[PREFIX + name] = _("is no field here")
            continue
        try:
            read[name] = typed(spec, value)
        except ValueError as refusal:
            wrong[PREFIX + name] = str(refusal)
    if wrong:
        said = (f"{named(workflow, name.removeprefix(PREFIX))} {what}" for name, what in wrong.items())
        raise Invalid("; ".join(said), wrong)
    return read


def named(workflow: Workflow, name: str) -> str:
    """What people call the field."""
    spec = workflow.fields.get(name)
    return (in_language(spec.label, "") if spec else "") or name.replace("_", " ").capitalize()


def typed(spec: FieldSpec, value: Any) -> Any:
    """The value as the field keeps it (a date as ISO text); None for nothing. Raises ValueError with what is wanted."""
    if isinstance(value, str):
        value = value.replace("\x00", "").strip()
    if value is None or value == "":
        return None
    return READERS[spec.type](spec, value)


def text(spec: FieldSpec, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    if len(value) > LONGEST:
        raise ValueError(f"may have at most {LONGEST:,} characters")
    return value.replace("\r\n", "\n")


def number(spec: FieldSpec, value: Any) -> int | float:
    if isinstance(value, str):
        plain = value.replace(" ", "")
        plain = plain.replace(",", ".") if "." not in plain and plain.count(",") == 1 else plain
        value = float("nan")
        with suppress(ValueError):
            value = float(plain)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("must be a number, such as 12 or 12.5")
    if abs(value) > LARGEST:
        raise ValueError("is too large")
    return int(value) if float(value).is_integer() else value


def boolean(spec: FieldSpec, value: Any) -> bool:
    known = value if isinstance(value, bool) else TRUTHS.get(str(value).casefold())
    if known is None:
        raise ValueError("must be yes or no")
    return known


def day(spec: FieldSpec, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise ValueError("must be a date, such as 2026-12-31") from None


def choice(spec: FieldSpec, value: Any) -> str:
    if value not in spec.choices:
        raise ValueError(f"must be one of {', '.join(spec.choices)}")
    return str(value)


READERS: Final[Mapping[str, Callable[[FieldSpec, Any], Any]]] = {
    "text": text,
    "number": number,
    "boolean": boolean,
    "date": day,
    "choice": choice,
}
