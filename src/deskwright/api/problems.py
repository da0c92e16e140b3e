"""What the API refuses, as RFC 9457 problem details: rendered here, for every route alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson

from deskwright.desk.errors import DeskError, Invalid, Unavailable
from deskwright.store import outage

MEDIA_TYPE = b"application/problem+json"
Fault = Mapping[str, str]
"""{"pointer": RFC 6901 pointer into the body, "detail": a sentence}"""


class Problem(Exception):
    """A refusal on its way to the client."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors = status, code, detail, list(errors)
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        document: dict[str, Any] = {
            "type": f"urn:deskwright:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = self.errors
        return orjson.dumps(document)


def of(error: DeskError) -> Problem:
    """The problem that says what a deed refused."""
    faults = [{"pointer": f"/{name}", "detail": said} for name, said in getattr(error, "fields", {}).items()]
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, Unavailable) else {}
    return Problem(error.status, error.code, error.sentence, errors=faults, headers=headers)


def invalid(faults: Sequence[Fault]) -> Problem:
    """422 for a body that says the wrong thing, every fault at once."""
    detail = faults[0]["detail"] if len(faults) == 1 else f"The body has {len(faults)} faults; `errors` names each."
    return Problem(Invalid.status, Invalid.code, detail, errors=faults)


def away(trouble: Exception) -> Problem:
    """For one of `outage.AWAY`."""
    return of(Unavailable(f"{outage.plain(trouble)} Nothing was kept; try again shortly."))
