"""One request to an address somebody typed: no private networks, no redirects but a file's, no endless answers.

The name is resolved once, every address it has is judged, and the connection goes to the address that was judged: by
itself, or through a proxy that is asked for this very address.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from deskwright.engine.saying import _

TIMEOUT: Final = 10.0
"""Seconds for everything together: connecting, sending, the beginning of the answer."""
EXCERPT: Final = 2_000
"""Bytes of the answer that are read."""
REDIRECTS: Final = 3
MOVED: Final = frozenset({301, 302, 303, 307, 308})
GONE: Final = frozenset({404, 410})
WEB: Final = {"http": 80, "https": 443}
INSIDE: Final = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses as NAT64 writes them."""


class Unreachable(Exception):
    """There was no answer; the sentence says why."""


class Unwanted(Unreachable):
    """The address is not one to post to; trying again will not help."""


@dataclass(frozen=True, slots=True)
class File:
    """What a GET brought."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came; `location` where it points elsewhere."""

    status: int
    content: bytes
    content_type: str
    location: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    excerpt: str
    milliseconds: int

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


def ask(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool = False,
    proxy: str = "",
    timeout: float = TIMEOUT,
    most: int = EXCERPT,
) -> Answer:
    """What the receiver answered; `most` bytes of it are read. `private` allows addresses of private networks, and
    plain http; `proxy` is the address of one through which public ones are reached by https.

    Raises Unreachable; Unwanted when the address is not allowed.
    """
    began = time.monotonic()
    raw = exchange(method, url, body, headers, private=private, proxy=proxy, timeout=timeout, most=most)
    milliseconds = int((time.monotonic() - began) * 1000)
    return Answer(raw.status, raw.content.decode("utf-8", "replace"), milliseconds)


