"""Standard Webhooks signatures: HMAC-SHA256 over `id.timestamp.body`, one for each secret that is valid."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
LENGTH: Final = 32


def fresh_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(LENGTH)).decode()


def signed_headers(message_id: str, seconds: int, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The three headers a receiver checks; `seconds` is the Unix time of sending, `keys` the secrets, newest first."""
    content = b".".join((message_id.encode(), str(seconds).encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature(content, key) for key in keys),
    }


def signature(content: bytes, key: str) -> str:
    secret = base64.b64decode(key.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
