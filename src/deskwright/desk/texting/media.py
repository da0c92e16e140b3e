"""Pictures and recordings that a provider keeps: fetched with its credentials, as files of an arrival."""

from __future__ import annotations

import logging
import mimetypes
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from deskwright.channels.email.naming import safe_name
from deskwright.channels.posting import File as Fetched
from deskwright.channels.posting import Unreachable, Unwanted
from deskwright.channels.telephony.sending import TWILIO
from deskwright.channels.telephony.values import Media
from deskwright.desk.arriving.arrivals import File
from deskwright.desk.lines import ways
from deskwright.store.models import Line

PATIENT: Final = 3
"""Tries after which a message is taken in without what cannot be fetched."""
log = logging.getLogger("deskwright.media")


class NotYet(Exception):
    """It cannot be fetched now; the input is worked on again."""


Fetch = Callable[[str, Mapping[str, str]], Fetched]


def files(line: Line, several: Sequence[Media], tries: int, fetch: Fetch) -> tuple[tuple[File, ...], str]:
    """The files, and a sentence about those that could not be had. Raises NotYet while trying again may help."""
    found, missing = [], []
    for one in several:
        try:
            found.append(file_of(one, fetch(one.url, credentials(line, one.url))))
        except Unwanted as reason:
            missing.append(str(reason))
        except Unreachable as reason:
            if tries < PATIENT:
                raise NotYet(str(reason)) from reason
            missing.append(str(reason))
    if not missing:
        return tuple(found), ""
    log.warning("Files of line %s could not be fetched: %s", line.pk, missing)
    return tuple(found), _("[A file that came along could not be fetched: %(reason)s]") % {"reason": missing[0]}


def file_of(media: Media, fetched: Fetched) -> File:
    kind = (media.content_type or fetched.content_type or "application/octet-stream").partition(";")[0].strip().lower()
    name = media.name or f"file{mimetypes.guess_extension(kind) or ''}"
    return File(safe_name(name, kind, fetched.content), kind, fetched.content)


def credentials(line: Line, url: str) -> dict[str, str]:
    """Given to the provider's own hosts only."""
    if line.provider != "twilio":
        return {}
    kept = ways.opened(line)
    host, own = urlsplit(url).hostname or "", urlsplit(kept.get("api") or TWILIO).hostname or ""
    if host != own and not host.endswith(".twilio.com"):
        return {}
    return {"Authorization": "Basic " + b64encode(f"{kept['account']}:{kept['token']}".encode()).decode()}
