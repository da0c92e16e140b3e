"""Articles beside a ticket: those that fit it, and all of them for the composer to choose from. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from deskwright.desk.knowledge import finding, suggesting
from deskwright.web.gate import asks
from deskwright.web.look import Look, page
from deskwright.web.workspace.head import found


@page
@asks("tickets:see")
def choose(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The chooser: what fits the ticket first, then every public article."""
    head = found(look, number)
    fitting = suggesting.suggest(head["subject"], head["description"], head["language"])
    known = {one.id for one in fitting}
    rest = [other(row) for row in finding.public() if row["id"] not in known]
    return render(request, "ticket/article_choices.html", {"fitting": fitting, "rest": rest, "ticket": head})


def other(row: Mapping[str, Any]) -> dict[str, Any]:
    url = suggesting.public_url(row["id"], row["title"])
    return {"title": row["title"], "link": suggesting.link(row["title"], url), "category": row["category"]}
