"""Files, handed out to whoever may see their ticket: as downloads, and pictures as pictures. Nothing else is opened.

What a picture is, its own bytes say; HTML mail is shown in a frame that runs and loads nothing.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from deskwright.desk import audit
from deskwright.desk.answering.files import bytes_of
from deskwright.desk.audit_actions import Action
from deskwright.desk.errors import NotFound
from deskwright.store import blobs
from deskwright.store.queries import ticket as queries
from deskwright.text.files import SHOWN_TYPES, picture_type, sound_type
from deskwright.web.downloads import download, locked
from deskwright.web.gate import asks
from deskwright.web.look import Look, page

FRAMED: Final = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""The policy of a mail's HTML: its own inline styles and the pictures that came along, nothing else."""
SHOWN_AT_MOST: Final = 5 * 1024 * 1024
"""Bytes of pictures that are shown within one HTML mail."""
RANGE: Final = re.compile(r"bytes=(?=.*\d)(?P<first>\d{0,15})-(?P<last>\d{0,15})")
CID: Final = re.compile(r'(<img\b[^>]*?\bsrc=")cid:([^"]{1,300})(")', re.IGNORECASE)


@page
@asks("tickets:see")
def attachment(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The file of an attachment. Not found: no such one, not one to be seen, or its bytes are gone."""
    row = queries.attachment(number, look.visible)
    answer = handed_out(row)
    noted(look, row, "file.downloaded")
    return answer


@page
@asks("tickets:see")
def picture(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """A picture among the attachments. Not found where its bytes are no picture that a page may show."""
    row = queries.attachment(number, look.visible)
    answer = shown(row)
    noted(look, row)
    return answer


@page
@asks("tickets:see")
def sound(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """A sound among the attachments, or the part of it a player asks for. Not found where its bytes are none."""
    row = queries.attachment(number, look.visible)
    found = bytes_of(row)
    kind = sound_type(found[:16])
    if kind is None:
        raise NotFound(_("This file is no sound that can be played. Download it instead."))
    part = RANGE.fullmatch(request.headers.get("Range", ""))
    begin, end = span(part, len(found)) if part else (0, len(found) - 1)
    noted(look, row, "recording.heard", row["name"] if row else "")
    if begin > end:
        return locked(HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(found)}"}))
    answer = locked(HttpResponse(found[begin : end + 1], content_type=kind, status=206 if part else 200))
    answer.headers["Accept-Ranges"], answer.headers["Cache-Control"] = "bytes", "private, max-age=3600"
    if part:
        answer.headers["Content-Range"] = f"bytes {begin}-{end}/{len(found)}"
    return answer


def span(part: re.Match[str], size: int) -> tuple[int, int]:
    """The first and last byte asked for (RFC 9110, 14.1.2); the first is beyond the last where there is none."""
    first, last = part["first"], part["last"]
    if not first:
        return max(0, size - int(last or 0)), size - 1
    return int(first), min(int(last) if last else size - 1, size - 1)


@page
@asks("tickets:see")
def draft_file(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """A file that has not left yet: a picture is shown, anything else downloaded."""
    row = queries.draft_file(number, look.actor.pk, look.visible)
    answer = shown(row) if row and row["content_type"] in SHOWN_TYPES else handed_out(row)
    noted(look, row)
    return answer


@page
@asks("tickets:see")
def mail_page(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """A message as its sender's mail program wrote it, cleaned, for a frame of its own."""
    row = queries.message(number, look.visible)
    if row is None:
        raise NotFound(_("There is no such message, or it is not yours to see."))
    noted(look, row)
    html = with_pictures(row["html"], row["files"] or ())
    answer = render(request, "ticket/mail_page.html", {"html": mark_safe(html)})
    answer._csp_exempt = True  # type: ignore[attr-defined]  # it has a stricter one of its own
    answer.headers["Content-Security-Policy"] = FRAMED
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def noted(look: Look, row: Mapping[str, Any] | None, action: Action = "ticket.seen", name: str = "") -> None:
    """What was handed out, for the audit log: a download each time, what a page shows as a look at its ticket."""
    assert row is not None
    thing = f"ticket:{row['ticket_id']}"
    if action == "file.downloaded":
        audit.taken(look.actor, action, row["name"], now=look.now, thing=thing)
    else:
        audit.looked(look.actor, action, thing, name, now=look.now)


def handed_out(row: Mapping[str, Any] | None) -> HttpResponse:
    found = bytes_of(row)
    assert row is not None
    return download(found, row["name"])


def shown(row: Mapping[str, Any] | None) -> HttpResponse:
    found = bytes_of(row)
    kind = picture_type(found[:16])
    if kind is None:
        raise NotFound(_("This file is no picture that can be shown. Download it instead."))
    answer = locked(HttpResponse(found, content_type=kind))
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def with_pictures(html: str, files: Iterable[Mapping[str, Any]]) -> str:
    """The HTML with the pictures that came along in it; one that is missing or too large leaves its words."""
    known = {file["content_id"]: file for file in files if file["size"] <= SHOWN_AT_MOST}
    left = SHOWN_AT_MOST

    def put(found: re.Match[str]) -> str:
        nonlocal left
        file = known.get(found[2])
        if file is None or file["size"] > left:
            return f"{found[1]}data:,{found[3]}"
        left -= file["size"]
        return found[1] + data_address(file["sha256"]) + found[3]

    return CID.sub(put, html)


def data_address(sha256: str) -> str:
    try:
        found = blobs.get(sha256)
    except FileNotFoundError:
        return "data:,"
    kind = picture_type(found[:16])
    return f"data:{kind};base64,{b64encode(found).decode()}" if kind else "data:,"


def pictures_of(files: Iterable[Mapping[str, Any]], address: str) -> dict[str, str]:
    """The addresses of the pictures among these, by content id, as a page's Markdown needs them."""
    return {
        file["content_id"]: reverse(address, args=[file["id"]])
        for file in files
        if file["content_id"] and file["type"] in SHOWN_TYPES
    }
