"""How often a visitor may write, counted by network address in this process's cache; a restart forgets it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest

WINDOW: Final = timedelta(minutes=10)
QUESTIONS: Final = 10
"""Questions from one address within the window; offices share addresses, so it is generous."""


def wait_seconds(request: HttpRequest, now: datetime) -> int:
    """Seconds until the visitor may write again; 0 when it is now."""
    made = recent(request, now)
    if len(made) < QUESTIONS:
        return 0
    return max(1, int((made[-QUESTIONS] + WINDOW - now).total_seconds()))


def count(request: HttpRequest, now: datetime) -> None:
    """Remember that the visitor wrote."""
    cache.set(key(request), [*recent(request, now), now], WINDOW.total_seconds())


def recent(request: HttpRequest, now: datetime) -> list[datetime]:
    return [at for at in cache.get(key(request), []) if now - at < WINDOW]


def key(request: HttpRequest) -> str:
    return f"portal:address:{request.META.get('REMOTE_ADDR', '')}"
