"""Was this mail written by a human? Reads headers first, then how the subjects of out-of-office notes begin.

Sees no tickets; what follows from the answer (no acknowledgement, no reopening) is the desk's.
"""

from __future__ import annotations

import re

from deskwright.channels.contract import Address
from deskwright.channels.email import calendar
from deskwright.channels.email.bounces import by_machine
from deskwright.channels.email.contents import Contents
from deskwright.channels.email.headers import Headers

AUTO_REPLY_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-vacation")
BULK = {"bulk": "bulk", "junk": "bulk", "list": "list"}
AWAY = re.compile(
    r"""\A\s*(?:\[[^\]]{1,30}\]\s*)?(?:
    auto(?:matic|mated|matisch|matische|matisches|matisk|matiskt|maattinen|matická|matyczna)?[\ -]?
        (?:reply|response|respon[sd]\w*|answer|antwort|antwoord|svar|vastaus|odpově[ďd]|odpowiedź)
    |auto(?:=|:)|r[ée]ponse\ automatique|r[eé]sp(?:uesta|osta)\ autom[aá]tica|risposta\ automatica|automatische\ antwort
    |autosvar|otomatik\ yanıt|автоответ|автоматический\ ответ|自动回复|自動回覆|自動返信|자동\ ?회신
    |out\ of\ (?:the\ )?office(?:\ (?:reply|autoreply|auto-reply|notice|message|notification))?
    |abwesenheits(?:notiz|meldung|nachricht|assistent)|abwesend|nicht\ im\ (?:büro|hause)
    |absence\ du\ bureau|absent\ du\ bureau|fuera\ de\ (?:la\ )?oficina|ausencia|fuori\ (?:sede|ufficio)|assente
    |afwezig(?:heid)?|niet\ aanwezig|aus[eê]ncia|ikke\ på\ kontoret|frånvarande|poissa
    |不在通知|不在のお知らせ|vacation(?:\ (?:reply|response|message))?
    |on\ (?:annual\ leave|vacation|holiday)|i(?:'m|\ am)\ away
    )\s*(?:[:：(\[\-–—=]|\Z|(?:re|aw|sv|antw)\s*:)""",
    re.IGNORECASE | re.VERBOSE,
)
NO_REPLY = re.compile(
    r"\A(?:no|do[._-]?not|don[o']?t)[._-]?reply|\Anobody@|\A(?:mailer-daemon|postmaster|bounces?)\b", re.IGNORECASE
)


def reason(
    headers: Headers, sender: Address | None, subject: str, found: Contents, *, null_sender: bool, answers: bool
) -> str | None:
    """Why it is automatic, None for a human; begins as `Incoming.auto` says. `answers`: it is part of a thread."""
    return (
        by_content(found)
        or by_auto_submitted(headers)
        or by_other_headers(headers)
        or ("auto-replied: out of office" if AWAY.match(subject) else None)
        or ("auto-replied: no return path" if null_sender else None)
        or ("auto-generated: mail system" if sender is not None and by_machine(sender) else None)
        or by_list(headers, answers)
    )


def by_content(found: Contents) -> str | None:
    if any(kind == "message/disposition-notification" for kind, _ in found.reports):
        return "auto-replied: read receipt"
    if found.calendars and all(calendar.method(one) == "REPLY" for one in found.calendars):
        return "auto-replied: answer to an invitation"
    return None


def by_auto_submitted(headers: Headers) -> str | None:
    value = headers.lower("auto-submitted").partition(";")[0].strip()
    if not value or value == "no":
        return None
    return "auto-replied" if value.startswith("auto-replied") else "auto-generated"


def by_other_headers(headers: Headers) -> str | None:
    for name in AUTO_REPLY_HEADERS:
        if name in headers and headers.lower(name) not in ("no", "false", "0"):
            return f"auto-replied: {name}"
    precedence = headers.lower("precedence").replace("-", "_")
    if precedence == "auto_reply":
        return "auto-replied: precedence"
    return "bulk" if BULK.get(precedence) == "bulk" and "list-id" not in headers else None


def by_list(headers: Headers, answers: bool) -> str | None:
    """Lists carry humans too: an answer, or a mail a group passes on in somebody's name, is a human's."""
    listed = "list-id" in headers or "x-mlserver" in headers or BULK.get(headers.lower("precedence")) is not None
    passed_on = "x-original-from" in headers or "x-google-group-id" in headers
    return "list" if listed and not answers and not passed_on else None


def no_acknowledgement(headers: Headers, auto: str | None, sender: Address | None, answer_to: Address | None) -> bool:
    """An acknowledgement must not go out: a machine, a list, a no-reply address, or somebody who asks for none."""
    target = answer_to or sender
    return (
        auto is not None
        or target is None
        or any(name in headers for name in ("x-auto-response-suppress", "list-id", "list-unsubscribe", "precedence"))
        or NO_REPLY.match(target.email) is not None
    )
