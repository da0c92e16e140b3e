"""Every command on one screen. To add one: a line here, a module with `add_arguments(parser)` and `main(args) -> int`.

A module is imported only when its command runs. With two commands in one module, name their functions apart; the
arguments of `check` are then declared by `add_check_arguments(parser)`.
"""

from __future__ import annotations

from typing import NamedTuple

ALONE, DATABASE, DESK, EITHER = range(4)


class Command(NamedTuple):
    target: str  # "module:function"
    help: str  # one line for people
    needs: int = DESK
    """ALONE: nothing; DATABASE: its address; DESK: Django set up and the database's address; EITHER: a desk
    where there is one (`args.environment` tells)."""
    shown: bool = True
    away: int = 2  # the exit code when there is no desk to work on; 75 lets a mail server try again
    either_with: str = ""  # an option with which it needs EITHER


COMMANDS = {
    "run": Command("deskwright.cli.run:main", "serve the whole desk: database, pages, work and mail", ALONE),
    "web": Command("deskwright.cli.web:main", "serve pages and API only", DATABASE),
    "work": Command("deskwright.cli.work:main", "do the due work only: clocks, deliveries, intake"),
    "mail": Command("deskwright.cli.mail:main", "take in mail only: SMTP, LMTP, mailboxes"),
    "migrate": Command("deskwright.cli.migrate:main", "bring the database to this version"),
    "seed": Command("deskwright.cli.seed:main", "fill an empty desk with the demo"),
    "receive": Command("deskwright.cli.receive:main", "take in one mail", away=75, either_with="--dry-run"),
    "quarantine": Command("deskwright.cli.quarantine:main", "list input that was set aside, and take it in after all"),
    "check": Command("deskwright.cli.workflow:check", "find the problems of a workflow file", ALONE),
    "explain": Command("deskwright.cli.workflow:explain", "say what a workflow decides for a ticket, and why", ALONE),
    "publish": Command("deskwright.cli.publish:publish", "let a workflow file decide from now on"),
    "versions": Command("deskwright.cli.publish:versions", "list the published versions of the workflow"),
    "diff": Command("deskwright.cli.diff:main", "say what changed between two workflows", EITHER),
    "rollback": Command("deskwright.cli.publish:rollback", "publish an earlier version again"),
    "simulate": Command("deskwright.cli.simulate:main", "say what a workflow would have done to past tickets"),
    "advise": Command("deskwright.cli.advise:main", "say what the desk's history tells of its workflow"),
    "optimise": Command("deskwright.cli.optimise:main", "propose changes of the workflow that keep more promises"),
    "doctor": Command("deskwright.cli.doctor:main", "say what is wrong with this installation, and how to mend it"),
    "automations": Command("deskwright.cli.automations:main", "list automations, switch them, try one out"),
    "proactive": Command("deskwright.cli.proactive:main", "say who needs a visit, and open health checks"),
    "experiments": Command("deskwright.cli.experiments:main", "say how experiments stand, stop or start one"),
    "forecast": Command("deskwright.cli.capacity:forecast", "say how many tickets will come, hour by hour"),
    "need": Command("deskwright.cli.capacity:need", "say how many people each hour takes, and where some are missing"),
    "plan": Command("deskwright.cli.roster:main", "propose who works when, so that the need is covered"),
    "import": Command("deskwright.cli.importing:main", "take in what other programs know, from a file"),
    "eventlog": Command("deskwright.cli.eventlog:main", "list and delete the logs of other systems that are kept"),
    "prepare": Command("deskwright.cli.prepare:main", "migrate and seed before `run` serves", shown=False),
}
