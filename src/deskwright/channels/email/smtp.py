"""Sends a mail over SMTP, once, and says how it ended. Retrying, and never sending twice, is the caller's."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final, Protocol

from deskwright.channels.contract import Deferred, Outcome, Outgoing, Refused, Sent
from deskwright.channels.email.compose import compose, recipients
from deskwright.channels.email.headers_out import plain_address
from deskwright.engine.saying import _

CLOSING: Final = 421
"""The server we speak with is not available (RFC 5321, 4.2.2): that says nothing of the domain the mail goes to."""
SLOWER: Final = frozenset({450, 451})
"""Answers by which a domain says that it takes no more for now."""
ONE_MAILBOX: Final = re.compile(r"\d{3} 4\.[12]\.")
"""Of an answer about one mailbox only (RFC 3463): others of the domain may still be sent to."""
Sign = Callable[[bytes, str], bytes]


class NoToken(smtplib.SMTPException):
    """The provider gives no token, in its own words."""


class Consent(Protocol):
    """What lets us sign in with a token in place of a password."""

    def token(self) -> str:
        """One that holds for a while yet. Raises NoToken."""

    def forget(self) -> None:
        """The server did not take it: get another one next time."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    host: str
    port: int = 587
    tls: str = "starttls"
    """starttls | tls (from the first byte) | off"""
    user: str = ""
    password: str = field(default="", repr=False)
    consent: Consent | None = None
    """Signs in with a token (XOAUTH2) in place of the password."""
    timeout: float = 30.0
    """Seconds for the connection and for every answer."""
    local_hostname: str | None = None
    """What EHLO says; None asks the system."""
    context: ssl.SSLContext | None = None
    """None verifies the server's certificate against the system's authorities."""


class Smtp:
    """One connection per mail, so that any number of threads may send.

    `sign` gets the bytes and the domain of the From address and gives what leaves; it may raise ValueError.
    """

    def __init__(self, settings: SmtpSettings, sign: Sign | None = None) -> None:
        self._settings = settings
        self._sign = sign

    def send(self, outgoing: Outgoing) -> Outcome:
        """How it ended; `Sent` only after the server's 250 to the whole mail."""
        with closing(self.visit()) as visit:
            return visit.send(outgoing)

    def visit(self) -> Visit:
        return Visit(self._settings, self._sign)


class Visit:
    """Hands over several mails, one after the other, by one connection as long as all goes well. For one thread."""

    def __init__(self, settings: SmtpSettings, sign: Sign | None = None) -> None:
        self._settings = settings
        self._sign = sign
        self._client: smtplib.SMTP | None = None

    def send(self, outgoing: Outgoing) -> Outcome:
        """As `Smtp.send`. After any other end than `Sent` the next mail gets a connection of its own."""
        try:
            raw, everybody = compose(outgoing), recipients(outgoing)
            mail_from = envelope_sender(outgoing)
        except ValueError as error:
            return Refused(str(error))
        try:
            raw = self._sign(raw, domain_of(outgoing)) if self._sign else raw
        except ValueError as error:
            return Deferred(str(error))
        if not everybody:
            return Refused(_("The mail has no recipient."))
        outcome = self._handed_over(mail_from, everybody, raw)
        if not isinstance(outcome, Sent):
            self.close()
        return outcome

    def _handed_over(self, mail_from: str, everybody: tuple[str, ...], raw: bytes) -> Outcome:
        try:
            client = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            said = _("No connection to %(host)s: %(error)s", host=self._settings.host, error=str(error))
            return Deferred(said, server=True)
        try:
            return hand_over(client, mail_from, everybody, raw)
        except smtplib.SMTPResponseException as error:
            return judged(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            return Refused(str(error))
        except (smtplib.SMTPException, OSError) as error:
            return Deferred(f"{type(error).__name__}: {error}")

    def _connected(self) -> smtplib.SMTP:
        """The open connection if the server still answers on it, else a new one."""
        if self._client is not None and not answers(self._client):
            self.close()
        if self._client is None:
            self._client = connect(self._settings)
        return self._client

    def close(self) -> None:
        if self._client is not None:
            leave(self._client)
            self._client = None


def answers(client: smtplib.SMTP) -> bool:
    """Whether another mail may be begun. Asked before each: a mail itself is never handed over twice."""
    try:
        return client.rset()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def envelope_sender(outgoing: Outgoing) -> str:
    if outgoing.mail_from == "":
        return ""
    return plain_address(outgoing.mail_from or outgoing.from_.email)


def domain_of(outgoing: Outgoing) -> str:
    return plain_address(outgoing.from_.email).rpartition("@")[2].lower()


def connect(settings: SmtpSettings) -> smtplib.SMTP:
    """An open, encrypted (unless switched off) and signed-in connection.

    What goes wrong here is no mail's fault: a wrong password must not cost every letter of the day.
    """
    context = settings.context or (ssl.create_default_context() if settings.tls != "off" else None)
    place = {"local_hostname": settings.local_hostname, "timeout": settings.timeout}
    if settings.tls == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, context=context, **place)  # type: ignore[arg-type]
    else:
        client = smtplib.SMTP(settings.host, settings.port, **place)  # type: ignore[arg-type]
    try:
        if settings.tls == "starttls":
            client.starttls(context=context)
        if settings.consent:
            sign_in_by_token(client, settings.user, settings.consent)
        elif settings.user:
            client.login(settings.user, settings.password)
        client.ehlo_or_helo_if_needed()
    except BaseException:
        client.close()
        raise
    return client


