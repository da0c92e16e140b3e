"""The `web` process: one uvicorn serving pages, API and event streams. More of them may share one database.

It serves what the composition root built and must not import it, or Django, itself.
"""

from __future__ import annotations

import argparse
import socket

from deskwright.cli import leash
from deskwright.cli.listening import listening


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: HOST, or 127.0.0.1)")
    parser.add_argument("--port", help="port to listen on (default: PORT, or 8000)")
    parser.add_argument("--socket", type=int, help=argparse.SUPPRESS)
    leash.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    options = {"HOST": args.host, "PORT": args.port}
    environment = args.surroundings({name: value for name, value in options.items() if value})
    leash.hold(args.leash)
    handed = socket.socket(fileno=args.socket) if args.socket is not None else None
    own = handed or listening(environment.host, environment.port)
    if handed is None:
        print(f"Deskwright serves pages on {environment.host}:{environment.port}", flush=True)
    from deskwright.cli.serving import serve

    return 0 if serve(own, debug=environment.debug) else 1