def fetch(
    url: str, headers: Mapping[str, str], most: int, *, private: bool = False, proxy: str = "", timeout: float = 30.0
) -> File:
    """A file of at most `most` bytes. It may be elsewhere by now: credentials are shown to the first host only.

    Raises Unreachable; Unwanted for what will never be had: not allowed, not there, too large.
    """
    for _turn in range(REDIRECTS + 1):
        raw = exchange("GET", url, b"", headers, private=private, proxy=proxy, timeout=timeout, most=most + 1)
        if raw.status in MOVED and raw.location:
            url, before = urljoin(url, raw.location), url
            headers = headers if urlsplit(url).netloc == urlsplit(before).netloc else {}
            continue
        if raw.status in GONE:
            raise Unwanted(_("The file is not there (HTTP %(status)s).", status=raw.status))
        if raw.status != 200:
            raise Unreachable(_("The file was not given out (HTTP %(status)s).", status=raw.status))
        if len(raw.content) > most:
            raise Unwanted(_("The file is larger than %(number)s MB.", number=most // 1024 // 1024))
        return File(raw.content, raw.content_type)
    raise Unwanted(_("The file is always somewhere else."))


def exchange(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool,
    timeout: float,
    most: int,
    proxy: str = "",
) -> Raw:
    began = time.monotonic()
    place = checked(url, private=private)
    port = place.port or WEB[place.scheme]
    addresses = judged(place.hostname or "", port, private=private)
    connection = connected(place, addresses, port, timeout, proxy)
    watch = threading.Timer(max(0.1, began + timeout - time.monotonic()), cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, path_of(place), body, {**headers, "Host": place.netloc, "Connection": "close"})
        reply = connection.getresponse()
        content = reply.read(most)
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as trouble:
        if time.monotonic() - began >= timeout * 0.99:
            raise Unreachable(_("No answer within %(number)s seconds.", number=timeout)) from trouble
        raise Unreachable(f"{type(trouble).__name__}: {trouble}") from trouble
    finally:
        watch.cancel()
        connection.close()
    kind, location = reply.getheader("Content-Type") or "", reply.getheader("Location") or ""
    return Raw(reply.status, content, kind, location)


def checked(url: str, *, private: bool) -> SplitResult:
    """The parts of an address one may post to. Raises Unwanted."""
    try:
        place = urlsplit(url)
        port = place.port
    except ValueError as wrong:
        raise Unwanted(_("This is not an address: %(error)s", error=str(wrong))) from wrong
    if place.scheme not in WEB or not place.hostname or port == 0:
        raise Unwanted(_("The address must begin with https:// and name a host."))
    if place.scheme == "http" and not private:
        raise Unwanted(_("The address must begin with https://."))
    if place.username is not None or any(char.isspace() or ord(char) < 32 for char in url):
        raise Unwanted(_("The address may hold no name, password or space."))
    return place


def judged(host: str, port: int, *, private: bool) -> list[str]:
    """The addresses of the host. Raises Unwanted when any is in a private network, Unreachable when none is known."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as trouble:
        raise Unreachable(_("%(host)s is not known: %(error)s", host=host, error=str(trouble))) from trouble
    addresses = [str(entry[4][0]) for entry in found]
    if not private and not all(public(address) for address in addresses):
        said = _(
            "%(host)s is an address of a private network. The operator can allow it: WEBHOOKS_TO_PRIVATE=on.", host=host
        )
        raise Unwanted(said)
    return list(dict.fromkeys(addresses))


def public(address: str) -> bool:
    """Whether everybody on the Internet means the same host by it."""
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour or (known.teredo and known.teredo[1])
        if inner is None and known in INSIDE:
            inner = ipaddress.IPv4Address(int(known) & 0xFFFFFFFF)
        if inner is not None:
            return public(str(inner))
    return known.is_global and not known.is_multicast


def connected(
    place: SplitResult, addresses: Sequence[str], port: int, timeout: float, proxy: str = ""
) -> http.client.HTTPConnection:
    """A connection to the first of the judged addresses that answers, encrypted for the host's name. Raises
    Unreachable.
    """
    connection = http.client.HTTPConnection(place.hostname or "", port, timeout=timeout)
    through = proxy if place.scheme == "https" and all(map(public, addresses)) else ""
    try:
        raw = reached(addresses, port, timeout, through)
        if place.scheme == "https":
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=place.hostname)
    except OSError as trouble:
        raise Unreachable(f"{type(trouble).__name__}: {trouble}") from trouble
    connection.sock = raw
    return connection


def reached(addresses: Sequence[str], port: int, timeout: float, proxy: str = "") -> socket.socket:
    """In all within `timeout` seconds. Raises the OSError of the last that was tried."""
    until = time.monotonic() + timeout
    for address in addresses[:-1]:
        with suppress(OSError):
            return dialled(address, port, max(0.1, (until - time.monotonic()) / 2), proxy)
    return dialled(addresses[-1], port, max(0.1, until - time.monotonic()), proxy)


def dialled(address: str, port: int, timeout: float, proxy: str) -> socket.socket:
    """A connection to the address, if need be by CONNECT (RFC 9110, 9.3.6). Raises OSError."""
    if not proxy:
        return socket.create_connection((address, port), timeout)
    by = urlsplit(proxy)
    known = f"{unquote(by.username or '')}:{unquote(by.password or '')}"
    proof = {"Proxy-Authorization": f"Basic {b64encode(known.encode()).decode()}"} if by.username else {}
    tunnel = http.client.HTTPConnection(by.hostname or "", by.port or WEB["http"], timeout=timeout)
    tunnel.set_tunnel(f"[{address}]" if ":" in address else address, port, proof)
    try:
        tunnel.connect()
    except http.client.HTTPException as trouble:
        raise OSError(str(trouble)) from trouble
    return tunnel.sock


def cut(connection: http.client.HTTPConnection) -> None:
    """Time is up: whoever waits for this connection hears of it."""
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def path_of(place: SplitResult) -> str:
    return (place.path or "/") + (f"?{place.query}" if place.query else "")
