"""`deskwright publish`, `versions` and `rollback`: the desk's workflow from the command line.

Each calls the desk's deeds and prints what they say; the operator needs no account, `--by` names an agent as author.
"""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import Any

from deskwright.cli.failures import Refused
from deskwright.cli.workflow import counted, read, tell_problems
from deskwright.desk import clock, reapplying, workflows
from deskwright.desk.settings.rights import require
from deskwright.engine.problems import WorkflowError
from deskwright.engine.reapplying import Change, Preview
from deskwright.store.models import Agent

SHOWN = 20
"""Tickets of a preview that are listed; the others are counted."""


def add_author(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--note", default="", help="why, for the list of versions")
    parser.add_argument("--by", metavar="EMAIL", help="the agent who publishes (default: the operator)")
    parser.add_argument("--reapply", action="store_true", help="let it decide about open tickets too")


def author(email: str | None) -> Agent | None:
    """The agent with this address. Raises Refused."""
    if email is None:
        return None
    found = Agent.objects.filter(email=email.lower(), is_active=True).first()
    if found is None:
        raise Refused(f"No agent has the address {email}.")
    require(found, "workflow:publish")
    return found


# publish


def add_publish_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the workflow; - reads standard input")
    parser.add_argument("--preview", action="store_true", help="publish nothing: tell what re-applying would change")
    add_author(parser)


def publish(args: argparse.Namespace) -> int:
    """Returns 0 when it is live (or was looked at), 1 when the file has problems. Raises Refused."""
    by, now = author(args.by), clock.now()
    text = read(args.file)
    try:
        if args.preview:
            tell_preview(reapplying.preview(workflows.load(text), now))
            return 0
        before = workflows.live().version
        number = workflows.publish(text, now=now, agent=by.pk if by else None, note=args.note)
    except WorkflowError as error:
        tell_problems(args.file, error.problems)
        return 1
    print(f"Version {number} is live." if number != before else f"Version {number} says this already: it stays live.")
    finish(by, number, args.reapply, now)
    return 0


def finish(by: Agent | None, number: int, reapply: bool, now: datetime) -> None:
    if reapply:
        done = reapplying.reapply(by, number, now)
        print(f"Re-applied to {counted(done, 'open ticket')}.")
    else:
        print("It decides about new tickets; open ones keep the version they began with (--reapply moves them).")


def tell_preview(found: Preview) -> None:
    """What re-applying would change, in plain sentences."""
    print(f"Of {counted(found.looked_at, 'open ticket')}, {len(found.changes)} would change.")
    print(f"{found.moved} routed elsewhere, {found.retargeted} with other targets; {found.breaching} late at once.")
    for change in found.changes[:SHOWN]:
        print(f"  #{change.ticket} {change.subject[:50]}: {'; '.join(said(change))}")
    if len(found.changes) > SHOWN:
        print(f"  and {len(found.changes) - SHOWN} more")


def said(change: Change) -> list[str]:
    told = [f"{change.queue[0]} -> {change.queue[1]}"] if change.queue else []
    for target in change.targets:
        late = ", late at once" if target.breaches else ""
        told.append(f"{target.metric} {target.before or 'none'} -> {target.after or 'none'}{late}")
    return told or ["another agent" if change.assignee else "no target of its rule any more"]


# versions


def add_versions_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as a JSON document")


def versions(args: argparse.Namespace) -> int:
    """Returns 0."""
    found = workflows.versions()
    if args.json:
        print(json.dumps([version_json(version) for version in found], indent=2, ensure_ascii=False))
    elif not found:
        print("Nothing has been published: the starter workflow decides.")
    for version in () if args.json else found:
        live = "*" if version.live else " "
        by = version.author or "the operator"
        note = f": {version.note}" if version.note else ""
        print(f"{live} {version.number:>4}  {version.published_at:%Y-%m-%d %H:%M} UTC  {version.name}, by {by}{note}")
    return 0


def version_json(version: workflows.Version) -> dict[str, Any]:
    return {
        **{name: getattr(version, name) for name in ("number", "name", "content_hash", "note", "author", "live")},
        "published_at": version.published_at.isoformat(),
    }


# rollback


def add_rollback_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", type=int, metavar="NUMBER", help="the version to go back to")
    add_author(parser)


def rollback(args: argparse.Namespace) -> int:
    """Returns 0. Raises Refused, NotFound, Conflict."""
    by, now = author(args.by), clock.now()
    number = workflows.roll_back(args.number, now=now, agent=by.pk if by else None, note=args.note)
    print(f"Version {number} is live; it says what version {args.number} said.")
    finish(by, number, args.reapply, now)
    return 0
