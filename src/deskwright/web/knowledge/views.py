"""The knowledge base for the desk's people: find, read, write, publish, look at earlier versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk.access import STAFF
from deskwright.desk.errors import NotFound
from deskwright.desk.knowledge import articles, finding, suggesting
from deskwright.store.models import ArticleRevision
from deskwright.web.filling import made, saving
from deskwright.web.frame import framed, show
from deskwright.web.gate import asks
from deskwright.web.knowledge.forms import ArticleForm, initial, words_of
from deskwright.web.look import Look, is_part, page
from deskwright.web.workspace.markdown import page_html

HERE: Final = "knowledge"
STATES: Final = (
    ("", gettext_lazy("All")),
    ("published", gettext_lazy("Published")),
    ("draft", gettext_lazy("Drafts")),
    ("archived", gettext_lazy("Archived")),
)
Move = Callable[..., None]
MOVES: Final[Mapping[str, tuple[Move, Any]]] = {
    "publish": (articles.publish, gettext_lazy("Published")),
    "archive": (articles.archive, gettext_lazy("Archived. It can be published again.")),
    "withdraw": (articles.withdraw, gettext_lazy("A draft again")),
}


@page
@asks(STAFF)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    text, state = request.GET.get("q", "").strip()[:200], request.GET.get("state", "")
    state = state if state in articles.STATES else ""
    rows = [row | {"gist": suggesting.gist(row["body"])} for row in map(dict, finding.for_staff(text, state))]
    context = {
        "rows": rows,
        "text": text,
        "state": state,
        "states": STATES,
        "may_write": articles.may(look.actor, "write"),
        "today": look.now.date(),
    }
    if is_part(request):
        return render(request, "knowledge/results.html", context)
    return show(request, "knowledge/page.html", look, HERE, **context)


@page
@asks(STAFF)
def article(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    found = finding.article(number)
    context = {
        "article": found,
        "html": page_html(found.body),
        "may_write": may_edit(look, found.state, found.audience),
        "may_publish": articles.may(look.actor, "publish", found.audience),
        "address": suggesting.path(found.pk, found.title),
        "today": look.now.date(),
    }
    return show(request, "knowledge/article.html", look, HERE, **context)


def may_edit(look: Look, state: str, audience: str) -> bool:
    return articles.may(look.actor, "publish" if state == "published" else "write", audience)


@page
@asks("knowledge:write")
def write(request: HttpRequest, look: Look) -> HttpResponse:
    articles.require(look.actor, "write")
    form = ArticleForm(request.POST or None)
    if request.method == "POST":
        number = made(form, lambda said: articles.write(look.actor, words_of(said), now=look.now))
        if number:
            success(request, _("Draft saved"))
            return HttpResponseRedirect(reverse("article", args=[number]))
    return editor(request, look, form, title=_("New article"), cancel=reverse("knowledge"))


@page
@asks("knowledge:write")
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    found = finding.article(number)
    articles.require(look.actor, "publish" if found.state == "published" else "write", found.audience)
    form = ArticleForm(request.POST or None, initial=initial(found))
    here = reverse("article", args=[number])

    def act(said: dict[str, Any]) -> None:
        articles.rewrite(look.actor, number, words_of(said), now=look.now, seen=said["seen"])

    if request.method == "POST" and saving(form, act):
        success(request, _("Saved"))
        return HttpResponseRedirect(here)
    return editor(request, look, form, title=found.title, cancel=here, live=found.state == "published")


def editor(request: HttpRequest, look: Look, form: ArticleForm, **context: Any) -> HttpResponse:
    """The form; 422 with its faults."""
    status = 422 if form.is_bound and form.errors else 200
    whole = framed(look, HERE, form=form, html=page_html(str(form["body"].value() or "")), **context)
    return render(request, "knowledge/edit.html", whole, status=status)


@require_POST
@page
@asks("knowledge:write")
def preview(request: HttpRequest, look: Look) -> HttpResponse:
    """The text as readers will see it."""
    return HttpResponse(page_html(request.POST.get("body", "")[: articles.LONGEST]))


@require_POST
@page
@asks("knowledge:write")
def move(request: HttpRequest, look: Look, number: int, deed: str) -> HttpResponse:
    """Publish, archive or withdraw."""
    if deed not in MOVES:
        raise NotFound(_("There is no such page."))
    act, said = MOVES[deed]
    act(look.actor, number, now=look.now)
    success(request, str(said))
    return HttpResponseRedirect(reverse("article", args=[number]))


@page
@asks(STAFF)
def versions(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Every version, the latest first."""
    found = finding.article(number)
    kept = ArticleRevision.objects.filter(article=found).select_related("author").order_by("-number")[:50]
    rows = [{"row": one, "html": page_html(one.body), "now": one.number == found.revision} for one in kept]
    may_write = may_edit(look, found.state, found.audience)
    return show(request, "knowledge/versions.html", look, HERE, article=found, rows=rows, may_write=may_write)


@require_POST
@page
@asks("knowledge:write")
def restore(request: HttpRequest, look: Look, number: int, revision: int) -> HttpResponse:
    articles.restore(look.actor, number, revision, now=look.now)
    success(request, _("Version %(number)s is back") % {"number": revision})
    return HttpResponseRedirect(reverse("article", args=[number]))
