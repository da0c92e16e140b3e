"""Whether a post comes from who knows the secret: Standard Webhooks signatures, else bearer or basic credentials.

Every comparison takes the same time whether or not it is right. Decides nothing beyond that.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from deskwright.channels.webhooks.signing import PREFIX, signature
from deskwright.engine.saying import _

TOLERANCE: Final = 300
"""Seconds a time stamp may be off, either way."""
Headers = Mapping[bytes, bytes]
"""Names in lower case."""


class Unproved(Exception):
    """It could be anybody's; the sentence says what is missing or wrong."""


def prove(headers: Headers, body: bytes, keys: Sequence[str], seconds: int) -> str:
    """Returns the signed message id, "" for credentials without one. `seconds` is the Unix time. Raises Unproved."""
    if b"webhook-signature" in headers:
        return signed(headers, body, keys, seconds)
    kind, __, given = headers.get(b"authorization", b"").strip().partition(b" ")
    if kind.lower() == b"bearer":
        return matching([given.strip()], keys)
    if kind.lower() == b"basic":
        return matching(passwords(given), keys)
    raise Unproved(
        _("Sign it (webhook-id, webhook-timestamp, webhook-signature), or send the secret as bearer or basic.")
    )


def signed(headers: Headers, body: bytes, keys: Sequence[str], seconds: int) -> str:
    name, stamp = headers.get(b"webhook-id", b""), headers.get(b"webhook-timestamp", b"")
    if not name or len(name) > 200 or not name.isascii():
        raise Unproved(_("The header webhook-id is missing, or longer than 200 characters."))
    if not stamp.isdigit() or len(stamp) > 12:
        raise Unproved(_("The header webhook-timestamp must be a Unix time in seconds."))
    if abs(int(stamp) - seconds) > TOLERANCE:
        raise Unproved(_("The time stamp is more than five minutes off. Is the clock right?"))
    content = b".".join((name, stamp, body))
    given = headers[b"webhook-signature"].split()
    wanted = [signature(content, key).encode() for key in keys]
    if not any(hmac.compare_digest(one, right) for one in given for right in wanted):
        raise Unproved(_("The signature does not fit the body and the secret."))
    return name.decode("ascii")


def passwords(given: bytes) -> Iterator[bytes]:
    try:
        yield base64.b64decode(given.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return


def matching(given: Iterator[bytes] | Sequence[bytes], keys: Sequence[str]) -> str:
    """The secret as it is shown, or without its prefix."""
    wanted = [form.encode() for key in keys for form in (key, key.removeprefix(PREFIX))]
    if not any(hmac.compare_digest(one, right) for one in list(given) for right in wanted):
        raise Unproved(_("The secret is another one."))
    return ""
