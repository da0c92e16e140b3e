"""The web door: templates, static files and tags; no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "deskwright.web"
    label = "web"
