"""Mail that leaves by the account it comes in by: the mailbox's consent signs in at the SMTP server (XOAUTH2)."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from deskwright.channels.contract import Address, Deferred, Outgoing, Sent
from deskwright.channels.email import oauth
from deskwright.channels.email.oauth import OauthTrouble, Token
from deskwright.channels.email.smtp import Smtp
from deskwright.desk.mailboxes import lending, reaching, setting, standing
from deskwright.desk.settings import mail
from deskwright.store.models import Mailbox


@dataclass
class Provider:
    """A loopback SMTP server that takes these tokens, by XOAUTH2 only, and remembers what it was given."""

    tokens: set[str]
    mails: list[bytes] = field(default_factory=list)
    proofs: list[bytes] = field(default_factory=list)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        proof = base64.b64decode(args[1])
        self.proofs.append(proof)
        if any(proof == b"user=ada@desk.example\1auth=Bearer " + one.encode() + b"\1\1" for one in self.tokens):
            return AuthResult(success=True)
        refusal = json.dumps({"status": "400", "schemes": "Bearer"})
        await server.push(f"334 {base64.b64encode(refusal.encode()).decode()}")
        assert await server._reader.readline() == b"\r\n"
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        assert session.authenticated
        self.mails.append(envelope.content)
        return "250 2.0.0 OK"


@contextmanager
def serving(*tokens: str) -> Iterator[tuple[Provider, int]]:
    provider = Provider(set(tokens))
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    ways = {"auth_require_tls": False, "auth_exclude_mechanism": ["LOGIN", "PLAIN"]}
    controller = Controller(provider, "127.0.0.1", port, **ways)
    controller.start()
    try:
        yield provider, port
    finally:
        controller.stop()


BOX = {
    "name": "Support", "address": "ada@desk.example", "user": "ada@desk.example", "auth": "oauth2",
    "host": "127.0.0.1", "port": 993, "tls": "tls", "folder": "INBOX", "after": "nothing", "move_to": "",
    "begins_at": None,
    "brand_id": None, "queue": "", "plus": False, "reply_to": False,
}  # fmt: skip


@pytest.fixture
def box(db: str, now: datetime) -> Mailbox:
    secret = {
        "client_id": "c",
        "client_secret": "s",
        "refresh_token": "r1",
        "token_url": "https://t.example",
        "scope": "x",
    }
    return setting.add(None, BOX, secret, now=now)


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every refresh token the provider was shown; it answers with token-1, token-2, ..."""
    shown: list[str] = []

    def refresh(grant: oauth.Grant, proxy: str) -> Token:
        shown.append(grant.refresh_token)
        if grant.refresh_token == "taken back":
            raise OauthTrouble("invalid_grant: Token has been revoked", final=True)
        return Token(f"token-{len(shown)}", 3600)

    monkeypatch.setattr(oauth, "refresh", refresh)
    lending.lent.cache_clear()
    return shown


def way(box: Mailbox, port: int) -> Smtp:
    entered = {"host": "127.0.0.1", "port": port, "tls": "off", "user": box.user, "password": "", "mailbox": box.pk}
    return Smtp(mail.settings_of(entered, timeout=10))


def letter(now: datetime) -> Outgoing:
    return Outgoing(
        Address("Support", "ada@desk.example"), (Address("", "mina@harbor.example"),), "Hello", "<1@desk.example>",
        "Hello.", now,
    )  # fmt: skip


def test_mail_leaves_by_the_consent_of_a_mailbox_and_a_token_is_used_while_it_holds(
    box: Mailbox, refreshed: list[str], now: datetime
) -> None:
    with serving("token-1") as (provider, port):
        assert isinstance(way(box, port).send(letter(now)), Sent)
        assert isinstance(way(box, port).send(letter(now)), Sent)
    assert refreshed == ["r1"] and len(provider.mails) == 2


def test_a_token_that_is_refused_is_not_shown_again(box: Mailbox, refreshed: list[str], now: datetime) -> None:
    with serving("token-2") as (provider, port):
        first = way(box, port).send(letter(now))
        assert isinstance(first, Deferred) and first.server and "535" in first.reason
        assert isinstance(way(box, port).send(letter(now)), Sent)
    assert refreshed == ["r1", "r1"] and len(provider.proofs) == 2


def test_a_token_is_shown_to_no_other_server_than_its_providers(
    box: Mailbox, refreshed: list[str], now: datetime
) -> None:
    with serving("token-1") as (provider, port):
        for other in ({"host": "imap.gmail.com", "auth": "google"}, {"host": "10.0.0.1"}):
            Mailbox.objects.filter(pk=box.pk).update(**other)
            outcome = way(box, port).send(letter(now))
            assert isinstance(outcome, Deferred) and "is no mail server of the provider" in outcome.reason
    assert not refreshed and not provider.proofs


@pytest.mark.parametrize(
    ("auth", "imap", "smtp", "fine"),
    [
        ("google", "imap.gmail.com", "smtp.gmail.com", True),
        ("google", "imap.evil.example", "smtp.evil.example", False),
        ("microsoft", "outlook.office365.com", "SMTP.office365.com.", True),
        ("oauth2", "imap.mail.example", "smtp.mail.example", True),
        ("oauth2", "imap.mail.example", "mail.example.evil.example", False),
        ("oauth2", "imap.mail.example", "a.b.mail.example", False),
        ("oauth2", "mail.example", "evil.example", False),
        ("oauth2", "10.0.0.1", "11.0.0.1", False),
    ],
)
def test_a_consent_counts_at_its_providers_servers(auth: str, imap: str, smtp: str, fine: bool) -> None:
    assert lending.lends_to(Mailbox(auth=auth, host=imap), smtp) is fine


def test_without_consent_mail_waits_and_says_what_the_provider_said(
    box: Mailbox, refreshed: list[str], now: datetime
) -> None:
    with serving() as (provider, port):
        secret = setting.secret_of(box)
        for changed, said in (
            (secret | {"refresh_token": "taken back"}, "invalid_grant: Token has been revoked"),
            ({name: one for name, one in secret.items() if name != "refresh_token"}, "Nobody has signed in"),
        ):
            setting.change(None, box.pk, BOX, changed, now=now)
            outcome = way(box, port).send(letter(now))
            assert isinstance(outcome, Deferred) and outcome.server and said in outcome.reason
        setting.remove(None, box.pk, now=now + timedelta(minutes=1))
        outcome = way(box, port).send(letter(now))
        assert isinstance(outcome, Deferred) and "not there any more" in outcome.reason
    assert not provider.proofs


def test_who_fetches_takes_the_refresh_token_that_sending_was_given(box: Mailbox, refreshed: list[str]) -> None:
    fetching = Mailbox.objects.get()
    standing.renewed(Mailbox.objects.get(), "r2")

    reaching.server_of(fetching, reaching.Keys(fetching))

    assert refreshed == ["r2"]
    assert setting.secret_of(Mailbox.objects.get())["client_secret"] == "s"
