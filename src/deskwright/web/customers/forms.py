"""Forms of customers, organisations and first mails. They carry what was typed; the desk checks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from deskwright.desk.access import Veil
from deskwright.engine.values import CHANNELS
from deskwright.engine.workflow import Workflow
from deskwright.store.models import Agent, Organisation
from deskwright.web.words import custom_field, word
from deskwright.web.workspace.fields import as_text

FIELD: Final = "fields."
ADDRESSES: Final = ("email", "phone")


class WithFields(forms.Form):
    """With the custom fields that the workflow declares of the party."""

    def __init__(self, *args: Any, workflow: Workflow, of: str, manages: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        for spec in workflow.fields.values():
            if spec.of == of:
                self.fields[FIELD + spec.name] = control(spec)
        if not manages:
            for name in self.worth & self.fields.keys():
                del self.fields[name]

    def hide(self, veil: Veil, notes: str) -> None:
        """Leave out what a role does not get to see, so that it cannot be written over either."""
        for name in list(self.fields):
            if veil.hides_field(name.removeprefix(FIELD)) and name.startswith(FIELD):
                del self.fields[name]
        if veil.hides(notes):
            del self.fields["notes"]

    worth: frozenset[str] = frozenset({"tier"})
    """Fields for those who say what customers are worth."""


def control(spec: Any) -> forms.Field:
    known: dict[str, Any] = {"label": custom_field(spec), "required": False}
    if spec.type in {"choice", "boolean"}:
        words = [(one, one) for one in spec.choices] or [("yes", _("Yes")), ("no", _("No"))]
        return forms.ChoiceField(choices=[("", "—"), *words], **known)
    if spec.type == "date":
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **known)
    return forms.CharField(max_length=5000, **known)


class PersonForm(WithFields):
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.CharField(label=_("Email address"), max_length=254, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, help_text=_("With its country: +49 30 1234567")
    )
    organisation = forms.TypedChoiceField(label=_("Organisation"), required=False, coerce=int, empty_value=None)
    tier = forms.CharField(
        label=_("Tier"), max_length=40, required=False, help_text=_("Empty: the organisation’s. Targets hang on it.")
    )
    language = forms.CharField(label=_("Language"), max_length=12, required=False, help_text=_("en, de, pt-br …"))
    preferred_channel = forms.ChoiceField(label=_("Prefers"), required=False)
    sees_organisation = forms.BooleanField(
        label=_("Sees all questions of their organisation in the help centre"), required=False
    )
    notes = forms.CharField(
        label=_("Notes"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, of="customer", **more)
        houses = Organisation.objects.filter(merged_into=None).order_by("name").values_list("pk", "name")
        self.fields["organisation"].choices = [("", _("None")), *houses[:2000]]  # type: ignore[attr-defined]
        channels = [("", "—"), *((one, word("channel", one)) for one in CHANNELS)]
        self.fields["preferred_channel"].choices = channels  # type: ignore[attr-defined]


class OrganisationForm(WithFields):
    name = forms.CharField(label=_("Name"), max_length=200)
    domain = forms.CharField(
        label=_("Domain"),
        max_length=253,
        required=False,
        help_text=_("Whoever writes from it is theirs. Not gmail.com and its like: anybody is there."),
    )
    tier = forms.CharField(label=_("Tier"), max_length=40, required=False)
    vip = forms.BooleanField(label=_("Very important"), required=False)
    csm = forms.TypedChoiceField(label=_("Success manager"), required=False, coerce=int, empty_value=None)
    account_manager = forms.TypedChoiceField(label=_("Account manager"), required=False, coerce=int, empty_value=None)
    outreach = forms.BooleanField(label=_("The desk may reach out to them"), required=False)
    notes = forms.CharField(
        label=_("Notes"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    worth = frozenset({"tier", "vip", "csm", "account_manager", "outreach"})

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, of="organisation", **more)
        agents = Agent.objects.filter(is_active=True).order_by("name").values_list("pk", "name")
        for name in {"csm", "account_manager"} & self.fields.keys():
            self.fields[name].choices = [("", _("Nobody")), *agents]  # type: ignore[attr-defined]


class FirstMail(forms.Form):
    to = forms.CharField(label=_("To"), max_length=254, help_text=_("Somebody new becomes a customer."))
    subject = forms.CharField(label=_("Subject"), max_length=1000)
    text = forms.CharField(
        label=_("Message, in Markdown"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 10})
    )
    mine = forms.BooleanField(label=_("Keep the ticket myself"), required=False, initial=True)


class PointForm(forms.Form):
    value = forms.CharField(label=_("Email address or phone number"), max_length=254)


def given(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as the deeds take it."""
    plain = {name: value for name, value in said.items() if not name.startswith(FIELD) and name not in ADDRESSES}
    custom = {name.removeprefix(FIELD): value for name, value in said.items() if name.startswith(FIELD)}
    return plain | ({"fields": custom} if custom else {})


def initial(row: Mapping[str, Any]) -> dict[str, Any]:
    notes = row.get("customer_notes", row.get("organisation_notes", ""))
    known = {**row, "organisation": row.get("organisation_id"), "notes": notes}
    return known | {FIELD + name: as_text(value) for name, value in row["custom"].items()}
