"""Promises with holes, promises nobody can keep, and promises in an odd order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from deskwright.engine.calendars import ALWAYS
from deskwright.engine.durations import Duration
from deskwright.engine.linting.places import Places
from deskwright.engine.linting.words import tiers
from deskwright.engine.problems import Problem
from deskwright.engine.saying import _
from deskwright.engine.sla.targets import row
from deskwright.engine.values import FIRST_RESPONSE, METRICS, NEXT_RESPONSE, PRIORITIES, RESOLUTION
from deskwright.engine.workflow import SlaPolicy, Workflow

YEAR: Final = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=365))
"""Any year does: calendars repeat."""

Promise = tuple[str, Mapping[str, Duration]]
"""Where targets are given, and the targets by metric."""


def holes(workflow: Workflow, places: Places) -> Iterator[Problem]:
    if not workflow.sla_matrix:
        return
    for priority in PRIORITIES:
        bare = [tier for tier in sorted(tiers(workflow)) if row(workflow, priority, tier) is None]
        if bare:
            message = _(
                "tickets of priority %(priority)s have no targets for the tiers %(bare)s",
                priority=priority,
                bare=", ".join(bare),
            )
            yield places.tell("sla_matrix", message, f"{priority}, any")
    for (priority, tier), cell in workflow.sla_matrix.items():
        for metric in (FIRST_RESPONSE, RESOLUTION):
            if metric not in cell.by_metric:
                message = _("no target for %(metric)s, so nothing times it", metric=_said(metric))
                yield places.tell(_cell(places, priority, tier), message)


def misordered(workflow: Workflow, places: Places) -> Iterator[Problem]:
    """A response that may come after the resolution, and warnings that are not in order."""
    for path, targets in promises(workflow, places):
        last = targets.get(RESOLUTION)
        for metric in (FIRST_RESPONSE, NEXT_RESPONSE):
            first = targets.get(metric)
            if first is not None and last is not None and _longer(first, last):
                yield places.tell(
                    path,
                    _(
                        "the %(metric)s (%(first)s) may come later than the resolution (%(last)s)",
                        metric=_said(metric),
                        first=first,
                        last=last,
                    ),
                )
    yield from _warnings(places)


def unmeetable(workflow: Workflow, places: Places) -> Iterator[Problem]:
    """Targets longer than the calendar they count in is open in a whole year."""
    names = {*_calendars(workflow.sla), *(queue.calendar for queue in workflow.queues.values())}
    hours = {name: workflow.calendars.get(name or "", ALWAYS).elapsed(*YEAR) for name in names}
    for path, targets in promises(workflow, places):
        for metric, target in targets.items():
            for name in sorted(_counting(workflow, metric), key=str):
                if not target.wall and target.minutes > hours[name]:
                    message = _(
                        "the calendar %(name)s is open %(hours)s h a year, "
                        "so the %(metric)s is not due for more than a year (%(target)s)",
                        name=name,
                        hours=f"{hours[name] / 60:g}",
                        metric=_said(metric),
                        target=target,
                    )
                    yield places.tell(path, message)


def promises(workflow: Workflow, places: Places) -> Iterator[Promise]:
    for (priority, tier), cell in workflow.sla_matrix.items():
        yield _cell(places, priority, tier), cell.by_metric
    for rule in workflow.rules:
        own = {} if rule.sla_target is None else {FIRST_RESPONSE: rule.sla_target}
        if own or rule.targets:
            yield f"routing_rules[{rule.number}].sla_target", {**own, **rule.targets}


def _cell(places: Places, priority: str, tier: str) -> str:
    """The cell's path with its key as the author spelled it."""
    node = places.find("sla_matrix")
    for written in node.value if node is not None and node.kind == "mapping" else ():
        parts = [part.strip() for part in written.split(",")]
        if (parts[0].lower(), parts[1] if len(parts) > 1 else "any") == (priority, tier):
            return f"sla_matrix.{written}"
    return f"sla_matrix.{priority}, {tier}"


def _longer(first: Duration, last: Duration) -> bool:
    comparable = first.wall == last.wall and first.business_days == last.business_days == 0
    return comparable and first.minutes > last.minutes


def _warnings(places: Places) -> Iterator[Problem]:
    node = places.find("sla.warn_at")
    if node is None or node.kind != "list":
        return
    shares = [_share(item.value) for item in node.value]
    for place, (before, share) in enumerate(zip([0.0, *shares], shares, strict=False), 1):
        if share in (0, 1):
            yield places.tell(f"sla.warn_at[{place}]", _("a warning is given between 0%% and 100%%; this one never is"))
        elif share <= before < 1:
            message = _(
                "warnings come in rising order, and %(share)s stands after %(before)s",
                share=f"{share:.0%}",
                before=f"{before:.0%}",
            )
            yield places.tell(f"sla.warn_at[{place}]", message)


def _share(written: object) -> float:
    text = str(written).strip()
    return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)


def _calendars(policy: SlaPolicy) -> tuple[str | None, ...]:
    return policy.calendar, *policy.calendars.values()


def _counting(workflow: Workflow, metric: str) -> set[str | None]:
    """The calendars a metric's target may count in."""
    if own := workflow.sla.calendars.get(metric):
        return {own}
    return {queue.calendar or workflow.sla.calendar for queue in workflow.queues.values()} | {workflow.sla.calendar}


def _said(metric: str) -> str:
    return metric.replace("_", " ") if metric in METRICS else metric
