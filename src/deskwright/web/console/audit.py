"""The audit log as a page with filters, and exactly what they find as a file. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk import audit, audit_log
from deskwright.desk.audit_log import OPERATOR, Wanted
from deskwright.desk.errors import NotFound
from deskwright.desk.numbers import number_in
from deskwright.store.models import Agent, AuditEntry
from deskwright.web.console.audit_words import DOORS, KINDS, line_of, told
from deskwright.web.console.exporting import CSV, export_page, line, safe
from deskwright.web.console.exporting import RIGHT as EXPORT
from deskwright.web.console.frame import settings_page, show
from deskwright.web.downloads import streamed
from deskwright.web.look import Look
from deskwright.web.words import field

RIGHT, HERE = "audit:see", "audit"
PAGE: Final = 50
DAY: Final = timedelta(days=1)
CHANGES_SHOWN: Final = 200
"""Characters of a value; the file has all of it."""


def meant(day: date) -> None:
    """Raises ValidationError for a day nobody means."""
    if not audit_log.meant(day):
        raise forms.ValidationError(_("This is no day of the log."))


class Filter(forms.Form):
    """What the page asks for, out of its address. What is wrong stands beside its field, and nothing is found."""

    q = forms.CharField(
        label=gettext_lazy("Words"), required=False, max_length=100, widget=forms.TextInput({"data-slash": True})
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    person = forms.TypedChoiceField(label=gettext_lazy("Who"), required=False, coerce=int, empty_value=None)
    thing = forms.CharField(label=gettext_lazy("Ticket or customer"), required=False, max_length=40)
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        validators=[meant],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        validators=[meant],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, asked: QueryDict) -> None:
        super().__init__({name: str(value).replace("\0", "") for name, value in asked.items()})
        kinds: Any = self.fields["kind"]
        kinds.choices = [("", _("Everything")), *((key, name) for key, (_icon, name) in KINDS.items())]
        people = Agent.objects.order_by("name").values_list("pk", "name")
        person: Any = self.fields["person"]
        person.choices = [("", _("Anybody")), (OPERATOR, _("Nobody of the desk")), *people]
        self.fields["thing"].widget.attrs["placeholder"] = _("#17, customer 5")

    def clean_thing(self) -> str:
        written = self.cleaned_data["thing"].strip()
        if written and not audit_log.thing_of(written):
            raise forms.ValidationError(_("Write #17 for a ticket, customer 5 or organisation 3."))
        return audit_log.thing_of(written)

    def carried(self) -> dict[str, str]:
        """What was asked for, as an address carries it."""
        return {name: value for name, value in self.data.items() if value and name in self.fields}

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        text = said["q"].strip()
        until = midnight(said["until"]) + DAY if said["until"] else None
        since = midnight(said["since"]) if said["since"] else None
        return Wanted(text, said["kind"], "", said["person"], said["thing"], since, until)


def midnight(day: Any) -> datetime:
    """When the day begins where the reader is."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    form = Filter(request.GET)
    fine = form.is_valid()
    rows = list(audit_log.found(form.wanted(), place(request.GET.get("before", "")))[: PAGE + 1]) if fine else []
    carried = form.carried()
    older = urlencode({**carried, "before": written(rows[PAGE - 1])}) if len(rows) > PAGE else ""
    context = {
        "title": _("Audit log"),
        "form": form,
        "rows": shown(rows[:PAGE], look),
        "older": older,
        "carried": urlencode(carried),
        "may_export": look.may(EXPORT),
        "wrong": not fine,
        "status": 200 if fine else 422,
    }
    return show(request, "console/audit.html", look, HERE, **context)


def shown(rows: Sequence[AuditEntry], look: Look) -> list[dict[str, Any]]:
    names = dict(Agent.objects.filter(pk__in={entry.actor for entry in rows}).values_list("pk", "name"))
    return [row_of(audit_log.told(entry, look.veil), names.get(entry.actor or 0, ""), look) for entry in rows]


def row_of(entry: dict[str, Any], name: str, look: Look) -> dict[str, Any]:
    """An entry as the page tells it; `name` is that of the agent, "" for none."""
    icon, kind = KINDS[entry["kind"]]
    sentence, beside = told(entry, name, look)
    changes = [(field(of), short(old), short(new)) for of, (old, new) in entry["changes"].items() if old or new]
    return entry | {
        "icon": icon,
        "kind_name": kind,
        "sentence": sentence,
        "beside": beside,
        "changes": changes,
        "door_said": DOORS.get(entry["door"], entry["door"]),
    }


def short(value: Any) -> str:
    """A value as the page tells it; "" for none."""
    text = "" if value in (None, "", [], {}) else value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= CHANGES_SHOWN else f"{text[:CHANGES_SHOWN]}…"


def written(entry: AuditEntry) -> str:
    """The place of an entry, as an address carries it."""
    return f"{entry.at.isoformat()}~{entry.pk}"


def place(text: str) -> audit_log.Place | None:
    """None, the beginning, for what is no place."""
    at, _tilde, number = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    row = number_in(number)
    return (moment, row) if row is not None and moment.tzinfo and audit_log.meant(moment) else None


@export_page(RIGHT)
def export(request: HttpRequest, look: Look, kind: str) -> Any:
    """What the filter finds, each entry with its sentence, as CSV or JSON lines. That it was exported is noted too."""
    form = Filter(request.GET)
    if kind not in {"csv", "jsonl"} or not form.is_valid():
        raise NotFound(_("There is no such file."))
    wanted = form.wanted()
    what = urlencode(form.carried())
    audit.taken(look.actor, "audit.exported", what, now=look.now, rows=audit_log.found(wanted).count())
    names = dict(Agent.objects.values_list("pk", "name"))
    rows = (
        row | {"said": line_of(row, names.get(row["actor"], ""), look)} for row in audit_log.rows(wanted, look.veil)
    )
    lines = (orjson.dumps(row) + b"\n" for row in rows) if kind == "jsonl" else table(rows)
    return streamed(lines, f"audit.{kind}", "application/jsonl" if kind == "jsonl" else CSV)


def table(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    columns = (*audit_log.COLUMNS, "said")
    yield line(columns)
    for row in rows:
        told = row | {"at": row["at"].isoformat(), "changes": orjson.dumps(row["changes"]).decode()}
        yield line([safe("" if told[name] is None else str(told[name])) for name in columns])
