"""What the API has addresses for beyond the pages' furniture: one of each, by the word it has in an address."""

from __future__ import annotations

from datetime import datetime, timedelta

from deskwright.desk.alerts import sources
from deskwright.desk.answering import drafts
from deskwright.desk.chat import widgets
from deskwright.desk.domains import keys
from deskwright.desk.lines import settings as lines
from deskwright.desk.mailboxes import setting
from deskwright.desk.settings import brands, furnishing
from deskwright.desk.tickets import tags
from deskwright.store import models
from tests.web.furnished import Known

LINE = {"name": "Front", "number": "+4930123456", "provider": "plain", "calls": True}
MAILBOX = {"name": "Support", "address": "help@desk.example", "host": "imap.desk.example", "user": "help"}
USUAL = {"port": 993, "tls": "tls", "auth": "password", "folder": "INBOX", "after": "nothing", "move_to": ""}


def more(known: Known, now: datetime) -> dict[str, int]:
    odile, ada = known.people["odile"], known.people["ada"]
    furnishing.address(odile, {"mail_from": "help@desk.example"}, now=now)
    drafts.keep(ada, known.other, "reply", "Soon", now=now)
    line, _secret = lines.connect(odile, {**LINE, "sms": False, "whatsapp": False, "dial": ""}, now=now)
    source, _secret = sources.set_up(
        odile, {"name": "Probe", "form": "plain", "by": [], "grouped": "group", "solves": True}, now=now
    )
    box = setting.add(odile, {**MAILBOX, **USUAL, "begins_at": now}, {"password": "x"}, now=now)
    call = models.Call.objects.create(line=line, call_id="1", number="+4930987654", rang_at=now - timedelta(minutes=1))
    survey = {"name": "csat", "cycle": 0, "state": "answered", "due_at": now, "expires_at": now, "csat": 5}
    models.Chat.objects.create(ticket_id=known.ticket, visitor="v", started_at=now, here_at=now)
    trial = models.Trial.objects.create(title="Draft", text="{}", asked_by=odile, asked_at=now)
    notice = models.Notice.objects.create(agent=ada, ticket_id=known.other, subject="Look", key="k", created_at=now)
    return {
        "lines": line.pk,
        "alert-sources": source.pk,
        "widgets": widgets.set_up(odile, now=now, name="Shop").pk,
        "mailboxes": box.pk,
        "dkim-keys": keys.make(odile, "desk.example", "s1", now=now).pk,
        "brands": brands.keep(odile, None, {"host": "help.harbor.example", "name": "Harbor"}, now=now),
        "tag-changes": tags.begin(known.people["nora"], "export", "exports", now=now).pk,
        "calls": call.pk,
        "surveys": models.Survey.objects.create(ticket_id=known.ticket, **survey).pk,
        "mail-log": models.RawInput.objects.create(channel="email", body=b"", received_at=now, state="quarantined").pk,
        "trials": trial.pk,
        "notices": notice.pk,
    }
