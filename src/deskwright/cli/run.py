"""`deskwright run`: the whole desk in one process tree: database, web, work and mail, watched until told to stop.

It starts and stops things in order. It must stay light: pages are served by a child.
"""

from __future__ import annotations

import argparse
import logging
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from deskwright.cli import banner, prepare
from deskwright.cli.failures import Refused
from deskwright.cli.listening import free, listening, next_free
from deskwright.cli.migrate import up_to_date
from deskwright.cli.processes import Child, ProcessTree, deskwright
from deskwright.store.embedded import Embedded, EmbeddedRefused

if TYPE_CHECKING:
    from deskwright.config.env import Environment

log = logging.getLogger("deskwright.run")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", help="port to listen on (default: PORT, or 8000)")
    parser.add_argument("--host", help="address to listen on (default: HOST, or 127.0.0.1)")
    parser.add_argument("--data", metavar="DIR", help="directory for everything kept (default: DATA, or ./var)")
    parser.add_argument("--empty", action="store_true", help="do not fill an empty desk with the demo")


def main(args: argparse.Namespace) -> int:
    options = {"PORT": args.port, "HOST": args.host, "DATA": args.data}
    environment = args.surroundings({name: value for name, value in options.items() if value})
    logging.basicConfig(format="%(asctime)s %(levelname)-7s %(name)s  %(message)s", level=environment.log_level)
    signal.signal(signal.SIGTERM, _interrupt)
    with ExitStack() as undo:
        door = undo.enter_context(listening(environment.host, environment.port))
        mail = _mail_address(environment)
        server = _database(environment, undo)
        url = server.url if server else environment.database_url
        environment = args.surroundings({"DATABASE_URL": url, "SMTP_LISTEN": mail})
        _prepare(environment, demo=not args.empty)
        return _serve(environment, door, server)


def _interrupt(*_: object) -> None:
    """Until the tree watches for signals itself, being told to stop unwinds as Ctrl-C does."""
    raise KeyboardInterrupt


def _mail_address(environment: Environment) -> str:
    """Where mail is taken in. The usual port may be another desk's: then the next free one, said in the banner."""
    wanted = environment.smtp_listen
    if wanted is None or free(*wanted):
        return str(wanted or "off")
    found = next_free(*wanted)
    if found is None:
        raise Refused(
            f"Port {wanted.port} for mail is in use. Choose another with SMTP_LISTEN=HOST:PORT, or SMTP_LISTEN=off."
        )
    log.warning("port %s for mail is in use; mail is taken in on port %s", wanted.port, found)
    return str(wanted._replace(port=found))


def _database(environment: Environment, undo: ExitStack) -> Embedded | None:
    if not environment.embedded:
        return None
    server = Embedded(environment.data)
    undo.callback(server.stop)
    server.start()
    return server


def _prepare(environment: Environment, *, demo: bool) -> None:
    """Nothing to do on most starts, and finding that out costs no Django start."""
    from django.conf import settings

    current = up_to_date(environment.database_url, settings.INSTALLED_APPS)
    demo = demo and (not current or _empty(environment.database_url))
    if current and not demo:
        return
    print("Preparing the desk ...", flush=True)
    command = deskwright("prepare", *(["--demo"] if demo else []))
    done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Refused("The desk could not be prepared; the lines above say why.")


def _empty(url: str) -> bool:
    import psycopg

    with psycopg.connect(url, connect_timeout=10) as connection:
        return connection.execute("SELECT 1 FROM store_agent LIMIT 1").fetchone() is None


def _serve(environment: Environment, door: socket.socket, server: Embedded | None) -> int:
    told = prepare.noted(environment.data) or {"empty": _empty(environment.database_url)}
    serving = banner.when_ready(environment, told)
    tree = ProcessTree(_children(environment, door, serving), _watch(server))
    try:
        return tree.keep()
    finally:
        door.close()
        tree.stop()


def _children(environment: Environment, door: socket.socket, serving: threading.Event) -> list[Child]:
    """The first page comes first: all others start when the first web process serves, not on its processor time."""
    serve = deskwright("web", "--socket", str(door.fileno()))
    children = [Child("web", serve, handed=[door.fileno()])]
    children += [
        Child(f"web {number}", serve, handed=[door.fileno()], may_start=serving.is_set)
        for number in range(2, environment.web_processes + 1)
    ]
    children.append(Child("mail", deskwright("mail"), patience=30.0, may_start=serving.is_set))
    return children + [
        Child(f"work {number + 1}", deskwright("work"), patience=30.0, may_start=serving.is_set)
        for number in range(environment.workers)
    ]


def _watch(server: Embedded | None) -> Callable[[], None]:
    def look() -> None:
        if server is None or server.alive():
            return
        log.error("PostgreSQL has gone; it is started again")
        try:
            server.revive()
        except EmbeddedRefused as refused:
            log.error("%s", refused)

    return look
