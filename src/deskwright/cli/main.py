"""The `deskwright` command: finds the command asked for, prepares what it needs, runs it, words its failure.

It imports no command before it is asked for, and knows nothing of what they do.
"""

from __future__ import annotations

import argparse
import difflib
import os
import select
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

from deskwright.cli.commands import ALONE, COMMANDS, DATABASE, EITHER, Command
from deskwright.cli.failures import Refused, sentence

if TYPE_CHECKING:
    from deskwright.config.env import Environment

    Surroundings = Callable[..., Environment]


def main(argv: Sequence[str], surroundings: Surroundings) -> int:
    """Returns the exit code: 0 done, 1 failed, 2 refused, 75 try again; 130 interrupted, 141 nobody reads on.
    `surroundings` reads the environment.
    """
    try:
        return _answer(argv, surroundings)
    finally:
        _flush()


def _answer(argv: Sequence[str], surroundings: Surroundings) -> int:
    try:
        if not argv or argv[0] not in COMMANDS:
            return _introduce(argv)
        return _perform(argv[0], argv[1:], surroundings)
    except KeyboardInterrupt:
        return 130
    except Refused as refused:
        return _say(str(refused), refused.code)
    except Exception as error:
        if isinstance(error, BrokenPipeError) and _unread():
            return 141
        said = sentence(error)
        if said is None:
            raise
        return _say(said, 1)


def _unread() -> bool:
    """Whether it is standard output that broke: its reader, such as `head`, has left."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)  # that it broke is told without being asked for
    return bool(poll.poll(0))


def _flush() -> None:
    """What nobody reads any more goes nowhere: it changes no outcome."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _introduce(argv: Sequence[str]) -> int:
    width = max(map(len, COMMANDS)) + 2
    listing = "\n".join(f"  {name:{width}}{one.help}" for name, one in COMMANDS.items() if one.shown)
    parser = argparse.ArgumentParser(
        prog="deskwright",
        description="A support desk whose workflow is code.",
        epilog=f"commands:\n{listing}\n\n`deskwright COMMAND --help` tells about one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"deskwright {version('deskwright')}")
    parser.add_argument("command", nargs="?", help="one of those below")
    asked = parser.parse_args(argv[:1]).command
    if asked is None:
        parser.print_help()
        return 0
    near = difflib.get_close_matches(asked, COMMANDS, n=1)
    hint = f" Did you mean `deskwright {near[0]}`?" if near else ""
    raise Refused(f"There is no command {asked!r}.{hint} `deskwright --help` lists them.")


def _perform(name: str, argv: Sequence[str], surroundings: Surroundings) -> int:
    command = COMMANDS[name]
    asked_help = bool({"-h", "--help"} & set(argv))
    needs = EITHER if command.either_with and command.either_with in argv else command.needs
    told = argparse.Namespace(surroundings=surroundings)
    if needs != ALONE:
        told.environment = _settle(
            command, needs, surroundings(_data_option(argv), reading=needs == EITHER), asked_help
        )
    module_name, function = command.target.split(":")
    module = import_module(module_name)
    parser = argparse.ArgumentParser(prog=f"deskwright {name}", description=_capital(command.help))
    if command.needs != ALONE:
        _add_data(parser)
    (getattr(module, f"add_{function}_arguments", None) or module.add_arguments)(parser)
    args = parser.parse_args(argv, told)
    return int(getattr(module, function)(args) or 0)


def _settle(command: Command, needs: int, environment: Environment, asked_help: bool) -> Environment:
    """Django is set up before the command's module is imported, when it works on a desk. Raises Refused."""
    if not environment.database_url and needs == EITHER:
        return environment
    if not environment.database_url and not asked_help:
        raise Refused(
            f"No desk is running on {environment.data} and DATABASE_URL is not set. "
            f"Start one with `deskwright run`, name its directory with --data, or set DATABASE_URL.",
            command.away,
        )
    if needs != DATABASE:
        import django

        django.setup()
    return environment


def _data_option(argv: Sequence[str]) -> dict[str, str]:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    _add_data(parser)
    found = parser.parse_known_args(argv)[0].data
    return {"DATA": found} if found else {}


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", metavar="DIR", help="the desk's data directory (default: DATA, or ./var)")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _say(said: str, code: int) -> int:
    print(f"deskwright: {said}", file=sys.stderr)
    return code
