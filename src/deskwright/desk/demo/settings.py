"""What the demo's settings show: an absence, a webhook that is off, a paused mailbox, own words, a role of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from deskwright.desk.access import BUILT_IN
from deskwright.desk.answering.wording import programme
from deskwright.desk.arriving import intake
from deskwright.desk.chat import widgets
from deskwright.desk.mailboxes import setting
from deskwright.desk.settings import first_run, furnishing, roles
from deskwright.desk.settings.house import Words
from deskwright.desk.staff import planning
from deskwright.desk.webhooks import hooks
from deskwright.store.models import Agent

SHOP = "https://hooks.lanternfish.example/tickets"
"""A name nobody has: nothing is ever sent there, for the webhook is off."""
GREETING = "Hello! Ask us anything about dashboards, exports or your bill."

MAILBOX = {
    "name": "Billing",
    "address": "billing@lanternfish.example",
    "host": "imap.lanternfish.example",
    "port": 993,
    "tls": "tls",
    "user": "billing@lanternfish.example",
    "auth": "password",
    "folder": "INBOX",
    "after": "nothing",
    "move_to": "",
    "begins_at": None,
}
"""A server nobody has: it is paused, nothing is ever fetched."""
NOT_LENT = {"customers:change", "knowledge:write", "tickets:merge"}

ASIDE = (
    b"From: Postmaster <postmaster@mailer.example>\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n"
    b"Message-ID: <away-1@mailer.example>\r\n\r\nI am away until Monday.\r\n",
    b"Subject: Call me back\r\nMessage-ID: <scan-77@printer.example>\r\n\r\nYour scan is attached.\r\n",
)
"""Mails that are set aside: one answers nothing here, one names no sender."""


def name(agents: Mapping[str, Agent], now: datetime) -> None:
    """What the desk is called and how it signs, before it writes its first letter."""
    furnishing.brand(agents["odile"], {"name": "Lanternfish Support"}, now=now)
    furnishing.address(agents["odile"], {"signature": "Lanternfish, maker of dashboards"}, now=now)


def furnish(agents: Mapping[str, Agent], now: datetime) -> None:
    """Fill the settings as a desk of two months has them, and end the first run."""
    admin, day = agents["odile"], timedelta(days=1)
    english = programme("acknowledge", "en")
    assert english is not None
    own = Words("We have your question (#$number)", english.text, english.html)
    furnishing.word(agents["mira"], "acknowledge", "en", own, now=now)
    planning.plan(agents["mira"], agents["otis"].pk, now + 2 * day, now + 5 * day, "Moving house", now=now)
    planning.plan(agents["mira"], agents["kiri"].pk, now + 9 * day, now + 12 * day, "Sailing", now=now)
    events = ["ticket.escalated", "ticket.sla_breach", "ticket.solved"]
    hook, _ = hooks.set_up(admin, "Status board", SHOP, events, "priority == 'critical'", now=now)
    hooks.switch(admin, hook.pk, False, now=now)
    box = setting.add(admin, MAILBOX, {"password": "nobody's"}, now=now)
    setting.switch(admin, box.pk, False, now=now)
    widgets.set_up(admin, name="Lanternfish site", greetings={"en": GREETING}, asks=["name"], now=now)
    for hours, body in enumerate(ASIDE, 1):
        intake.journal("email", {"to": ["support@lanternfish.example"]}, body, now - hours * day / 24)
    intake.work_off(now)
    lend(agents, now)
    first_run.end(None, now=now)


def lend(agents: Mapping[str, Agent], now: datetime) -> None:
    """A role of the desk's own: somebody from a partner firm, who answers without seeing where customers live."""
    grants = {right: reach for right, reach in BUILT_IN["agent"].items() if right not in NOT_LENT}
    role = {"name": "Weekend partner", "about": "Answers from another firm.", "base": "agent", "grants": grants}
    hidden = ["customer.email", "customer.phone", "organisation.notes"]
    made = roles.make(agents["odile"], "weekend_partner", {**role, "hidden": hidden}, now=now)
    roles.give(agents["odile"], agents["otis"].pk, made, now=now)
