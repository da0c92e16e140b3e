"""Asks an identity provider over HTTP: its metadata, its keys, whether it knows a client. Knows bytes, no accounts."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Final

from deskwright.engine.saying import _

PATIENCE: Final = 10.0
"""Seconds, for each step until the answer begins, and for the whole of it."""
MOST: Final = 4 * 1024 * 1024
PART: Final = 64 * 1024
"""Bytes that are read at once."""
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class Careful(urllib.request.HTTPRedirectHandler):
    """Follows to where may be asked, nowhere else; from elsewhere to nothing on this machine."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if not safe(newurl, req.full_url):
            raise Unreachable(_("leads to an address that may not be asked"))
        return super().redirect_request(req, fp, code, msg, headers, newurl)


OPENER: Final = urllib.request.build_opener(Careful)


class Unreachable(Exception):
    """No answer, one that says no, or one that is too long; the words say which."""


def safe(url: str, entered: str = "") -> bool:
    """Whether it is asked by TLS, or stands on this machine: who could change its answers could be anybody. `entered`
    is the address by which we came to it: only what stands on this machine leads to something on it.
    """
    try:
        address = urllib.parse.urlsplit(url)
    except ValueError:
        return False
    if address.hostname in LOOPBACK:
        return address.scheme in {"https", "http"} and (not entered or here(entered))
    return address.scheme == "https" and bool(address.hostname)


def here(url: str) -> bool:
    """Whether it stands on this machine."""
    try:
        return urllib.parse.urlsplit(url).hostname in LOOPBACK
    except ValueError:
        return False


def fetched(url: str, entered: str = "") -> bytes:
    """What stands there. Raises Unreachable."""
    status, body = asked(url, entered, "*/*")
    if status != 200:
        raise Unreachable(f"HTTP {status}")
    return body


def fetched_object(url: str, entered: str = "") -> dict[str, Any]:
    """The JSON object that stands there. Raises Unreachable."""
    return an_object(fetched(url, entered))


def posted(url: str, form: Mapping[str, str], entered: str = "") -> tuple[int, dict[str, Any]]:
    """The status and the JSON object answered to a form. Raises Unreachable."""
    body = urllib.parse.urlencode(form).encode()
    status, said = asked(url, entered, "application/json", body)
    return status, an_object(said)


def asked(url: str, entered: str, accept: str, body: bytes | None = None) -> tuple[int, bytes]:
    if not safe(url, entered):
        raise Unreachable(_("not an address that may be asked: no https, or on this machine"))
    until = time.monotonic() + PATIENCE
    try:
        with answered(urllib.request.Request(url, body, {"Accept": accept})) as answer:
            return answer.status, whole(answer, until)
    except (OSError, ValueError, HTTPException, RecursionError) as trouble:
        raise Unreachable(str(getattr(trouble, "reason", "") or trouble)) from trouble


def answered(request: urllib.request.Request) -> Any:
    """The answer, also one that says no."""
    try:
        return OPENER.open(request, timeout=PATIENCE)
    except urllib.error.HTTPError as refusal:
        return refusal


def whole(answer: Any, until: float) -> bytes:
    """The body, as long as it comes in time. Raises Unreachable."""
    body = bytearray()
    while part := answer.read1(PART):
        body += part
        if len(body) > MOST:
            raise Unreachable(_("more than %(number)s MB", number=MOST // 1024 // 1024))
        if time.monotonic() > until:
            raise Unreachable(_("not all of it within %(number)s seconds", number=round(PATIENCE)))
    return bytes(body)


def an_object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as trouble:
        raise Unreachable(_("no JSON")) from trouble
    if not isinstance(said, dict):
        raise Unreachable(_("no JSON object"))
    return said
