"""Where the `deskwright` command begins: hands the environment to the commands, which may not reach up for it.

Nothing is read before a command asks, so `deskwright --help` answers even when the environment is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from deskwright.cli.main import main as perform
from deskwright.config.env import Environment, EnvironmentRefused, override

SETTINGS = "deskwright.config.settings"


def main() -> int:
    """Returns the exit code: 0 done, 1 failed, 2 refused (wrong usage, wrong environment)."""
    try:
        return perform(sys.argv[1:], _surroundings)
    except EnvironmentRefused as refused:
        print("deskwright does not start, because of its environment:", file=sys.stderr)
        print("\n".join(f"  {problem}" for problem in refused.problems), file=sys.stderr)
        return 2


def _surroundings(options: Mapping[str, str], *, reading: bool = False) -> Environment:
    """`reading`: nothing is made in the data directory, not even the secret key of a desk that is yet to be."""
    return override({"DJANGO_SETTINGS_MODULE": SETTINGS, **options}, reading=reading)
