"""Ways into a mailbox: TLS that is really checked, and OAuth 2 tokens that are renewed before they end."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from deskwright.channels.email import oauth
from deskwright.channels.email.imap import ImapSettings, ImapTrouble, open_folder
from deskwright.desk.mailboxes import reaching, setting
from deskwright.store import outage
from deskwright.store.connection import cursor
from deskwright.store.models import Mailbox
from tests.certificates import self_signed
from tests.dovecot import PASSWORD, USER, Dovecot, dovecot, needs_dovecot
from tests.flows.test_mailboxes import values


@needs_dovecot
def test_encryption_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = self_signed()
    with dovecot(certificate=ours) as server:
        ways = [
            ImapSettings("127.0.0.1", server.tls_port, "tls", USER, password=PASSWORD),
            ImapSettings("127.0.0.1", server.port, "starttls", USER, password=PASSWORD),
        ]
        for way in ways:
            with pytest.raises(ImapTrouble, match="certificate is not trusted: self-signed certificate"):
                open_folder(way)
        (tmp_path / "ca.pem").write_bytes(ours[0])
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        for way in ways:
            with closing(open_folder(way)) as folder:
                assert folder.uids() == []


@dataclass
class Provider:
    """A token server on loopback: it renews, rotates refresh tokens, and tells Dovecot which access tokens hold."""

    url: str = ""
    refresh_token: str = "refresh-1"
    valid: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    waiting: list[dict[str, str]] = field(default_factory=list)
    """What it was asked, answered or not."""
    reached: threading.Event = field(default_factory=threading.Event)
    answering: threading.Event = field(default_factory=threading.Event)
    """Whether it answers at once."""

    def __post_init__(self) -> None:
        self.answering.set()

    def renew(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.waiting.append(form)
        self.reached.set()
        self.answering.wait(30)
        self.asked.append(form)
        if form.get("refresh_token") != self.refresh_token:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        token = f"access-{len(self.asked)}"
        self.valid = {token}
        self.refresh_token = f"refresh-{len(self.asked) + 1}"
        return 200, {"access_token": token, "expires_in": 3600, "refresh_token": self.refresh_token}

    def introspect(self, token: str) -> dict[str, Any]:
        return {"active": token in self.valid, "email": USER}


@contextmanager
def provider() -> Iterator[Provider]:
    known = Provider()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.say(*known.renew({name: value[0] for name, value in parse_qs(body).items()}))

        def do_GET(self) -> None:
            token = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
            self.say(200, known.introspect(token))

        def say(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        known.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield known
        finally:
            server.shutdown()
            thread.join()


NOWHERE = Dovecot(Path("nowhere"), 1, 1)
"""A server that nobody signs in to."""
OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {path}
}}
"""
CHECKING = """
introspection_mode = get
introspection_url = {url}/introspect?token=
username_attribute = email
active_attribute = active
active_value = true
"""


@needs_dovecot
@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_a_mailbox_is_opened_by_a_token_that_is_renewed(db: str, now: datetime, tmp_path: Path, mechanism: str) -> None:
    tmp_path.chmod(0o755)
    with provider() as known:
        path = tmp_path / "oauth2.conf"
        path.write_text(CHECKING.format(url=known.url))
        with dovecot(mechanism, OAUTH.format(path=path)) as server:
            secret = {"token_url": f"{known.url}/token", "client_id": "desk", "refresh_token": "refresh-1"}
            box = setting.add(None, values(server, auth="oauth2"), secret, now=now)
            keys = reaching.Keys(box)

            for _ in range(2):
                with closing(open_folder(reaching.server_of(box, keys))) as folder:
                    assert folder.uids() == []
            assert len(known.asked) == 1, "a token that holds is used again"
            kept = setting.secret_of(Mailbox.objects.get())
            assert kept["refresh_token"] == "refresh-2", "the provider took the old one back"

            known.valid = set()
            with pytest.raises(ImapTrouble) as refusal:
                open_folder(reaching.server_of(box, keys))
            assert refusal.value.login
            keys.forget()
            with closing(open_folder(reaching.server_of(box, keys))) as folder:
                assert folder.uids() == []

            known.refresh_token = "taken back"
            keys.forget()
            with pytest.raises(ImapTrouble, match=r"invalid_grant: Token has been expired or revoked\. Sign in"):
                reaching.server_of(box, keys)


