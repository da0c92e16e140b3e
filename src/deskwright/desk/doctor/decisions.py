"""The workflow: whether one is published, what the linter says of it, calendars without hours, people it misses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from deskwright.desk import workflows
from deskwright.desk.doctor.finding import Finding, broken, fine, warning
from deskwright.engine.linting import lint
from deskwright.engine.saying import _, ngettext
from deskwright.store import facts
from deskwright.store.connection import cursor
from deskwright.store.models import Agent

SHOWN: Final = 5
AHEAD: Final = timedelta(days=60)


def workflow(now: datetime) -> Iterator[Finding]:
    found = workflows.live()
    if not found.version:
        says = _("Nothing has been published: the starter workflow decides.")
        yield warning("workflow", says, _("Publish your own."), "workflow")
        return
    remarks = lint(found, facts.present(cursor()).desk)
    yield fine("workflow", _("Version %(version)s is live: %(name)s.", version=found.version, name=found.name))
    for problem in remarks[:SHOWN]:
        says = _("Line %(line)s: %(message)s", line=problem.line, message=problem.message)
        yield warning("workflow", says, _("Open the workflow; the remark stands beside its line."), "workflow_edit")
    if len(remarks) > SHOWN:
        says = ngettext(
            "%(count)s more remark on the workflow.", "%(count)s more remarks on the workflow.", len(remarks) - SHOWN
        )
        yield warning("workflow", says, _("Open the workflow."), "workflow_edit")


def calendars(now: datetime) -> Iterator[Finding]:
    """A calendar that never opens again stops every clock that counts in it."""
    known = workflows.live().calendars
    closed = [name for name, calendar in known.items() if not calendar.open_between(now, now + AHEAD)]
    for name in closed:
        says = _(
            "The calendar %(name)s does not open in the next %(days)s days: its clocks stand still.",
            name=name,
            days=AHEAD.days,
        )
        yield broken("calendars", says, _("Give it hours, or take its closures back."), "workflow_edit")
    if not closed:
        yield fine(
            "calendars",
            ngettext(
                "%(count)s calendar opens within %(days)s days.",
                "%(count)s calendars open within %(days)s days.",
                len(known),
                days=AHEAD.days,
            ),
        )


def people(now: datetime) -> Iterator[Finding]:
    active = Agent.objects.filter(is_active=True)
    if not active.filter(role="admin").exists():
        yield broken("people", _("There is no admin."), _("Open the address that `deskwright run` prints."), "")
    elif not active.exclude(role="light").filter(available=True).exists():
        yield warning("people", _("Everybody is away: tickets wait."), _("See who is away."), "absences")
    else:
        yield fine("people", ngettext("%(count)s person works here.", "%(count)s people work here.", active.count()))
