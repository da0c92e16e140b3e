"""Secrets of settings at rest: sealed with a key made from the installation's SECRET_KEY.

What one of SECRET_KEY_FALLBACKS sealed is read too, so the key can be changed before the secrets are entered again.
"""

from __future__ import annotations

import base64
from functools import cache
from hashlib import sha256
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from deskwright.desk.errors import Conflict

PURPOSE: Final = b"deskwright settings 1:"


class Unreadable(Conflict, ValueError):
    """It was sealed with a SECRET_KEY that is neither in use nor among the fallbacks."""

    code = "unreadable"


def seal(text: str) -> str:
    return box(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises Unreadable when neither the key nor one of the fallbacks sealed it."""
    try:
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return MultiFernet([box(key) for key in keys]).decrypt(sealed.encode()).decode()
    except InvalidToken as trouble:
        raise Unreadable(_("A secret cannot be read: SECRET_KEY was changed. Enter the secret again.")) from trouble


def digest(token: str) -> str:
    """What is kept of a token that only its bearer knows: enough to know it again."""
    return sha256(token.encode()).hexdigest()


@cache
def box(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(PURPOSE + key.encode()).digest()))
