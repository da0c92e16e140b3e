"""The shelf of macros: found, written, changed, put away. Agents keep their own here, leads the shared ones too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk.errors import NotFound
from deskwright.desk.macros import shelf
from deskwright.desk.macros.variables import known
from deskwright.desk.numbers import number_in
from deskwright.store.models import Macro
from deskwright.web.console.frame import form_page, saved, settings_page, show
from deskwright.web.console.macro_form import ANY, MacroForm, language_name
from deskwright.web.filling import saving
from deskwright.web.look import Look

RIGHT, HERE = "macros:write", "macros"
LONGEST = 2000
"""Characters of the words that an address may bring along."""


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    """Those one may change, by folder; `q` finds by name, folder or text, `away` shows what was put away."""
    text, away = request.GET.get("q", "").strip(), bool(request.GET.get("away"))
    macros = shelf.listed(look.actor).filter(archived_at__isnull=not away).order_by("folder", "name", "id")
    rows = [line(macro) for macro in macros if holds_words(macro, text)]
    put_away = shelf.listed(look.actor).filter(archived_at__isnull=False).count()
    context = {"title": _("Macros"), "rows": rows, "text": text, "away": away, "put_away": put_away}
    return show(request, "console/macros.html", look, HERE, **context)


def holds_words(macro: Macro, text: str) -> bool:
    whole = " ".join([macro.name, macro.folder, *macro.texts.values()]).casefold()
    return all(word in whole for word in text.casefold().split())


def line(macro: Macro) -> dict[str, Any]:
    return {"macro": macro, "languages": list(languages(macro)), "does": len(macro.actions) + bool(macro.note)}


def languages(macro: Macro) -> Iterator[str]:
    for code in macro.texts:
        yield _("Any language") if code == ANY else language_name(code)


@settings_page(RIGHT)
def add(request: HttpRequest, look: Look) -> HttpResponse:
    copied = number_in(request.GET.get("copy", ""))
    words = request.GET.get("words", "")[:LONGEST]
    start = MacroForm.blank(look.actor, words) if copied is None else MacroForm.start(mine(look, copied))
    form = MacroForm(request.POST or None, look=look, initial=start)

    def act(said: dict[str, Any]) -> None:
        shelf.write(look.actor, form.written(), now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE), _("Macro added"))
    return macro_page(request, look, form, title=_("New macro"))


@settings_page(RIGHT)
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    macro = mine(look, number)
    form = MacroForm(request.POST or None, look=look, initial=MacroForm.start(macro))

    def act(said: dict[str, Any]) -> None:
        shelf.change(look.actor, number, form.written(), now=look.now)

    if request.method == "POST" and saving(form, act):
        return saved(request, reverse(HERE))
    return macro_page(request, look, form, title=macro.name, macro=macro)


def macro_page(request: HttpRequest, look: Look, form: MacroForm, **context: Any) -> HttpResponse:
    shared = {"cancel": reverse(HERE), "trail": _("Macros"), "template": "console/macro.html"}
    variables = known(look.workflow)
    return form_page(request, look, HERE, form, variables=variables, **shared, **context)


@require_POST
@settings_page(RIGHT)
def put_away(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Off the shelf, or with `back` onto it again."""
    back = bool(request.GET.get("back") or request.POST.get("back"))
    macro = shelf.put_away(look.actor, number, now=look.now, away=not back)
    if back:
        return saved(request, reverse("macro_edit", args=[number]), _("“%(name)s” is back") % {"name": macro.name})
    undo = f"{reverse('macro_away', args=[number])}?back=1"
    return saved(request, reverse(HERE), _("“%(name)s” was put away") % {"name": macro.name}, undo=undo)


def mine(look: Look, number: int) -> Macro:
    macro = shelf.listed(look.actor).filter(pk=number).first()
    if macro is None:
        raise NotFound(_("There is no such macro that you may change."))
    return macro
