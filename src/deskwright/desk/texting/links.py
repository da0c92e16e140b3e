"""The address under which a provider fetches a file of a message of ours: signed, and good for a while only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from deskwright.channels.telephony.values import TEXTS
from deskwright.desk.answering.files import bytes_of
from deskwright.desk.arriving.arrivals import File
from deskwright.desk.errors import NotFound
from deskwright.store.connection import from_json
from deskwright.store.models import Delivery

LASTS: Final = timedelta(hours=4)
PATH: Final = "/media-out/"
SIGNER: Final = "a file of a message"


def address(delivery: int, place: int, now: datetime) -> str:
    """Of the file at this place of a delivery."""
    until = int((now + LASTS).timestamp())
    return f"{settings.PUBLIC_URL.rstrip('/')}{PATH}{Signer(salt=SIGNER).sign_object([delivery, place, until])}/"


def file_at(token: str, now: datetime) -> File:
    """Raises NotFound for an address that is not ours, is too old, or whose file is gone."""
    try:
        delivery, place, until = Signer(salt=SIGNER).unsign_object(token)
    except (BadSignature, ValueError):
        raise NotFound(_("There is no such file.")) from None
    row = Delivery.objects.filter(pk=delivery, channel__in=TEXTS).values_list("content", flat=True).first()
    files = from_json(row).get("files") or () if row and now.timestamp() <= until else ()
    if place >= len(files):
        raise NotFound(_("There is no such file."))
    return File(files[place]["name"], files[place]["content_type"], bytes_of(files[place]))
