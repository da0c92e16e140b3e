"""Every page's address: the customers' doors, then the workspace. API and event stream stand in front of Django."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("help/", include("deskwright.web.portal.urls")),
    path("", include("deskwright.web.urls_workspace")),
]
handler403 = "deskwright.web.errors.forbidden"
handler404 = "deskwright.web.errors.not_found"
handler500 = "deskwright.web.errors.broken"