def test_two_who_renew_at_the_same_moment_take_turns(live_db: str, now: datetime) -> None:
    """A provider that rotates refresh tokens takes the old one back with its answer: shown again, it opens nothing."""
    with provider() as known, ThreadPoolExecutor(2) as desks:
        known.answering.clear()
        secret = {"token_url": f"{known.url}/token", "client_id": "desk", "refresh_token": "refresh-1"}
        number = setting.add(None, values(NOWHERE, auth="oauth2"), secret, now=now).pk

        one = desks.submit(renew, number)
        assert known.reached.wait(20)
        other = desks.submit(renew, number)
        until(lambda: len(known.waiting) == 2 or other.done() or somebody_waits())
        known.answering.set()

        assert {one.result(20), other.result(20)} == {"access-1", "access-2"}
        assert [form["refresh_token"] for form in known.asked] == ["refresh-1", "refresh-2"]
        assert setting.secret_of(Mailbox.objects.get())["refresh_token"] == "refresh-3"


def test_of_two_threads_with_the_same_keys_one_renews_and_the_other_uses_what_it_was_given(
    live_db: str, now: datetime
) -> None:
    with provider() as known, ThreadPoolExecutor(2) as threads:
        known.answering.clear()
        secret = {"token_url": f"{known.url}/token", "client_id": "desk", "refresh_token": "refresh-1"}
        box = setting.add(None, values(NOWHERE, auth="oauth2"), secret, now=now)
        keys = reaching.Keys(box)

        one = threads.submit(renew, box.pk, keys)
        assert known.reached.wait(20)
        other = threads.submit(renew, box.pk, keys)
        until(lambda: other.done() or somebody_waits())
        known.answering.set()

        assert (one.result(20), other.result(20)) == ("access-1", "access-1")
        assert len(known.asked) == 1


def renew(number: int, keys: reaching.Keys | None = None) -> str:
    """The token by which another process would sign in to the mailbox, or another thread with the same keys."""
    box = Mailbox.objects.get(pk=number)
    try:
        return reaching.server_of(box, keys or reaching.Keys(box)).access_token
    finally:
        outage.let_go()


def somebody_waits() -> bool:
    """Whether the database keeps anybody waiting for a lock."""
    row = cursor().execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted) AS waits").fetchone()
    return row is not None and row["waits"]


def until(holds: Callable[[], bool]) -> None:
    """Raises TimeoutError when it does not come true."""
    end = time.monotonic() + 20
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("status", "body", "words", "final"),
    [
        (400, b'{"error": "invalid_client"}', "invalid_client", True),
        (503, b"<html>later</html>", "503", False),
        (429, b'{"error": "slow_down", "error_description": "Too  many"}', "slow_down: Too many", False),
    ],
)
def test_what_a_provider_refuses_is_told_in_its_words(status: int, body: bytes, words: str, final: bool) -> None:
    trouble = oauth.refused(status, body)

    assert (str(trouble), trouble.final) == (words, final)


def test_nobody_there_is_a_trouble_that_passes() -> None:
    with pytest.raises(oauth.OauthTrouble, match="cannot be reached") as trouble:
        oauth.refresh(oauth.Grant("http://127.0.0.1:1/token", "desk", "", "refresh"))

    assert not trouble.value.final


@pytest.mark.parametrize("url", ["http://provider.example/token", "ftp://provider.example/token", "https://[provider"])
def test_a_token_is_asked_for_by_encryption_only(url: str) -> None:
    with pytest.raises(oauth.OauthTrouble) as trouble:
        oauth.refresh(oauth.Grant(url, "desk", "secret", "refresh"))
    assert trouble.value.final


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 307 Elsewhere\r\nLocation: {url}/thief\r\nContent-Length: 0\r\n\r\n", "307"),
        (b"HTTP/1.1 302 Elsewhere\r\nLocation: {url}/thief\r\nContent-Length: 0\r\n\r\n", "302"),
        (b"no such thing as HTTP\r\n\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", "is no JSON"),
    ],
)
def test_a_provider_that_points_elsewhere_or_breaks_off_is_a_trouble(answer: bytes, words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door, ThreadPoolExecutor(1) as pool:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        door.settimeout(5)

        def once() -> list[str]:
            lines = []
            with suppress(TimeoutError):
                while True:
                    caller, _address = door.accept()
                    with caller:
                        lines.append(caller.recv(4096).decode().split("\r\n")[0])
                        caller.sendall(answer.replace(b"{url}", url.encode()))
                    door.settimeout(0.2)
            return lines

        asked = pool.submit(once)
        with pytest.raises(oauth.OauthTrouble, match=words):
            oauth.refresh(oauth.Grant(f"{url}/token", "desk", "secret", "refresh"))
        assert asked.result() == ["POST /token HTTP/1.1"]
