"""Who may read which articles, and finding them by words. Customers read what is public and published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.errors import NotFound
from deskwright.store import articles
from deskwright.store.models import Article

Row = Mapping[str, Any]
PUBLIC: Final = "a.state = 'published' AND a.audience = 'public'"
STAFF: Final = "(%(state)s = '' OR a.state = %(state)s)"


def public(text: str = "", limit: int = articles.LIMIT) -> Sequence[Row]:
    """What customers find; the whole shelf without a text."""
    return articles.find(text, PUBLIC, limit) if text.strip() else articles.shelf(PUBLIC)


def for_staff(text: str = "", state: str = "") -> Sequence[Row]:
    """What the desk's people find, drafts included; `state` keeps to one."""
    return articles.find(text, STAFF, state=state) if text.strip() else articles.shelf(STAFF, state=state)


def public_article(number: int) -> Article:
    """An article customers may read. Raises NotFound."""
    found = Article.objects.filter(pk=number, state="published", audience="public").first()
    if found is None:
        raise NotFound(_("There is no such article, or it is not public any more."))
    return found


def article(number: int) -> Article:
    """Any article, for the desk's people. Raises NotFound."""
    found = Article.objects.select_related("author").filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such article."))
    return found
