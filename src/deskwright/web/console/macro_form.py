"""The form of one macro: its words in every language, and what it does. Reads a macro into fields and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from deskwright.desk.macros.actions import ME, NOBODY
from deskwright.desk.macros.shelf import Written
from deskwright.desk.settings.rights import holds
from deskwright.engine.workflow import FieldSpec
from deskwright.store.models import Agent, Macro, Team
from deskwright.store.queries import desk as people
from deskwright.web.look import Look
from deskwright.web.words import PRIORITIES, custom_choice, custom_field, spoken, ticket_type, word
from deskwright.web.workspace.choosing import statuses

OFFERED: Final = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "ja")
"""Languages a macro can be written in, beside those it is written in already."""
ANY: Final = ""
"""The text for every language that has none of its own."""
MINE, ALL = "mine", "all"
Choices = list[tuple[str, str]]
LEFT: Final = gettext_lazy("leave as it is")


class MacroForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    folder = forms.CharField(
        label=gettext_lazy("Folder"), max_length=80, required=False, help_text=gettext_lazy("Groups it in the picker.")
    )
    whose = forms.ChoiceField(label=gettext_lazy("For whom"))
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    queue = forms.ChoiceField(label=gettext_lazy("Queue"), required=False)
    assignee = forms.ChoiceField(label=gettext_lazy("Assignee"), required=False)
    tag = forms.CharField(
        label=gettext_lazy("Add tags"), required=False, help_text=gettext_lazy("Separated by commas.")
    )
    untag = forms.CharField(label=gettext_lazy("Remove tags"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Internal note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    checklist = forms.CharField(
        label=gettext_lazy("Checklist"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Each line is an item."),
    )

    def __init__(self, *args: Any, look: Look, **more: Any) -> None:
        super().__init__(*args, **more)
        self.languages = languages(self.initial)
        self.look, self.specs = look, [one for one in look.workflow.fields.values() if one.of == "ticket"]
        for code, name in self.languages:
            area = forms.Textarea(attrs={"rows": 7})
            self.fields[text_name(code)] = forms.CharField(label=name, required=False, widget=area)
        for spec in self.specs:
            self.fields[f"field_{spec.name}"] = field_for(spec)
        for name, choices in self.choices().items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def choices(self) -> dict[str, Choices]:
        """What each of the selects offers."""
        flow, left = self.look.workflow, [("", str(LEFT))]
        agents = [(str(row["id"]), row["name"]) for row in people.agents(self.look.actor.pk)]
        return {
            "whose": whose(self.look.actor),
            "status": left + [(one.value, one.title) for one in statuses(flow, None)],
            "priority": left + [(name, word("priority", name)) for name in PRIORITIES],
            "type": left + [(name, ticket_type(name)) for name in flow.types],
            "queue": left + [(name, spoken(name)) for name in flow.queues],
            "assignee": [*left, (ME, _("whoever uses it")), (NOBODY, _("nobody")), *agents],
        }

    @property
    def texts(self) -> Iterator[BoundField]:
        return (self[text_name(code)] for code, _name in self.languages)

    @property
    def properties(self) -> Iterator[BoundField]:
        return (self[name] for name in ("status", "priority", "type", "queue", "assignee", "tag", "untag"))

    @property
    def custom(self) -> Iterator[BoundField]:
        return (self[f"field_{spec.name}"] for spec in self.specs)

    def written(self) -> Written:
        """The macro as the form says it."""
        said = self.cleaned_data
        kind, _colon, team = said["whose"].partition(":")
        fields = {spec.name: said[f"field_{spec.name}"] for spec in self.specs if said[f"field_{spec.name}"]}
        actions = {name: said[name] for name in ("status", "priority", "type", "queue")}
        actions |= {"assignee": int(who) if (who := said["assignee"]).isdecimal() else who}
        actions |= {name: parted(said[name]) for name in ("tag", "untag")}
        return Written(
            name=said["name"],
            folder=said["folder"],
            texts={code: said[text_name(code)] for code, _name in self.languages},
            note=said["note"],
            actions=actions | {"fields": fields, "checklist": said["checklist"].splitlines()},
            team=Team.objects.filter(pk=team).first() if team.isdecimal() else None,
            personal=kind == MINE,
        )

    @staticmethod
    def blank(actor: Agent, words: str = "") -> dict[str, Any]:
        return {"whose": ALL if holds(actor, "macros:share") else MINE, text_name(ANY): words}

    @staticmethod
    def start(macro: Macro) -> dict[str, Any]:
        """The macro as the form shows it."""
        does = dict(macro.actions)
        fields = {f"field_{name}": as_text(value) for name, value in does.pop("fields", {}).items()}
        does |= {name: ", ".join(does.get(name, ())) for name in ("tag", "untag")}
        does |= {"checklist": "\n".join(does.get("checklist", ())), "assignee": str(does.get("assignee", ""))}
        texts = {text_name(code): text for code, text in macro.texts.items()}
        team = f"team:{macro.team_id}" if macro.team_id else ALL
        known = {"name": macro.name, "folder": macro.folder, "note": macro.note}
        return {**does, **fields, **texts, **known, "whose": MINE if macro.owner_id else team}


def languages(written: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """(code, name) of those offered and those already written: first the text for all that have none of their own."""
    there = [name.removeprefix("text_") for name in written if name.startswith("text_") and name != text_name(ANY)]
    codes = dict.fromkeys([*OFFERED, *there])
    return [(ANY, _("Any other language")), *((code, language_name(code)) for code in codes)]


def language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def text_name(code: str) -> str:
    return f"text_{code or 'any'}"


def whose(actor: Agent) -> Choices:
    mine = [(MINE, _("Only me"))]
    if not holds(actor, "macros:share"):
        return mine
    return [(ALL, _("Everybody")), *((f"team:{team.pk}", team.name) for team in Team.objects.all()), *mine]


def field_for(spec: FieldSpec) -> forms.Field:
    left = [("", str(LEFT))]
    if spec.type == "boolean":
        yes_no = [*left, ("yes", _("Yes")), ("no", _("No"))]
        return forms.ChoiceField(label=custom_field(spec), choices=yes_no, required=False)
    if spec.type == "choice":
        offered = [*left, *((choice, custom_choice(spec, choice)) for choice in spec.choices)]
        return forms.ChoiceField(label=custom_field(spec), choices=offered, required=False)
    if spec.type == "date":
        day = forms.TextInput(attrs={"type": "date"})
        return forms.CharField(label=custom_field(spec), required=False, widget=day)
    return forms.CharField(label=custom_field(spec), required=False)


def as_text(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def parted(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
