"""The form of an article. It checks what was typed; saving is the desk's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deskwright.desk.knowledge.articles import LONGEST, Words
from deskwright.store.models import Article


class ArticleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As a customer would ask it."))
    category = forms.CharField(
        label=_("Category"), max_length=80, required=False, help_text=_("The heading it stands under in the portal.")
    )
    audience = forms.ChoiceField(
        label=_("Who may read it"), choices=[("public", _("Customers and the desk")), ("internal", _("The desk only"))]
    )
    language = forms.CharField(label=_("Language"), max_length=12, initial="en", help_text=_("en, de, pt-br …"))
    review_by = forms.DateField(
        label=_("Look at it again by"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    body = forms.CharField(label=_("Text, in Markdown"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 20}))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


def words_of(said: dict[str, Any]) -> Words:
    return Words(**{name: value for name, value in said.items() if name != "seen"})


def initial(article: Article) -> dict[str, Any]:
    names = ("title", "category", "audience", "language", "review_by", "body")
    return {name: getattr(article, name) for name in names} | {"seen": article.revision}
