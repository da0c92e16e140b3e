"""What the desk recommends for its own workflow: findings from the history, and a draft that keeps more promises.

Both read a snapshot; nothing is published. The draft is a text that somebody opens, reads and publishes, or does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk import access, advising, optimising, staffed, workflows
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.studio import trials
from deskwright.desk.studio.running import RIGHT, Bench, Follow
from deskwright.engine.differences import differences
from deskwright.lab.advice.findings import MACRO
from deskwright.store.models import Agent, Recommendation

FEWEST, MOST = 2, 200
"""Runs of each change: one has no spread."""
READING: Final = 0.05
"""The share of the bar that reading the history takes."""


def ask(
    actor: Agent | None, allowed: Sequence[str], since: datetime | None, runs: int, *, now: datetime
) -> Recommendation:
    """Let a worker look for what to recommend, from the tickets opened since. Raises Forbidden, Invalid."""
    require(actor, RIGHT)
    trials.begun(since, now)
    unknown = [kind for kind in allowed if kind not in optimising.ALLOWED]
    if unknown:
        told = _("%(kinds)s cannot be moved; what can is %(known)s.")
        told %= {"kinds": ", ".join(unknown)[:200], "known": ", ".join(optimising.ALLOWED)}
        raise Invalid(told, {"allow": told})
    if not FEWEST <= runs <= MOST:
        told = _("Runs of each change: from %(fewest)s to %(most)s.") % {"fewest": FEWEST, "most": MOST}
        raise Invalid(told, {"runs": told})
    wanted = [kind for kind in optimising.ALLOWED if kind in allowed]
    return RECOMMENDATIONS.begin(allowed=wanted, since=since, runs=runs, asked_by=actor, asked_at=now)


def made(asked: Recommendation, now: datetime, follow: Follow) -> dict[str, Any]:
    """{report, against}. Raises Cancelled, Invalid for a time without tickets."""
    live = workflows.live()
    follow(0.0)
    past = staffed.read(now, asked.since, lambda share: follow(READING / 3 * share))
    findings = advising.advise(past, now=now, progress=lambda share: follow(READING * share))
    report: dict[str, Any] = {"findings": [each.as_json() for each in findings], "live": live.text, "proposal": None}
    if asked.allowed:
        found = optimising.optimise(
            past,
            now=now,
            allowed=asked.allowed,
            runs=asked.runs,
            progress=lambda share: follow(READING + (1 - READING) * share),
        )
        changes = differences(live, workflows.load(found.text))
        report["proposal"] = {**found.as_json(), "differences": [each.as_json() for each in changes]}
    return {"report": report, "against": live.version}


RECOMMENDATIONS: Final = Bench(Recommendation, 0x7420, made)


def proposed(actor: Agent | None, number: int) -> str:
    """The document it proposes. Raises Forbidden, NotFound where nothing was proposed."""
    report = RECOMMENDATIONS.found(actor, number).report or {}
    if not report.get("proposal"):
        raise NotFound(_("Nothing was proposed there."))
    return str(report["proposal"]["text"])


def seen(actor: Agent | None, report: Mapping[str, Any]) -> dict[str, Any]:
    """The report for this reader: tickets they may not see are not named, and neither are sentences that stand only in
    such. Each finding's `subjects` are the tickets that are left, with their subjects.
    """
    numbers = {ticket for finding in report["findings"] for ticket in finding["tickets"]}
    visible = access.visible_to(actor)
    known = access.subjects(visible, sorted(numbers))
    return {**report, "findings": list(findings_seen(report["findings"], known))}


def findings_seen(findings: Sequence[Mapping[str, Any]], known: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        left = [ticket for ticket in finding["tickets"] if ticket in known]
        if left or finding["kind"] != MACRO:
            yield {**finding, "tickets": left, "subjects": [known[ticket] for ticket in left]}
