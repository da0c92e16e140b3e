"""Files as they leave the desk: nothing in them runs or loads, and no browser guesses of what kind they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

LOCKED: Final = "default-src 'none'; sandbox"
"""The policy of a file that is opened by its address."""
UNKNOWN: Final = "application/octet-stream"
R = TypeVar("R", bound=HttpResponseBase)


def download(content: bytes, name: str, kind: str = UNKNOWN) -> HttpResponse:
    return named(HttpResponse(content, content_type=kind), name)


def streamed(lines: Iterator[bytes], name: str, kind: str) -> StreamingHttpResponse:
    return named(StreamingHttpResponse(lines, content_type=kind), name)


def named(answer: R, name: str) -> R:
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return locked(answer)


def locked(answer: R) -> R:
    answer._csp_exempt = True  # type: ignore[attr-defined]  # it has a stricter one of its own
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = LOCKED
    return answer
