"""The portal's first pages: search, articles by category, one article, and suggestions while a question is typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from deskwright.desk.errors import NotFound
from deskwright.desk.knowledge import articles, finding, suggesting
from deskwright.desk.numbers import numbers_in
from deskwright.store.models import Article
from deskwright.web.workspace.markdown import page_html

VOTED: Final = "voted"
KEPT_FOR: Final = 365 * 86400
LONGEST: Final = 4000


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Search first; below it the shelf. A part (`part=1`) is what changes while somebody types."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    rows = [listed(row) for row in finding.public(text)]
    shown = {
        "text": text,
        "rows": rows if text else [],
        "shelf": [] if text else list(by_category(rows)),
    }
    template = "portal/results.html" if request.GET.get("part") else "portal/home.html"
    return render(request, template, shown)


def listed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": row["title"],
        "category": row["category"],
        "gist": suggesting.gist(row["body"]),
        "url": suggesting.path(row["id"], row["title"]),
    }


def by_category(rows: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for category, group in groupby(rows, key=lambda row: row["category"]):
        yield category or _("More"), list(group)


@login_not_required
@require_GET
def article(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    found = public(number)
    address = suggesting.path(found.pk, found.title)
    if request.path != address:
        return redirect(address, permanent=False)
    shown = {
        "article": found,
        "html": page_html(found.body),
        "voted": number in votes(request),
    }
    return render(request, "portal/article.html", shown)


def public(number: int) -> Article:
    try:
        return finding.public_article(number)
    except NotFound:
        raise Http404 from None


def votes(request: HttpRequest) -> list[int]:
    """The articles this browser has voted on."""
    said = request.COOKIES.get(VOTED, "")
    return numbers_in(said.split("."))[-100:]


@login_not_required
@require_POST
def vote(request: HttpRequest, number: int) -> HttpResponse:
    """Whether it helped: counted once for a browser."""
    found = public(number)
    answer = redirect(suggesting.path(found.pk, found.title))
    known = votes(request)
    if number not in known and request.POST.get("helped") in {"yes", "no"}:
        articles.vote(number, helped=request.POST["helped"] == "yes")
        said = ".".join(map(str, [*known, number]))
        answer.set_cookie(VOTED, said, KEPT_FOR, secure=request.is_secure(), httponly=True, samesite="Lax")
    return answer


@csrf_exempt  # as the form may stand in a frame on another site; it only reads
@login_not_required
@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """Articles that may answer what is being typed; empty when none fits."""
    subject, text = (request.POST.get(name, "")[:LONGEST] for name in ("subject", "text"))
    found = suggesting.suggest(subject, text, least=suggesting.TYPING)
    return render(request, "portal/suggestions.html", {"articles": found})
