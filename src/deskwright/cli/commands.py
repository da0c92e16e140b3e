"""Every command on one screen. To add one: a line here, a module with `add_arguments(parser)` and `main(args) -> int`.

A module is imported only when its command runs. With two commands in one module, name their functions apart; the
arguments of `check` are then declared by `add_check_arguments(parser)`.
"""

from __future__ import annotations

from typing import NamedTuple

ALONE, DATABASE, DESK = range(3)


class Command(NamedTuple):
    target: str  # "module:function"
    help: str  # one line for people
    needs: int = DESK  # ALONE: nothing; DATABASE: its address; DESK: Django set up and the database's address
    shown: bool = True
    away: int = 2  # the exit code when there is no desk to work on; 75 lets a mail server try again


COMMANDS = {
    "run": Command("deskwright.cli.run:main", "serve the whole desk: database, pages, work and mail", ALONE),
    "web": Command("deskwright.cli.web:main", "serve pages and API only", DATABASE),
    "work": Command("deskwright.cli.work:main", "do the due work only: clocks, deliveries, intake"),
    "mail": Command("deskwright.cli.mail:main", "take in mail only, by SMTP or LMTP"),
    "migrate": Command("deskwright.cli.migrate:main", "bring the database to this version"),
    "seed": Command("deskwright.cli.seed:main", "fill an empty desk with the demo"),
    "receive": Command("deskwright.cli.receive:main", "take in one mail from a file", away=75),
    "quarantine": Command("deskwright.cli.quarantine:main", "list input that was set aside, and take it in after all"),
    "check": Command("deskwright.cli.workflow:check", "find the problems of a workflow file", ALONE),
    "explain": Command("deskwright.cli.workflow:explain", "say what a workflow decides for a ticket, and why", ALONE),
    "publish": Command("deskwright.cli.publish:publish", "let a workflow file decide from now on"),
    "versions": Command("deskwright.cli.publish:versions", "list the published versions of the workflow"),
    "diff": Command("deskwright.cli.publish:diff", "say what changed between two workflows"),
    "rollback": Command("deskwright.cli.publish:rollback", "publish an earlier version again"),
    "automations": Command("deskwright.cli.automations:main", "list automations, switch them, try one out"),
    "prepare": Command("deskwright.cli.prepare:main", "migrate and seed before `run` serves", shown=False),
}
