"""The words of the desk's own letters, by language: variables checked, preview, test mail, back to the default."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk.answering import wording
from deskwright.desk.answering.testing import send_test
from deskwright.desk.errors import Invalid
from deskwright.desk.settings import furnishing, house
from deskwright.desk.settings.house import Words
from deskwright.web.console.frame import form_page, saved, settings_page, show
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = "templates:manage", "letters"


class LetterForm(forms.Form):
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Empty: that of the ticket."),
    )
    text = forms.CharField(
        label=gettext_lazy("Plain text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10, "class": "code"})
    )
    html = forms.CharField(
        label=gettext_lazy("HTML"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("Empty: made from the plain text."),
    )


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    known = house.house()
    rows = [
        {"kind": kind, "letter": letter, "languages": languages(kind, known)}
        for kind, letter in wording.LETTERS.items()
    ]
    return show(request, "console/letters.html", look, HERE, title=_("Letters"), rows=rows)


def languages(kind: str, known: house.House) -> list[dict[str, Any]]:
    """Every language the letter is worded in, and whether the words are the desk's own."""
    own = {language for named, language in known.words if named == kind}
    found = sorted({*own, *(one for one in wording.LANGUAGES if wording.programme(kind, one))})
    return [{"code": one, "title": wording.LANGUAGES.get(one, one), "own": one in own} for one in found]


@settings_page(RIGHT)
def add(request: HttpRequest, look: Look, kind: str) -> HttpResponse:
    """A language that is missing: its code leads to the letter's page, which starts with the English words."""
    language = request.GET.get("language", "").strip().lower()
    if kind not in wording.LETTERS or not wording.CODE.fullmatch(language):
        raise Invalid(_("A language is written as its code, such as nl or pt-br."))
    return edit(request, kind=kind, language=language)


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, kind: str, language: str) -> HttpResponse:
    if kind not in wording.LETTERS or not wording.CODE.fullmatch(language):
        raise Http404
    letter, known = wording.LETTERS[kind], house.house()
    form = LetterForm(request.POST or None, initial=wording.words_for(kind, language, known)._asdict())
    own = (kind, language) in known.words
    here = reverse("letter", args=[kind, language])
    context = {"letter": letter, "kind": kind, "language": language, "own": own, "about": letter.about}

    def act(said: dict[str, Any]) -> None:
        words = Words(**said)
        wording.check(kind, words)
        if request.POST.get("do") not in {"preview", "test"}:
            furnishing.word(look.actor, kind, language, words, now=look.now)
            return
        trying = house.House(known.name, words={(kind, language): words})
        written = wording.worded(kind, language, letter.variables, trying)
        context["preview"] = written
        if request.POST.get("do") == "test":
            send_test(look.actor, kind, written, now=look.now)
            context["tested"] = True

    if request.method == "POST" and saving(form, act) and "preview" not in context:
        return saved(request, here)
    title = f"{letter.title}, {wording.LANGUAGES.get(language, language)}"
    cancel = reverse(HERE)
    return form_page(
        request,
        look,
        HERE,
        form,
        template="console/letter.html",
        title=title,
        cancel=cancel,
        trail=_("Letters"),
        **context,
    )


@require_POST
@settings_page(RIGHT)
def reset(request: HttpRequest, look: Look, kind: str, language: str) -> HttpResponse:
    if kind not in wording.LETTERS:
        raise Http404
    furnishing.word(look.actor, kind, language, None, now=look.now)
    return saved(request, reverse(HERE), _("The programme's own words are used again"))
