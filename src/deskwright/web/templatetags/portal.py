"""What every page of the help centre shows beside itself. One statement; during an outage it is left out."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.db import Error

from deskwright.desk.knowledge import issues
from deskwright.store import outage

register = template.Library()
MOST: Final = 2
"""Issues named in the banner; more are a link."""


@register.inclusion_tag("portal/banner.html")
def known_issues() -> dict[str, Any]:
    """The banner of what does not work now; nothing when all does, or when nobody can be asked."""
    try:
        outage.check()
        found = list(issues.current().values("id", "title")[: MOST + 1])
    except (*outage.AWAY, Error):
        found = []
    return {"issues": found[:MOST], "more": len(found) > MOST}
