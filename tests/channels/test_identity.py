"""Asking an identity provider: whatever it answers, or leads to, is said in words; nothing is asked that may not be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from deskwright.channels import identity


@contextmanager
def answering(*parts: bytes) -> Iterator[str]:
    """A server that says these bytes whatever it is asked; its address."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            for part in parts:
                self.request.sendall(part)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()


HEAD = b"HTTP/1.0 200 OK\r\n\r\n"


@pytest.mark.parametrize(
    "said",
    [
        b"nothing of the kind\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        HEAD + b"[" * 200_000,
        HEAD + b"[]",
        HEAD + b"x" * (identity.MOST + 1),
        b"HTTP/1.0 404 Not Found\r\n\r\n{}",
        b"HTTP/1.0 302 Found\r\nLocation: http://elsewhere.example/\r\n\r\n",
    ],
)
def test_what_is_no_answer_is_said_in_words(said: bytes) -> None:
    with answering(said) as url, pytest.raises(identity.Unreachable):
        identity.fetched_object(url)


def test_an_answer_that_trickles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, *(each * 4.0 for each in range(1, 100))])
    monkeypatch.setattr(identity.time, "monotonic", lambda: next(moments))
    monkeypatch.setattr(identity, "PART", 1)
    with answering(HEAD, b"{}" * 20) as url, pytest.raises(identity.Unreachable, match="within 10 seconds"):
        identity.fetched(url)


@pytest.mark.parametrize(
    ("url", "entered", "fine"),
    [
        ("https://id.example/keys", "", True),
        ("https://id.example/keys", "https://id.example", True),
        ("http://id.example/keys", "", False),
        ("http://127.0.0.1:8000/", "", True),
        ("http://127.0.0.1:8000/", "http://localhost:8000", True),
        ("http://127.0.0.1:8000/", "https://id.example", False),
        ("https://localhost/", "https://id.example", False),
        ("http://[::1]/", "https://id.example", False),
        ("http://[", "", False),
        ("http://127.0.0.1/", "http://[", False),
    ],
)
def test_only_what_stands_here_leads_to_what_stands_here(url: str, entered: str, fine: bool) -> None:
    assert identity.safe(url, entered) is fine
    if not fine:
        with pytest.raises(identity.Unreachable):
            identity.fetched(url, entered)
