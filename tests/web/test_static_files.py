"""Static files are answered in front of Django, with validators, and nothing outside their folders is."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest

from deskwright.web.static_files import StampedFiles, StaticFiles, stamp


def get(path: str, *headers: tuple[bytes, bytes], method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(StaticFiles()({"path": path, "method": method, "headers": list(headers)}, send))
    shown = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], shown, said[1]["body"]


def test_a_style_sheet_is_answered_with_a_validator() -> None:
    status, headers, body = get("/static/css/tokens.css")

    assert status == 200
    assert headers["content-type"].startswith("text/css")
    assert headers["etag"]
    assert b"oklch" in body


def test_a_file_the_browser_has_is_not_sent_again() -> None:
    _, headers, _ = get("/static/css/tokens.css")

    status, _, body = get("/static/css/tokens.css", (b"if-none-match", headers["etag"].encode()))

    assert (status, body) == (304, b"")


def test_pages_name_files_so_that_a_browser_keeps_them_for_good() -> None:
    address = StampedFiles().url("css/tokens.css")

    status, headers, body = get(address)

    assert address == f"/static/{stamp()}/css/tokens.css"
    assert (status, headers["cache-control"]) == (200, "max-age=31536000, public, immutable")
    assert body == get("/static/css/tokens.css")[2]


def test_a_page_of_another_version_gets_todays_file_for_a_minute() -> None:
    status, headers, _ = get("/static/0123456789ab/css/tokens.css")

    assert (status, headers["cache-control"]) == (200, "max-age=60, public")


def test_htmx_is_among_the_files() -> None:
    assert get("/static/django_htmx/htmx-2.min.js")[0] == 200


@pytest.mark.parametrize("path", ["/static/", "/static/../apps.py", "/static/css/%2e%2e/secret", "/static/none.css"])
def test_nothing_else_is(path: str) -> None:
    assert get(path)[0] == 404


def test_a_header_of_any_bytes_is_read() -> None:
    assert get("/static/css/tokens.css", (b"if-none-match", b"\xff"))[0] == 200


def test_a_file_takes_no_post() -> None:
    assert get("/static/css/tokens.css", method="POST")[0] == 405


def test_a_text_is_squeezed_for_a_browser_that_takes_it() -> None:
    _, _, plain = get("/static/css/tokens.css")

    status, headers, body = get("/static/css/tokens.css", (b"accept-encoding", b"br, gzip"))

    assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
    assert headers["content-length"] == str(len(body))
    assert gzip.decompress(body) == plain
