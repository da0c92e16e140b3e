"""Tells the audit log where a request came from."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from deskwright.desk import audit


class OriginMiddleware:
    """Whatever a page's deeds note names the door and the caller's network address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = "portal" if request.path.startswith("/help/") else "web"
        with audit.coming_from(door, request.META.get("REMOTE_ADDR") or ""):
            return self.get_response(request)
