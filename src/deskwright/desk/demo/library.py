"""The demo's knowledge base: articles read from YAML, written and published by the demo's agents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from deskwright.desk.demo.people import read
from deskwright.desk.knowledge import articles
from deskwright.desk.knowledge.articles import Words
from deskwright.store.models import Agent

REVIEWS: Final = timedelta(days=180)


def stock(agents: Mapping[str, Agent], begin: datetime) -> None:
    """Write every article, an hour apart from `begin`; a lead publishes those that are no drafts."""
    for number, entry in enumerate(read("articles.yaml")):
        at = begin + timedelta(hours=number)
        article = articles.write(agents.get(entry["by"], agents["mira"]), words(entry, at), now=at)
        if entry.get("state") != "draft":
            articles.publish(agents["mira"], article, now=at)


def words(entry: Mapping[str, Any], at: datetime) -> Words:
    return Words(
        entry["title"],
        entry["body"],
        language=entry.get("language", "en"),
        audience=entry.get("audience", "public"),
        category=entry["category"],
        review_by=(at + REVIEWS).date(),
    )
