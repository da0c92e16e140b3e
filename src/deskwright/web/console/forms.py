"""What the console's forms share: choices of people and teams, without a query for each row."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone

from deskwright.store.models import Agent, Team


class Several(forms.ModelMultipleChoiceField):
    """Several things as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Model) -> str:
        return str(getattr(obj, "name", obj))


def people(**more: Any) -> Several:
    """Active people, by name."""
    return Several(queryset=active(), required=False, **more)


def teams(**more: Any) -> Several:
    return Several(queryset=Team.objects.all(), required=False, **more)


def active() -> QuerySet[Agent]:
    return Agent.objects.filter(is_active=True).order_by("name")


class Names(forms.CharField):
    """Several short names in one line, separated by commas: a list, each once, in the order typed."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return list(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))


class Moment(forms.DateTimeField):
    """An instant, typed as it is on the wall of the desk's time zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, *, zone: str = "UTC", **more: Any) -> None:
        super().__init__(**more)
        self.zone = zone

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(ZoneInfo(self.zone)) if isinstance(value, datetime) else value

    def clean(self, value: Any) -> Any:
        with timezone.override(ZoneInfo(self.zone)):
            return super().clean(value)
