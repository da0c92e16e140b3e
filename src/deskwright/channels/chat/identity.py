"""Who a visitor is, on the word of the shop that signed it: JSON with an HMAC-SHA256, or a JSON Web Token (HS256).

Knows the secret it is given and the bytes it checks; whom they name is the desk's business.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import jwt
import orjson

LONGEST: Final = 4096
SKEW: Final = timedelta(minutes=1)
"""By how much the shop's clock may be wrong."""
OLDEST: Final = timedelta(days=1)
"""How long after `iat` a signature without `exp` still counts."""


class Forged(Exception):
    """The signature is not the shop's, or what it signed is too old or says nothing."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What the shop says of its user. `user` is its own id and never empty."""

    user: str
    email: str = ""
    name: str = ""


def by_signature(secret: str, user: str, signature: str, now: datetime) -> Signed:
    """`user` is JSON, exactly as it was signed; `signature` its HMAC-SHA256 in hexadecimal digits. Raises Forged."""
    made = hmac.new(secret.encode(), user.encode(), sha256).hexdigest()
    if len(user) > LONGEST or not hmac.compare_digest(made.encode(), signature.strip().lower().encode()):
        raise Forged("the signature does not fit")
    try:
        said = orjson.loads(user)
    except orjson.JSONDecodeError:
        raise Forged("what was signed is no JSON") from None
    return understood(said, now)


def by_token(secret: str, token: str, now: datetime) -> Signed:
    """A JSON Web Token with `sub` (or `id`) and `exp`. Raises Forged; any algorithm but HS256 is refused."""
    if len(token) > LONGEST:
        raise Forged("the token is too long")
    unchecked = dict.fromkeys(("verify_exp", "verify_iat", "verify_nbf", "verify_aud"), False)
    try:
        said = jwt.decode(token, secret, algorithms=["HS256"], options=unchecked)  # type: ignore[arg-type]
    except jwt.PyJWTError as trouble:
        raise Forged(str(trouble)) from trouble
    if "exp" not in said:
        raise Forged("the token never expires")
    return understood({**said, "id": said.get("id") or said.get("sub")}, now)


def understood(said: Any, now: datetime) -> Signed:
    """Raises Forged when it is too old, or names nobody."""
    if not isinstance(said, Mapping):
        raise Forged("what was signed is no object")
    refuse_old(said, now)
    user = said.get("id")
    if not isinstance(user, str | int) or isinstance(user, bool) or not str(user).strip():
        raise Forged("it has no id")
    return Signed(str(user).strip()[:120], line(said.get("email"))[:254], line(said.get("name"))[:120])


def refuse_old(said: Mapping[str, Any], now: datetime) -> None:
    ends, begins = said.get("exp"), said.get("iat")
    for moment in (ends, begins):
        if moment is not None and (not isinstance(moment, int | float) or isinstance(moment, bool)):
            raise Forged("exp and iat are seconds since 1970")
    at = now.timestamp()
    if ends is not None and ends + SKEW.total_seconds() < at:
        raise Forged("it has expired")
    if ends is None and begins is not None and begins + OLDEST.total_seconds() < at:
        raise Forged("it is too old")


def line(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
