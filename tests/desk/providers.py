"""A provider of calls and messages on loopback, in Twilio's form, and posts as it would make and sign them."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from deskwright.channels import posting
from deskwright.channels.contract import Outcome, Parcel, Text
from deskwright.desk.lines import posts, ways
from deskwright.store.models import Line

ACCOUNT, TOKEN = "AC0123456789", "a token nobody knows"
SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\x00" * 500


class Provider:
    """Takes messages as Twilio does, keeps files, and forgets to answer when told to."""

    def __init__(self, now: datetime) -> None:
        self.now, self.messages, self.tries = now, [], 0
        self.status, self.silent, self.asked = 201, False, []
        self.files: dict[str, tuple[int, bytes, str]] = {}
        provider = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                pairs = parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())
                form = dict(pairs)
                if media := [value for name, value in pairs if name == "MediaUrl"]:
                    form["media"] = " ".join(media)
                provider.answer(self, *provider.take(form, self.headers.get("Authorization", "")))

            def do_GET(self) -> None:
                provider.asked.append((self.path, self.headers.get("Authorization", "")))
                if "/Messages.json" in self.path:
                    provider.answer(self, 200, provider.listed(self.path))
                else:
                    provider.give(self)

            def log_message(self, *args: Any) -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def take(self, form: dict[str, str], authorization: str) -> tuple[int, Mapping[str, Any]]:
        self.tries += 1
        if authorization != "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode():
            return 401, {"code": 20003, "message": "Authenticate"}
        if self.status >= 400:
            return self.status, {"code": 21610, "message": "blocked"}
        sid = f"SM{len(self.messages):04}"
        self.messages.append(form | {"sid": sid})
        return self.status, {"sid": sid, "status": "queued"}

    def listed(self, path: str) -> Mapping[str, Any]:
        asked = {name: several[0] for name, several in parse_qs(urlsplit(path).query).items()}
        fit = [one for one in self.messages if one["To"] == asked["To"] and one["From"] == asked["From"]]
        made = format_datetime(self.now)
        known = [
            {
                "sid": one["sid"],
                "body": one.get("Body", ""),
                "num_media": str(len(one.get("media", "").split())),
                "direction": "outbound-api",
                "date_created": made,
            }
            for one in fit
        ]
        return {"messages": known}

    def give(self, answering: BaseHTTPRequestHandler) -> None:
        status, content, kind = self.files.get(urlsplit(answering.path).path, (404, b"", "text/plain"))
        answering.send_response(status)
        answering.send_header("Content-Type", kind)
        if status == 307:
            answering.send_header("Location", content.decode())
        answering.end_headers()
        answering.wfile.write(content)

    def answer(self, answering: BaseHTTPRequestHandler, status: int, said: Mapping[str, Any]) -> None:
        if self.silent:
            answering.connection.close()
            return
        answering.send_response(status)
        answering.send_header("Content-Type", "application/json")
        answering.end_headers()
        answering.wfile.write(json.dumps(said).encode())

    def send(self, parcel: Parcel) -> Outcome:
        """As the worker sends, from the machine's own network."""
        assert isinstance(parcel, Text)
        return ways.way_out(Line.objects.get(pk=parcel.line), ask, self.now).send(parcel)

    def fetch(self, url: str, headers: Mapping[str, str]) -> posting.File:
        return posting.fetch(url, headers, 1024 * 1024, private=True, timeout=5)


def ask(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> posting.Answer:
    return posting.ask(method, url, body, headers, private=True, timeout=5, most=100_000)


def post(line: Line, what: str, now: datetime, question: str = "", **values: str) -> None:
    """One post of Twilio's, proved already."""
    posts.take(line, posts.Post(what, urlencode(values).encode(), question), now)


def said(line: Line, what: str, now: datetime, **values: Any) -> None:
    """One plain post, proved already."""
    posts.take(line, posts.Post(what, json.dumps(values).encode()), now)
