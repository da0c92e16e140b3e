"""The demo's saved views: one of everybody's, one of a team's, two personal ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from deskwright.desk.demo.people import read
from deskwright.desk.views import keeping
from deskwright.desk.views.keeping import Wanted
from deskwright.store.models import Agent, Team


def keep_views(agents: Mapping[str, Agent], now: datetime) -> None:
    for entry in read("views.yaml")["views"]:
        team = Team.objects.filter(key=entry.get("team", "")).first()
        audience = str(team.pk) if team else entry.get("audience", "me")
        wanted = Wanted(
            entry["name"], entry["condition"], entry["icon"], entry["sort"], entry.get("columns", ()), audience
        )
        keeping.create(agents[entry["keeper"]], wanted, now=now)
