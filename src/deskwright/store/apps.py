"""The one Django application that owns every table."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "deskwright.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
