"""What a deed may refuse, drawn as a tree. Each door renders it once.

DeskError
├── Unproved      401  who it comes from is not proved
├── NotFound      404  no such thing, or none you may see
├── Forbidden     403  you see it but may not do this
├── Invalid       422  the input is wrong; `fields` names where
│   └── Outside        a number is not within its limits
├── Conflict      409  somebody was faster
│   └── StaleReply     somebody wrote (`messages`) or changed the ticket (`changes`) while you wrote
├── Broken        500  a defect of ours; the input was not understood to be wrong
└── Unavailable   503  the database is away; try again in `retry_after` seconds
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class DeskError(Exception):
    """`sentence` is for people; `code` for programs."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Unproved(DeskError):
    status = 401
    code = "unproved"


class NotFound(DeskError):
    status = 404
    code = "not_found"


class Forbidden(DeskError):
    status = 403
    code = "forbidden"


class Invalid(DeskError):
    status = 422
    code = "invalid"

    def __init__(self, sentence: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = dict(fields or {})


class Outside(Invalid):
    """The number called `name` is not within `least` and `most`: a door with labels of its own says it by them."""

    def __init__(self, sentence: str, name: str, least: float, most: float) -> None:
        super().__init__(sentence, {name: sentence})
        self.name, self.least, self.most = name, least, most


class Conflict(DeskError):
    status = 409
    code = "conflict"


class StaleReply(Conflict):
    code = "stale_reply"

    def __init__(self, sentence: str, messages: Sequence[Any] = (), changes: Sequence[Any] = ()) -> None:
        super().__init__(sentence)
        self.messages = list(messages)
        self.changes = list(changes)


class Broken(DeskError):
    status = 500
    code = "broken"


class Unavailable(DeskError):
    status = 503
    code = "unavailable"

    def __init__(self, sentence: str, retry_after: int = 5) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
