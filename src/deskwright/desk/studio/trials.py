"""Drafts tried on the desk's own past behind the page, each kept with its report."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk import simulation, workflows
from deskwright.desk.errors import Invalid
from deskwright.desk.settings.rights import require
from deskwright.desk.studio.running import RIGHT, Bench, Follow
from deskwright.store.models import Agent, Trial

KEPT: Final = 10_000
"""Tickets of a report that are listed; the others are counted."""


def ask(actor: Agent, text: str, since: datetime | None, until: datetime | None = None, *, now: datetime) -> Trial:
    """Let a worker try the document on tickets opened since, and before `until`. Raises Forbidden, WorkflowError for
    one that does not load, Invalid for a time that has not begun or ends before it begins.
    """
    require(actor, RIGHT)
    draft = workflows.load(text)
    begun(since, now)
    if until is not None and since is not None and until <= since:
        raise Invalid(_("That time ends before it begins."), {"until": _("That time ends before it begins.")})
    values = {"title": draft.name[:200], "text": text, "since": since, "until": until}
    return TRIALS.begin(**values, asked_by=actor, asked_at=now)


def begun(since: datetime | None, now: datetime) -> None:
    """Raises Invalid for a time that has not."""
    if since is not None and since >= now:
        raise Invalid(_("That day has not come yet."), {"since": _("That day has not come yet.")})


def tried(trial: Trial, now: datetime, follow: Follow) -> dict[str, Any]:
    """{report, against}: what the page needs, as JSON. Raises Cancelled, Invalid for a time without tickets."""
    against = workflows.live().version
    draft = workflows.load(trial.text)
    made = simulation.simulate(draft, now=now, since=trial.since, until=trial.until, progress=follow)
    report = made.report.as_json()
    whole = {**report, "moved": report["moved"][:KEPT], "moved_in_all": len(report["moved"])}
    names = {str(number): name for number, name in made.names.items()}
    return {"report": {**whole, "names": names, "events": made.events}, "against": against}


TRIALS: Final = Bench(Trial, 0x7419, tried)
