"""Every page's address: console, customers' doors, workspace. API and event stream stand in front of Django."""

from __future__ import annotations

from django.urls import include, path

from deskwright.web import branding, media_out
from deskwright.web.chat import demo
from deskwright.web.mail_in import hand_in

urlpatterns = [
    path("brand/<int:version>.css", branding.stylesheet, name="brand_css"),
    path("brand/<int:version>/logo", branding.logo, name="brand_logo"),
    path("chat/demo/", demo.demo, name="chat_demo"),
    path("chat/demo/<slug:key>/", demo.demo, name="chat_demo_of"),
    path("setup/", include("deskwright.web.setup.urls")),
    path("console/", include("deskwright.web.console.urls")),
    path("studio/", include("deskwright.web.studio.urls")),
    path("mail-in/<slug:provider>/<str:secret>/", hand_in, name="mail_in"),
    path("media-out/<str:token>/", media_out.fetch, name="media_out"),
    path("help/", include("deskwright.web.portal.urls")),
    path("knowledge/", include("deskwright.web.knowledge.urls")),
    path("", include("deskwright.web.urls_account")),
    path("", include("deskwright.web.customers.urls")),
    path("", include("deskwright.web.urls_workspace")),
]
handler403 = "deskwright.web.errors.forbidden"
handler404 = "deskwright.web.errors.not_found"
handler500 = "deskwright.web.errors.broken"
