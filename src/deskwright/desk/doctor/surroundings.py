"""What is around the desk: disk, addresses and secrets, the mail server, the mail listener."""

from __future__ import annotations

import shutil
import smtplib
import socket
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from deskwright.channels.email.smtp import connect, leave
from deskwright.desk.doctor.finding import Finding, broken, fine, sized, warning
from deskwright.desk.settings.mail import smtp_settings
from deskwright.engine.saying import _

LITTLE: Final = 1024**3
NEARLY_NONE: Final = 100 * 1024**2
PATIENCE: Final = 3.0
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def disk(now: datetime) -> Iterator[Finding]:
    try:
        free = shutil.disk_usage(settings.DATA).free
    except OSError as trouble:
        yield broken(
            "disk",
            _("The data directory cannot be read: %(error)s.", error=trouble.strerror or ""),
            _("Mend its mount and its rights."),
        )
        return
    says = _("%(size)s free where the desk keeps its data.", size=sized(free))
    if free < NEARLY_NONE:
        yield broken("disk", says, _("Free space at once: a full disk stops the database."))
    elif free < LITTLE:
        yield warning("disk", says, _("Free space, or move DATA to a larger disk."))
    else:
        yield fine("disk", says)


def addresses(now: datetime) -> Iterator[Finding]:
    known, url = settings.ENV, urlsplit(settings.PUBLIC_URL)
    if url.hostname in LOOPBACK:
        says = _("PUBLIC_URL is %(url)s: links in mails lead nowhere for others.", url=settings.PUBLIC_URL)
        yield warning("addresses", says, _("Set PUBLIC_URL to the address people use."))
    elif url.scheme != "https":
        says = _("PUBLIC_URL begins with http://: passwords and sessions travel in the open.")
        yield broken(
            "addresses", says, _("Put a proxy with a certificate before the desk and set PUBLIC_URL to https://.")
        )
    else:
        yield fine("addresses", _("People reach the desk at %(url)s.", url=settings.PUBLIC_URL))
    if "*" in known.allowed_hosts:
        yield warning("addresses", _("The desk answers to any host name."), _("Set PUBLIC_URL, or ALLOWED_HOSTS."))
    if known.debug:
        yield broken("addresses", _("DEBUG is on: errors show the desk's inside to everybody."), _("Take DEBUG away."))


def secret_key(now: datetime) -> Iterator[Finding]:
    path = settings.DATA / "secret_key"
    if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield broken(
            "secret key",
            _("Others on this host can read the secret key."),
            _("Run `chmod 600 %(path)s` in DATA.", path=path.name),
        )
    else:
        yield fine("secret key", _("%(count)s characters, kept to this account.", count=len(settings.SECRET_KEY)))


def mail_server(now: datetime) -> Iterator[Finding]:
    found = smtp_settings(timeout=PATIENCE)
    if found is None:
        says = _("No mail server is set: outgoing mail is printed, nobody gets it.")
        yield warning("mail server", says, _("Enter one under Mail, or set SMTP_HOST."), "mail")
        return
    try:
        leave(connect(found))
    except (OSError, smtplib.SMTPException) as trouble:
        says = _(
            "%(host)s:%(port)s does not take mail: %(error)s",
            host=found.host,
            port=found.port,
            error=f"{type(trouble).__name__}: {trouble}"[:250],
        )
        yield broken("mail server", says, _("Check address, port, encryption, user and password."), "mail")
    else:
        yield fine(
            "mail server", _("%(host)s:%(port)s answers, and takes our sign-in.", host=found.host, port=found.port)
        )


def listener(now: datetime) -> Iterator[Finding]:
    known = settings.ENV
    for kind, address in (("SMTP", known.smtp_listen), ("LMTP", known.lmtp_listen)):
        if address is None:
            continue
        if listening(*address):
            yield fine("mail in", _("Mail is taken in by %(kind)s on %(address)s.", kind=kind, address=address))
        else:
            says = _(
                "Nobody listens for %(kind)s on %(address)s: mail from outside does not arrive by it.",
                kind=kind,
                address=address,
            )
            yield broken("mail in", says, _("Start `deskwright mail` (`deskwright run` does)."))
    if known.smtp_listen is None and known.lmtp_listen is None:
        yield fine("mail in", _("The listeners are off; mail comes by `deskwright receive` only."))


def listening(host: str, port: int) -> bool:
    try:
        with closing(socket.create_connection((host, port), PATIENCE)):
            return True
    except OSError:
        return False
