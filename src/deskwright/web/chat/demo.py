"""A page to try a widget on: a plain site with the script tag in it, as any site would have it. Open to everybody."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from deskwright.store.models import Widget


@login_not_required
@never_cache
@require_safe
def demo(request: HttpRequest, key: str = "") -> HttpResponse:
    """The widget of that key, else the first one. 404 where there is none."""
    found = Widget.objects.filter(active=True, **({"key": key} if key else {})).order_by("pk").first()
    if found is None:
        raise Http404
    return render(request, "chat/demo.html", {"widget": found})
