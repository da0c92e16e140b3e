"""The workflow's own fields in the customers' form: the types they may choose, and what each asks for.

What is asked depends on what is filled in so far. Without a script, sending shows what is still to be answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deskwright.desk.fields.forms import asked_of_customers
from deskwright.desk.fields.values import typed
from deskwright.engine.workflow import FieldSpec, Workflow, in_language
from deskwright.web.words import custom_choice, custom_field, ticket_type

PREFIX: Final = "field_"


def types_offered(workflow: Workflow) -> list[tuple[str, str]]:
    """The ticket types customers choose among; one alone is no choice."""
    known = [(one.name, ticket_type(one.name)) for one in workflow.types.values() if one.portal]
    return known if len(known) > 1 else []


def asked(workflow: Workflow, given: Mapping[str, Any], now: datetime) -> list[FieldSpec]:
    """The fields the form asks for, as it is filled in: an answer counts only where its own field is asked for."""
    known: dict[str, Any] = {"type": given.get("type"), "category": given.get("category") or None, "fields": {}}
    specs: list[FieldSpec] = []
    for _round in range(len(workflow.fields) + 1):
        specs = asked_of_customers(workflow, known, now)
        answers = {spec.name: answer for spec in specs if (answer := read(spec, given)) is not None}
        if answers == known["fields"]:
            break
        known["fields"] = answers
    return specs


def read(spec: FieldSpec, given: Mapping[str, Any]) -> Any:
    with suppress(ValueError):
        return typed(spec, given.get(PREFIX + spec.name))
    return None


class OwnField(forms.Field):
    """One field of the workflow as a form's field; its value comes out typed."""

    def __init__(self, spec: FieldSpec) -> None:
        language = get_language() or ""
        required = spec.required == "on_open"
        super().__init__(
            label=custom_field(spec), help_text=in_language(spec.help, language), required=required, widget=widget(spec)
        )
        self.spec = spec
        self.error_messages["required"] = _("Please answer this too.")

    def clean(self, value: Any) -> Any:
        said = super().clean(value)
        try:
            return typed(self.spec, said)
        except ValueError:
            raise forms.ValidationError(WRONG[self.spec.type]()) from None


WRONG: Final = {
    "text": lambda: _("This is too long."),
    "number": lambda: _("This is not a number."),
    "date": lambda: _("This is not a date."),
    "boolean": lambda: _("Please choose yes or no."),
    "choice": lambda: _("Please choose one of these."),
}


def widget(spec: FieldSpec) -> forms.Widget:
    if spec.type == "choice":
        return forms.Select(choices=[("", "–"), *((name, custom_choice(spec, name)) for name in spec.choices)])
    if spec.type == "boolean":
        return forms.Select(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))])
    if spec.type == "date":
        return forms.TextInput(attrs={"type": "date"})
    return forms.TextInput(attrs={"inputmode": "decimal"} if spec.type == "number" else {"maxlength": "5000"})
