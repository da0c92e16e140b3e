"""Sends a mail over SMTP, once, and says how it ended. Retrying, and never sending twice, is the caller's."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field

from deskwright.channels.contract import Deferred, Outcome, Outgoing, Refused, Sent
from deskwright.channels.email.compose import compose, recipients
from deskwright.channels.email.headers_out import plain_address


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    host: str
    port: int = 587
    tls: str = "starttls"
    """starttls | tls (from the first byte) | off"""
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0
    """Seconds for the connection and for every answer."""
    local_hostname: str | None = None
    """What EHLO says; None asks the system."""
    context: ssl.SSLContext | None = None
    """None verifies the server's certificate against the system's authorities."""


class Smtp:
    """One connection per mail, so that any number of threads may send."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def send(self, outgoing: Outgoing) -> Outcome:
        """How it ended; `Sent` only after the server's 250 to the whole mail."""
        try:
            raw, everybody = compose(outgoing), recipients(outgoing)
            mail_from = envelope_sender(outgoing)
        except ValueError as error:
            return Refused(str(error))
        if not everybody:
            return Refused("The mail has no recipient.")
        try:
            client = connect(self._settings)
        except (smtplib.SMTPException, OSError) as error:
            return Deferred(f"No connection to {self._settings.host}: {error}")
        try:
            return hand_over(client, mail_from, everybody, raw)
        except smtplib.SMTPResponseException as error:
            return judged(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            return Refused(str(error))
        except (smtplib.SMTPException, OSError) as error:
            return Deferred(f"{type(error).__name__}: {error}")
        finally:
            leave(client)


def envelope_sender(outgoing: Outgoing) -> str:
    if outgoing.mail_from == "":
        return ""
    return plain_address(outgoing.mail_from or outgoing.from_.email)


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
        if settings.user:
            client.login(settings.user, settings.password)
        client.ehlo_or_helo_if_needed()
    except BaseException:
        client.close()
        raise
    return client


def hand_over(client: smtplib.SMTP, mail_from: str, everybody: tuple[str, ...], raw: bytes) -> Outcome:
    answer(client.mail(mail_from, mail_options(client, mail_from, everybody, raw)))
    refused, worst = offer(client, everybody)
    if len(refused) == len(everybody):
        return worst
    _, reply = answer(client.data(raw))
    return Sent(reply.decode("utf-8", "replace"), refused)


def mail_options(client: smtplib.SMTP, mail_from: str, everybody: tuple[str, ...], raw: bytes) -> list[str]:
    """Raises SMTPNotSupportedError when an address needs SMTPUTF8 and the server has none."""
    options = [f"size={len(raw)}"] if client.has_extn("size") else []
    if all(address.isascii() for address in (mail_from, *everybody)) and raw.isascii():
        return options
    if not client.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError("The mail server cannot take addresses with letters outside ASCII.")
    client.command_encoding = "utf-8"
    return [*options, "SMTPUTF8", "BODY=8BITMIME"]


def offer(client: smtplib.SMTP, everybody: tuple[str, ...]) -> tuple[tuple[str, ...], Outcome]:
    """(recipients refused, what it means when all are): one that may come later keeps the mail from being given up."""
    refused, worst = [], []
    for address in everybody:
        code, reply = client.rcpt(address)
        if code not in (250, 251):
            refused.append(address)
            worst.append(judged(code, reply))
    later = next((one for one in worst if isinstance(one, Deferred)), None)
    return tuple(refused), later or (worst[0] if worst else Refused("No recipient."))


def answer(reply: tuple[int, bytes]) -> tuple[int, bytes]:
    if reply[0] != 250:
        raise smtplib.SMTPResponseException(*reply)
    return reply


def judged(code: int, reply: bytes | str) -> Deferred | Refused:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    sentence = " ".join(f"{code} {words}".split())
    return Refused(sentence) if 500 <= code < 600 else Deferred(sentence)


def leave(client: smtplib.SMTP) -> None:
    """Say goodbye; the outcome is known, so trouble here changes nothing."""
    try:
        client.quit()
    except (smtplib.SMTPException, OSError):
        client.close()
