"""The form a customer fills in. It checks what was typed; it opens nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskwright.desk.arriving.arrivals import File
from deskwright.engine.workflow import FieldSpec
from deskwright.web.portal.once import fresh_sheet
from deskwright.web.portal.own_fields import PREFIX, OwnField

FILES: Final = 5
FILE_MB: Final = 10
ALL_MB: Final = 20
MB: Final = 1024 * 1024
UNKNOWN: Final = "application/octet-stream"


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return list(files.getlist(name))


class Files(forms.FileField):
    """Several files from one field; an empty tuple when there are none."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> tuple[UploadedFile, ...]:
        files = tuple(super(Files, self).clean(one, initial) for one in data or ())
        if len(files) > FILES:
            raise forms.ValidationError(gettext("Please attach at most %(most)s files.") % {"most": FILES})
        if any(one.size > FILE_MB * MB for one in files):
            raise forms.ValidationError(gettext("Each file may have at most %(most)s MB.") % {"most": FILE_MB})
        if sum(one.size for one in files) > ALL_MB * MB:
            raise forms.ValidationError(gettext("All files together may have at most %(most)s MB.") % {"most": ALL_MB})
        return files


def carried(files: Iterable[UploadedFile]) -> tuple[File, ...]:
    """The files as the desk takes them in."""
    return tuple(File(file.name or "", file.content_type or UNKNOWN, file.read()) for file in files)


class Answer(forms.Form):
    """A further word of a customer who came in."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=50_000,
        widget=forms.Textarea,
        error_messages={"required": _("Please write something.")},
    )
    attachments = Files(label=_("Files"), required=False)
    sheet = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput, initial=fresh_sheet)


class Question(forms.Form):
    """A new question. `website` is a trap: people do not see it, programs that fill in everything do."""

    name = forms.CharField(label=_("Your name"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("Your email"),
        max_length=254,
        error_messages={
            "required": _("We need an address to answer to."),
            "invalid": _("This is not a complete email address."),
        },
    )
    subject = forms.CharField(
        label=_("What is it about?"), max_length=300, error_messages={"required": _("A few words are enough.")}
    )
    type = forms.ChoiceField(label=_("What is it?"))
    category = forms.ChoiceField(label=_("Topic"), required=False)
    text = forms.CharField(
        label=_("Tell us more"),
        max_length=50_000,
        widget=forms.Textarea,
        error_messages={"required": _("Please tell us what happened.")},
    )
    attachments = Files(label=_("Files"), required=False)
    sheet = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput, initial=fresh_sheet)
    issue = forms.IntegerField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(label=_("Leave this empty"), required=False)

    def __init__(
        self,
        *args: Any,
        topics: Iterable[tuple[str, str]] = (),
        types: Sequence[tuple[str, str]] = (),
        asked: Sequence[FieldSpec] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["type"].choices = list(types)  # type: ignore[attr-defined]
        if not types:
            del self.fields["type"]
        self.fields |= {PREFIX + spec.name: OwnField(spec) for spec in asked}
        choices: Sequence[tuple[str, Any]] = [("", _("I am not sure")), *topics]
        self.fields["category"].choices = choices  # type: ignore[attr-defined]
        for name in ("name", "subject", "text"):
            self.fields[name].strip = True  # type: ignore[attr-defined]

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(gettext("Please leave this field empty, then send again."))
        return ""

    @property
    def own(self) -> list[BoundField]:
        """The workflow's own fields among them."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def answers(self) -> dict[str, Any]:
        """What was answered to them, typed."""
        given = {name: self.cleaned_data.get(name) for name in self.fields if name.startswith(PREFIX)}
        return {name.removeprefix(PREFIX): value for name, value in given.items() if value is not None}

    @property
    def trapped(self) -> bool:
        return "website" in self.errors
