"""Attachments, handed out to whoever may see their ticket; always as a download, never shown as a page of ours."""

from __future__ import annotations

from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deskwright.desk.errors import NotFound
from deskwright.store import blobs
from deskwright.store.queries import ticket as queries
from deskwright.web.look import Look, page


@page
def attachment(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The file of an attachment. Not found: no such one, not one to be seen, or its bytes are gone."""
    row = queries.attachment(number, look.visible)
    if row is None:
        raise NotFound(_("There is no such file, or it is not yours to see."))
    try:
        content = blobs.get(row["sha256"])
    except FileNotFoundError:
        raise NotFound(_("The bytes of this file are not in the store any more.")) from None
    answer = FileResponse(
        BytesIO(content), as_attachment=True, filename=row["name"], content_type="application/octet-stream"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer  # type: ignore[return-value]
