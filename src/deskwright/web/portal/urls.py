"""The addresses customers use, below /help/."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from deskwright.web.portal import asking

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="ask"), name="help"),
    path("new", asking.ask, name="ask"),
    path("new/", RedirectView.as_view(pattern_name="ask")),
    path("thanks/<str:receipt>", asking.thanks, name="thanks"),
]
