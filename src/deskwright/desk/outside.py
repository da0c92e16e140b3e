"""How the desk reaches addresses of others: whether private networks are allowed, and through which proxy."""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings


class Reach(TypedDict):
    """As `posting` takes it."""

    private: bool
    proxy: str


def reach() -> Reach:
    return {"private": settings.ENV.webhooks_to_private, "proxy": settings.ENV.https_proxy}
