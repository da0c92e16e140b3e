"""A browser's own description in words people know."""

from __future__ import annotations

from typing import Final

from django import template
from django.utils.translation import gettext as _

register = template.Library()
BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def device(said: str) -> str:
    """ "Firefox, Windows"; what is not known is called so."""
    browser = next((name for sign, name in BROWSERS if sign in said), _("Unknown browser"))
    system = next((name for sign, name in SYSTEMS if sign in said), "")
    return f"{browser}, {system}" if system else browser
