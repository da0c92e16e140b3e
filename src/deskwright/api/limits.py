"""How often one token may ask, as the API tells it."""

from __future__ import annotations

from typing import Final

from deskwright.api.problems import Problem
from deskwright.desk.buckets import Buckets

A_MINUTE: Final = 6000
BURST: Final = 2000

_buckets = Buckets(A_MINUTE, BURST)


def count(token: int) -> dict[str, str]:
    """One request of the token. Returns the headers that tell how it stands. Raises Problem 429 when it has asked too
    often. (Headers: IETF draft httpapi-ratelimit-headers.)
    """
    left, wait = _buckets.take(token)
    if wait:
        said = f"This token has asked more than {A_MINUTE} times a minute. Ask again in {wait} s."
        raise Problem(429, "too_many_requests", said, headers={"Retry-After": str(wait)})
    return {"RateLimit": f'"minute";r={left}', "RateLimit-Policy": f'"minute";q={A_MINUTE};w=60'}


def forget() -> None:
    _buckets.forget()
