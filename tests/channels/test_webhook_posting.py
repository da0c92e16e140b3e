"""Where a webhook may not point: private networks however they are written, and addresses that are none."""

from __future__ import annotations

import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress

import pytest

from deskwright.channels import posting

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.9",
    "169.254.169.254",
    "172.16.0.1",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "224.0.0.1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_private_networks_are_refused(address: str) -> None:
    assert not posting.public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_nothing_is_posted_to_this_machine(host: str) -> None:
    with pytest.raises(posting.Unwanted):
        posting.ask("POST", f"https://{host}/", b"{}", {})


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_not(address: str) -> None:
    assert posting.public(address)


@pytest.mark.parametrize(
    "url",
    ["http://shop.example/", "ftp://shop.example/", "https://", "https://a:b@shop.example/", "https://shop example"],
)
def test_other_addresses_are_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(posting.Unwanted):
        posting.checked(url, private=False)


def test_a_name_with_one_private_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(posting.socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(posting.Unwanted):
        posting.judged("shop.example", 443, private=False)


def test_where_one_address_of_a_host_answers_not_the_next_is_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        with posting.reached(["127.0.0.2", "127.0.0.1"], port, 5) as found:
            assert found.getpeername()[0] == "127.0.0.1"
        with pytest.raises(OSError):
            posting.reached(["127.0.0.2", "127.0.0.3"], port, 5)


@pytest.fixture
def proxy() -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that refuses to connect, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    guest, _ = door.accept()
                    with guest:
                        asked.append(guest.recv(4096))
                        guest.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield door.getsockname()[1], asked
        door.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_proxy_is_asked_for_the_address_that_was_judged(
    proxy: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, asked = proxy
    monkeypatch.setattr(posting, "judged", lambda *_, **__: ["93.184.216.34", "2606:4700::1111"])

    with pytest.raises(posting.Unreachable, match="403 Forbidden"):
        posting.ask("POST", "https://shop.example/hook", b"{}", {}, proxy=f"http://desk:a%20word@127.0.0.1:{port}")

    assert [one.split()[:2] for one in asked] == [
        [b"CONNECT", b"93.184.216.34:443"],
        [b"CONNECT", b"[2606:4700::1111]:443"],
    ]
    assert b"Proxy-Authorization: Basic " + b64encode(b"desk:a word") in asked[0]


def test_no_proxy_is_asked_for_what_stands_in_a_private_network(proxy: tuple[int, list[bytes]]) -> None:
    port, asked = proxy
    with pytest.raises(posting.Unreachable):
        posting.ask("POST", "https://127.0.0.1:1/", b"{}", {}, private=True, proxy=f"http://127.0.0.1:{port}")
    with pytest.raises(posting.Unwanted):
        posting.ask("POST", "https://127.0.0.1:1/", b"{}", {}, proxy=f"http://127.0.0.1:{port}")
    assert asked == []