def sign_in_by_token(client: smtplib.SMTP, user: str, consent: Consent) -> None:
    """XOAUTH2, as Google and Microsoft describe it: their answer to a token they refuse is a challenge that wants an
    empty line before they say so.
    """
    proof = f"user={user}\1auth=Bearer {consent.token()}\1\1"
    client.ehlo_or_helo_if_needed()
    try:
        client.auth("XOAUTH2", lambda challenge=None: proof if challenge is None else "")
    except smtplib.SMTPAuthenticationError:
        consent.forget()
        raise


def hand_over(client: smtplib.SMTP, mail_from: str, everybody: tuple[str, ...], raw: bytes) -> Outcome:
    answer(client.mail(mail_from, mail_options(client, mail_from, everybody, raw)))
    refused, worst = offer(client, everybody)
    if len(refused) == len(everybody):
        return worst
    reply = answer(client.data(raw))[1]
    return Sent(reply.decode("utf-8", "replace"), refused)


def mail_options(client: smtplib.SMTP, mail_from: str, everybody: tuple[str, ...], raw: bytes) -> list[str]:
    """Raises SMTPNotSupportedError when an address needs SMTPUTF8 and the server has none."""
    options = [f"size={len(raw)}"] if client.has_extn("size") else []
    if all(address.isascii() for address in (mail_from, *everybody)) and raw.isascii():
        return options
    if not client.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError(_("The mail server cannot take addresses with letters outside ASCII."))
    client.command_encoding = "utf-8"
    return [*options, "SMTPUTF8", "BODY=8BITMIME"]


def offer(client: smtplib.SMTP, everybody: tuple[str, ...]) -> tuple[tuple[str, ...], Outcome]:
    """(recipients refused, what it means when all are): one that may come later keeps the mail from being given up.

    Raises SMTPResponseException when the server hangs up on the way.
    """
    refused, worst = [], []
    for address in everybody:
        code, reply = client.rcpt(address)
        if code == CLOSING:
            raise smtplib.SMTPResponseException(code, reply)
        if code not in (250, 251):
            refused.append(address)
            worst.append(judged(code, reply))
    later = next((one for one in worst if isinstance(one, Deferred)), None)
    return tuple(refused), later or (worst[0] if worst else Refused(_("The mail has no recipient.")))


def answer(reply: tuple[int, bytes]) -> tuple[int, bytes]:
    if reply[0] != 250:
        raise smtplib.SMTPResponseException(*reply)
    return reply


def judged(code: int, reply: bytes | str) -> Deferred | Refused:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    sentence = " ".join(f"{code} {words}".split())
    if 500 <= code < 600:
        return Refused(sentence)
    return Deferred(sentence, server=code == CLOSING, slower=code in SLOWER and not ONE_MAILBOX.match(sentence))


def leave(client: smtplib.SMTP) -> None:
    """Say goodbye; the outcome is known, so trouble here changes nothing."""
    try:
        client.quit()
    except (smtplib.SMTPException, OSError):
        client.close()
