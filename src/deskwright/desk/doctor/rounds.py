"""The doctor's round: every check, each by itself, so that one that breaks is a finding and no end of the round."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from deskwright.desk.doctor import database, decisions, domains, mailboxes, surroundings, work
from deskwright.desk.doctor.finding import BROKEN, ORDER, WARNING, Check, Finding, broken
from deskwright.engine.saying import _
from deskwright.store.connection import deed

CHECKS: Final[Sequence[Check]] = (
    database.version,
    database.migrations,
    database.connections,
    database.vacuum,
    database.clocks,
    work.workers,
    work.lag,
    work.stuck,
    work.outbox,
    work.set_aside,
    work.webhooks,
    work.alerts,
    work.lines,
    work.automations,
    mailboxes.fetched,
    mailboxes.complete,
    surroundings.listener,
    surroundings.mail_server,
    domains.sending_domains,
    surroundings.disk,
    surroundings.addresses,
    surroundings.secret_key,
    decisions.workflow,
    decisions.calendars,
    decisions.people,
)

log = logging.getLogger("deskwright.doctor")


def examine(now: datetime, checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """Every finding, the worst first; within a severity in the order of the round."""
    found = [finding for check in checks for finding in looked(check, now)]
    return sorted(found, key=lambda finding: ORDER.index(finding.severity))


def looked(check: Check, now: datetime) -> Iterable[Finding]:
    try:
        with deed():
            return list(check(now))
    except Exception as trouble:
        log.exception("The check %s broke", check.__name__)
        says = _("This could not be examined: %(error)s", error=f"{type(trouble).__name__}: {trouble}"[:250])
        return [broken(check.__name__.replace("_", " "), says, _("See the log of this process."))]


def exit_code(found: Iterable[Finding]) -> int:
    """0 well, 1 something to mend, 2 something broken."""
    severities = {finding.severity for finding in found}
    return 2 if BROKEN in severities else 1 if WARNING in severities else 0
