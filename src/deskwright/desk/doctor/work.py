"""The due work: whether a worker lives, how late it is, what is stuck or has failed, what was set aside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from deskwright.desk.doctor.finding import Finding, broken, fine, warning
from deskwright.desk.heartbeats import ALIVE, last_beat
from deskwright.desk.said import cut, in_english
from deskwright.engine.saying import _, ngettext
from deskwright.store.connection import cursor

LATE: Final = timedelta(minutes=1)
STUCK: Final = timedelta(minutes=15)
RECENT: Final = timedelta(days=7)


def workers(now: datetime) -> Iterator[Finding]:
    at = last_beat("work")
    if at is None:
        yield broken("worker", _("No worker has ever run here."), _("Start `deskwright work` (`deskwright run` does)."))
    elif now - at > ALIVE:
        says = _("No worker has been heard of since %(at)s: clocks, mail and routing stand still.", at=said(at))
        yield broken("worker", says, _("Start `deskwright work`, and look into its log for why it ended."))
    else:
        yield fine("worker", _("A worker is at work."))


def lag(now: datetime) -> Iterator[Finding]:
    """How late the oldest due thing of each kind is."""
    values = {"now": now}
    for row in cursor().execute(LAG, values):
        late = now - row["oldest"] if row["oldest"] else timedelta()
        if late > LATE:
            says = _(
                "%(what)s: %(number)s due, the oldest since %(since)s.",
                what=WORK[row["what"]],
                number=row["due"],
                since=said(row["oldest"]),
            )
            yield warning("lag", says, _("Run another `deskwright work`, or see in its log what holds it up."))
        else:
            yield fine("lag", _("%(what)s: nothing is late.", what=WORK[row["what"]]))


def stuck(now: datetime) -> Iterator[Finding]:
    row = one(BROKEN_WORK)
    if row["number"]:
        says = ngettext(
            "%(count)s piece of work given up, most recently: %(error)s",
            "%(count)s pieces of work given up, most recently: %(error)s",
            row["number"],
            error=row["error"][:200],
        )
        yield warning("work", says, _("See the worker's log; the rows are in store_duework with 20 attempts."))
    else:
        yield fine("work", _("No work was given up."))


def outbox(now: datetime) -> Iterator[Finding]:
    row = one(OUTBOX, {"since": now - RECENT, "stuck": now - STUCK})
    if row["failed"]:
        says = ngettext(
            "%(count)s mail failed for good or came back in the last week: %(error)s",
            "%(count)s mails failed for good or came back in the last week: %(error)s",
            row["failed"],
            error=cut(in_english(row["error"]), 200),
        )
        yield warning("mail out", says, _("See why, and send it again once the reason is gone."), "outbox")
    if row["waiting"]:
        says = ngettext(
            "%(count)s mail waiting for more than 15 minutes: %(error)s",
            "%(count)s mails waiting for more than 15 minutes: %(error)s",
            row["waiting"],
            error=cut(in_english(row["reason"]), 200),
        )
        yield warning(
            "mail out", says, _("See whether the mail server answers; they leave by themselves then."), "outbox"
        )
    if not row["failed"] and not row["waiting"]:
        yield fine("mail out", _("No mail is stuck."))


def set_aside(now: datetime) -> Iterator[Finding]:
    row = one(ASIDE, {"since": now - RECENT})
    if row["quarantined"]:
        says = ngettext(
            "%(count)s mail in quarantine, most recently: %(error)s",
            "%(count)s mails in quarantine, most recently: %(error)s",
            row["quarantined"],
            error=cut(in_english(row["reason"]), 200),
        )
        mend = _("See the mail log, or `deskwright quarantine list`; any can be taken in after all.")
        yield warning("quarantine", says, mend, "mail_log")
    else:
        yield fine("quarantine", _("Nothing is in quarantine."))
    if row["suppressed"]:
        says = ngettext(
            "%(count)s address came back or complained in the last week.",
            "%(count)s addresses came back or complained in the last week.",
            row["suppressed"],
        )
        yield warning("bounces", says, _("Ask for another address; nothing is sent to these."), "suppressions")


def webhooks(now: datetime) -> Iterator[Finding]:
    rows = cursor().execute(HOOKS).fetchall()
    for row in rows:
        if row["disabled_because"]:
            says = _(
                "Webhook %(name)s was switched off: %(why)s", name=row["name"], why=in_english(row["disabled_because"])
            )
            yield broken("webhooks", says, _("Mend the receiver, then switch it on: what waits is sent."), "webhooks")
        elif row["failing_since"]:
            says = _("Webhook %(name)s fails since %(since)s.", name=row["name"], since=said(row["failing_since"]))
            yield warning("webhooks", says, _("See the answers in its log."), "webhooks")
    if not rows:
        yield fine("webhooks", _("No webhook is failing."))


def alerts(now: datetime) -> Iterator[Finding]:
    rows = cursor().execute(REFUSED, {"since": now - timedelta(days=1)}).fetchall()
    for row in rows:
        says = _(
            "Alerts of %(name)s are refused since %(since)s: %(why)s",
            **refused(row),
        )
        yield warning("alerts", says, _("Compare its secret and its clock with the source's page."), "alerts")
    if not rows:
        yield fine("alerts", _("No source of alerts is refused."))


def lines(now: datetime) -> Iterator[Finding]:
    rows = cursor().execute(REFUSED_LINES, {"since": now - timedelta(days=1)}).fetchall()
    for row in rows:
        says = _(
            "Posts for %(name)s are refused since %(since)s: %(why)s",
            **refused(row),
        )
        yield warning("phone", says, _("Compare credentials and PUBLIC_URL with what the provider knows."), "lines")
    if not rows:
        yield fine("phone", _("No provider of calls or messages is refused."))


def automations(now: datetime) -> Iterator[Finding]:
    rows = cursor().execute(RUNS, {"since": now - timedelta(days=1)}).fetchall()
    for row in rows:
        says = _(
            "Automation %(automation)s broke %(number)s times in 24 hours: %(error)s",
            automation=row["rule"],
            number=row["number"],
            error=row["error"][:200],
        )
        yield warning(
            "automations", says, _("Try it out on its page; switch it off until it is mended."), "automations"
        )
    if not rows:
        yield fine("automations", _("No automation broke in 24 hours."))


def one(statement: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
    row = cursor().execute(statement, values).fetchone()
    assert row is not None
    return row


def refused(row: dict[str, Any]) -> dict[str, str]:
    return {"name": row["name"], "since": said(row["refused_at"]), "why": in_english(row["refused_because"])}


def said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


WORK: Final = {
    "clocks": _("Clocks"),
    "mail": _("Arriving mail"),
    "work": _("Work behind commits"),
}
"""The kinds of due work, as LAG names them."""


LAG: Final = """
SELECT 'clocks' AS what, count(*)::int AS due, min(next_mark_at) AS oldest
FROM store_clock WHERE next_mark_at <= %(now)s
UNION ALL
SELECT 'mail', count(*)::int, min(due_at) FROM store_rawinput WHERE state = 'pending' AND due_at <= %(now)s
UNION ALL
SELECT 'work', count(*)::int, min(due_at) FROM store_duework WHERE due_at <= %(now)s AND attempts < 20
"""
BROKEN_WORK: Final = """
SELECT count(*)::int AS number, coalesce((array_agg(last_error ORDER BY id DESC))[1], '') AS error
FROM store_duework WHERE attempts >= 20
"""
OUTBOX: Final = """
SELECT count(*) FILTER (WHERE state IN ('failed', 'bounced') AND created_at > %(since)s)::int AS failed,
       count(*) FILTER (WHERE state IN ('due', 'sending') AND created_at < %(stuck)s)::int AS waiting,
       coalesce((array_agg(last_error ORDER BY id DESC)
                 FILTER (WHERE state IN ('failed', 'bounced') AND created_at > %(since)s))[1], '') AS error,
       coalesce((array_agg(last_error ORDER BY id DESC)
                 FILTER (WHERE state IN ('due', 'sending') AND created_at < %(stuck)s))[1], '') AS reason
FROM store_delivery
WHERE channel = 'email' AND (due_at IS NOT NULL OR (state IN ('failed', 'bounced') AND created_at > %(since)s))
"""
ASIDE: Final = """
SELECT count(*)::int AS quarantined, coalesce((array_agg(reason ORDER BY received_at DESC))[1], '') AS reason,
       (SELECT count(*)::int FROM store_suppression WHERE created_at > %(since)s AND because IN ('bounce', 'complaint'))
           AS suppressed
FROM store_rawinput WHERE state = 'quarantined'
"""
HOOKS: Final = """
SELECT name, disabled_because, failing_since FROM store_webhook
WHERE disabled_because <> '' OR (active AND failing_since IS NOT NULL) ORDER BY name
"""
REFUSED: Final = """
SELECT name, refused_at, refused_because FROM store_alertsource
WHERE active AND refused_at > %(since)s AND (received_at IS NULL OR refused_at > received_at) ORDER BY name
"""
REFUSED_LINES: Final = REFUSED.replace("store_alertsource", "store_line")
RUNS: Final = """
SELECT rule, count(*)::int AS number, max(error) AS error FROM store_automationrun
WHERE at > %(since)s AND error <> '' GROUP BY rule ORDER BY count(*) DESC LIMIT 10
"""
