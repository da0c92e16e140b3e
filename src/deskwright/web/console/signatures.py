"""Signatures on the console's forms: one for every language, one for each that has its own, and how they look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from deskwright.desk.answering import signatures
from deskwright.desk.errors import Invalid
from deskwright.web.filling import saving

ONE = "signature_"
"""How the fields of single languages begin."""


class SignedForm(forms.Form):
    """A form with `signature` and `signatures` (language -> text) among its values."""

    signature = forms.CharField(
        label=gettext_lazy("Signature"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Under every reply, below the agent's own; in Markdown. $agent, $agent_email, $desk, $team, $number and "
            "$customer stand for what they name."
        ),
    )

    previewed = False
    """Whether the signatures are shown as their readers see them."""

    def __init__(self, data: Any, files: Any = None, *, initial: dict[str, Any]) -> None:
        own = initial.get("signatures", {})
        super().__init__(data, files, initial=initial | {ONE + code: text for code, text in own.items()})
        for code, name in signatures.languages(own).items():
            area = forms.Textarea(attrs={"rows": 3, "lang": code})
            self.fields[ONE + code] = forms.CharField(label=name, required=False, max_length=2000, widget=area)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        written = {name: said.pop(name, "") for name in list(self.fields) if name.startswith(ONE)}
        for name, text in {**written, "signature": said.get("signature", "")}.items():
            try:
                signatures.check(text, name)
            except Invalid as refusal:
                self.add_error(name, refusal.sentence)
        said["signatures"] = {name.removeprefix(ONE): text for name, text in written.items() if text.strip()}
        return said

    @property
    def plain(self) -> list[forms.BoundField]:
        """Fields that are no signature of a single language."""
        return [field for field in self if not field.name.startswith(ONE)]

    @property
    def spoken(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith(ONE)]

    @property
    def open(self) -> bool:
        """Whether the languages need to be seen."""
        return any(field.value() or field.errors for field in self.spoken)

    @property
    def looks(self) -> list[tuple[str, str]]:
        """(label, HTML with examples) of each signature that is written."""
        fields = [self["signature"], *self.spoken]
        return [(str(field.label), signatures.example(str(field.value()))[1]) for field in fields if field.value()]


def keeping(request: HttpRequest, form: SignedForm, act: Callable[[dict[str, Any]], Any]) -> bool:
    """As `saving`; `do=preview` only shows what was typed."""
    if request.method != "POST":
        return False
    if request.POST.get("do") == "preview":
        form.previewed = form.is_valid()
        return False
    return saving(form, act)
