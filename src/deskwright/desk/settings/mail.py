"""How mail leaves: the environment's mail server, else the one entered in the console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from deskwright.channels.email.smtp import SmtpSettings
from deskwright.desk.mailboxes.lending import lent, refuse_strange
from deskwright.desk.mailboxes.setting import one
from deskwright.desk.settings.house import House, house
from deskwright.desk.settings.sealing import Unreadable, unseal
from deskwright.store.connection import from_json

PATIENCE: Final = 30.0


def smtp_settings(known: House | None = None, timeout: float = PATIENCE) -> SmtpSettings | None:
    """The mail server that is set; None: mail is printed. Raises sealing.Unreadable when SECRET_KEY was changed."""
    env = settings.ENV
    if env.smtp_host:
        entered = {
            "host": env.smtp_host,
            "port": env.smtp_port,
            "tls": env.smtp_tls,
            "user": env.smtp_user,
            "password": env.smtp_password,
        }
    else:
        entered = entered_server(known)
    return settings_of(entered, timeout) if entered else None


def entered_server(known: House | None = None) -> dict[str, Any]:
    """What was entered in the console, password included; empty for nothing."""
    sealed = (known or house()).server.secret
    return dict(from_json(unseal(sealed))) if sealed else {}


def known_server() -> dict[str, Any]:
    """As `entered_server`; nothing where it cannot be read any more: it is entered again."""
    try:
        return entered_server()
    except Unreadable:
        return {}


def with_password(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed; the password that is known where none was, for the same server and user. With the consent of a
    mailbox there is none, and its user is taken where none was typed. Raises NotFound for no such mailbox, Invalid for
    a server its consent is not meant for.
    """
    if typed.get("mailbox"):
        box = one(typed["mailbox"])
        refuse_strange(box, typed["host"])
        return {**typed, "user": typed["user"] or box.user, "password": ""}
    before = known_server()
    same = all(before.get(name) == typed[name] for name in ("host", "user"))
    return {**typed, "password": typed.get("password") or (before.get("password", "") if same else "")}


def settings_of(entered: dict[str, Any], timeout: float = PATIENCE) -> SmtpSettings:
    """`mailbox`, where there is one, is the number of the mailbox whose consent is used in place of a password."""
    known = {name: value for name, value in entered.items() if name != "mailbox"}
    consent = lent(entered["mailbox"], entered["host"]) if entered.get("mailbox") else None
    return SmtpSettings(**known, consent=consent, local_hostname=settings.ENV.mail_domain, timeout=timeout)
