"""The first run's forms. They check what was typed; they change nothing."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskwright.desk.starters import STARTERS
from deskwright.web.console.mail import ServerForm

MOST = 100


class Colleague(NamedTuple):
    name: str
    email: str
    team: str


class AccountForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("It is printed by deskwright run, beside the address of this page.")
    )
    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Your email"), max_length=254)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
    )


class DeskForm(forms.Form):
    name = forms.CharField(label=_("Name of your desk"), max_length=80, help_text=_("Customers see it in mails."))
    portal_title = forms.CharField(label=_("Greeting in the portal"), max_length=120, required=False)


class MailForm(ServerForm):
    mail_from = forms.EmailField(label=_("Support address"), max_length=254)
    field_order = ("mail_from",)

    def __init__(self, *args: Any, by_environment: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields.pop("mailbox", None)
        if by_environment:
            for name in ("host", "port", "tls", "user", "password"):
                del self.fields[name]
        else:
            self.fields["host"].required = False


class PeopleForm(forms.Form):
    people = forms.CharField(
        label=_("Colleagues"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "Ada Quill, ada@example.com, Support"}),
        help_text=_("One a line: name, email, team. The team may be left out; teams that are new are founded."),
    )

    def clean_people(self) -> list[Colleague]:
        lines = [line for line in self.cleaned_data["people"].splitlines() if line.strip()]
        if len(lines) > MOST:
            raise ValidationError(gettext("At most %(most)s at once, please.") % {"most": MOST})
        return [colleague(number, line) for number, line in enumerate(lines, 1)]


class WorkflowForm(forms.Form):
    starter = forms.ChoiceField(label=_("To begin with"), choices=[*STARTERS.items()], widget=forms.RadioSelect)
    zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(name, name) for name in sorted(available_timezones()) if "/" in name]
    )


def colleague(number: int, line: str) -> Colleague:
    """Raises ValidationError naming the line."""
    name, email, team, *more = [*(part.strip() for part in line.split(",")), "", ""]
    try:
        validate_email(email)
    except ValidationError:
        email = ""
    if not name or not email or any(more[:-1]):
        said = gettext("Line %(number)s is not “name, email, team”.") % {"number": number}
        raise ValidationError(said)
    return Colleague(name, email.lower(), team)


def key_of(team: str) -> str:
    """The key a team of this name gets."""
    key = re.sub(r"[^a-z0-9]+", "_", team.lower()).strip("_")[:50]
    return key if key[:1].isalpha() else f"team_{key}".strip("_")[:50]
