"""What `deskwright run` prints once the first page can be had: where it is, who may sign in, where mail goes."""

from __future__ import annotations

import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from deskwright.desk.settings.code import first_run_code

if TYPE_CHECKING:
    from deskwright.config.env import Environment

log = logging.getLogger("deskwright.run")
AGAIN = 0.1  # seconds
LONGEST = 20.0  # seconds the other processes wait for a web process that does not come up


def when_ready(environment: Environment, demo: Mapping[str, Any]) -> threading.Event:
    """Prints the banner, from a thread, once pages and mail are served. The event is set when pages are."""
    serving = threading.Event()
    threading.Thread(target=_wait_and_print, args=[environment, demo, serving], name="banner", daemon=True).start()
    threading.Thread(target=_lose_patience, args=[serving], name="patience", daemon=True).start()
    return serving


def _wait_and_print(environment: Environment, demo: Mapping[str, Any], serving: threading.Event) -> None:
    while not _answers(environment):
        time.sleep(AGAIN)
    serving.set()
    while environment.smtp_listen and not _listens(environment.smtp_listen):
        time.sleep(AGAIN)
    print("\n".join(["", *lines(environment, demo), ""]), flush=True)


def _lose_patience(serving: threading.Event) -> None:
    """Work and mail are not held up by pages that fail."""
    serving.wait(LONGEST)
    serving.set()


def _listens(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=5).close()
    except OSError:
        return False
    return True


def _answers(environment: Environment) -> bool:
    """The socket listens already: the answer comes as soon as a process takes the request."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(environment.host, environment.host)
    connection = http.client.HTTPConnection(host, environment.port, timeout=60)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def lines(environment: Environment, demo: Mapping[str, Any]) -> Iterator[str]:
    """The banner, line by line. `demo` holds `logins` (who, email, password) and `token`, or nothing."""
    yield f"  Deskwright is ready: {environment.public_url}"
    yield ""
    for login in demo.get("logins", ()):
        yield f"  {login['who']:<10} {login['email']}  password {login['password']}"
    if token := demo.get("token"):
        yield f"  {'API token':<10} {token}"
    if demo.get("empty"):
        code = first_run_code(environment.secret_key)
        yield f"  {'Set it up':<10} {environment.public_url}/setup/?code={code}"
    if environment.smtp_listen:
        yield f"  {'Mail to':<10} {environment.mail_from} by SMTP on {environment.smtp_listen}"
    if environment.lmtp_listen:
        yield f"  {'LMTP':<10} {environment.lmtp_listen}"
    yield f"  {'Data':<10} {environment.data}"
    yield ""
    yield "  Ctrl-C stops it."
