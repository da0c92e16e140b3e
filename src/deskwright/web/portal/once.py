"""Sheets of paper: what customers write goes out once for each, however often they click on "Send"."""

from __future__ import annotations

import secrets
from dataclasses import replace
from hashlib import sha256
from typing import Final

from deskwright.desk.arriving.arrivals import Arrival, Key

NO_TOKEN: Final = 0
"""The keys of the portal stand beside those of API tokens, whose numbers begin at 1."""


def fresh_sheet() -> str:
    """Names one sheet of paper: sent twice with the same words, it is one message."""
    return secrets.token_urlsafe(16)


def once(sheet: str, said: Arrival) -> Arrival:
    """What was said under the sheet's key; the same sheet with other words is another message."""
    files = [(file.name, sha256(file.content).hexdigest()) for file in said.files]
    about = (said.thread_ticket, said.subject, said.text, said.category, said.type, dict(said.fields))
    digest = sha256(repr((sheet, said.requester, about, files)).encode()).hexdigest()
    return replace(said, key=Key(NO_TOKEN, digest, digest)) if sheet else said
