"""The status page: known issues that are worked on, and those solved lately, in words written for customers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from deskwright.desk import clock
from deskwright.desk.knowledge import issues
from deskwright.store.models import KnownIssue
from deskwright.web.workspace.markdown import page_html


@login_not_required
@never_cache
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    shown = {
        "current": [told(issue) for issue in issues.current()],
        "solved": [told(issue) for issue in issues.lately_solved(clock.now())],
    }
    return render(request, "portal/status.html", shown)


def told(issue: KnownIssue) -> dict[str, Any]:
    """All that leaves the desk of an issue."""
    return {
        "id": issue.pk,
        "title": issue.title,
        "html": page_html(issue.text),
        "since": issue.published_at,
        "updated": issue.updated_at,
    }
