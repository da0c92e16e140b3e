"""A message reaches its receiver through a proxy that connects, encrypted from end to end."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deskwright.channels import posting
from tests.certificates import self_signed


class Receiver(BaseHTTPRequestHandler):
    """A shop's webhook: says what it was sent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["Host"].encode() + b" got " + body)

    def log_message(self, *_: object) -> None:
        pass


class Proxy(BaseHTTPRequestHandler):
    """Connects whoever asks to the receiver on this machine, and passes bytes on either way until one side ends."""

    receiver = 0
    seen: bytes
    asked: str

    def do_CONNECT(self) -> None:
        type(self).asked = self.path
        with socket.create_connection(("127.0.0.1", self.receiver)) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=self.passed_back, args=[there])
            back.start()
            while piece := self.connection.recv(65536):
                type(self).seen += piece
                there.sendall(piece)
            there.shutdown(socket.SHUT_WR)
            back.join()

    def passed_back(self, there: socket.socket) -> None:
        while piece := there.recv(65536):
            self.connection.sendall(piece)
        self.connection.shutdown(socket.SHUT_WR)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(answering: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port it listens on."""
    with ThreadingHTTPServer(("127.0.0.1", 0), answering) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_what_is_posted_goes_through_the_proxy_and_the_proxy_cannot_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = self_signed("shop.example")
    (tmp_path / "shop.pem").write_bytes(certificate + key)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "shop.pem"))
    monkeypatch.setattr(posting, "judged", lambda *_, **__: ["93.184.216.34"])
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "shop.pem")

    with serving(Receiver, tls) as receiver:
        through = type("Through", (Proxy,), {"receiver": receiver, "seen": b"", "asked": ""})
        with serving(through) as port:
            answer = posting.ask("POST", "https://shop.example/hook", b"a secret", {}, proxy=f"http://127.0.0.1:{port}")

    assert (answer.status, answer.excerpt) == (200, "shop.example got a secret")
    assert through.asked == "93.184.216.34:443"
    assert through.seen and b"secret" not in through.seen
