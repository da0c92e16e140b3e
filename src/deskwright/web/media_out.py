"""Files of messages, for the provider that sends them on: who has the signed address gets the file while it lasts."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from deskwright.desk import clock
from deskwright.desk.errors import NotFound
from deskwright.desk.texting import links
from deskwright.web.downloads import download


@login_not_required
@require_safe
def fetch(request: HttpRequest, token: str) -> HttpResponse:
    try:
        file = links.file_at(token, clock.now())
    except NotFound as gone:
        return HttpResponse(gone.sentence, status=404, content_type="text/plain; charset=utf-8")
    answer = download(file.content, file.name, file.content_type)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
