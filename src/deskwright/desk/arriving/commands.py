"""Commands an agent writes above their answer to a mail of the desk: `#solve`, `#assign me`, `#tag export`.

Only colleagues whose mail is surely theirs get here. Each command is the same deed as on the page, with its rights.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.answering import replies
from deskwright.desk.arriving.arrivals import File
from deskwright.desk.errors import DeskError, Invalid
from deskwright.desk.tickets import changing
from deskwright.store.models import Agent

LINE: Final = re.compile(r"#([a-z]{2,20})(?:\s+(.{1,200}))?")
MOST: Final = 10


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    argument: str

    def __str__(self) -> str:
        return f"#{self.name} {self.argument}".rstrip()


@dataclass(slots=True)
class Written:
    """What a mail orders, and the words below that."""

    commands: list[Command] = field(default_factory=list)
    words: str = ""

    @property
    def public(self) -> bool:
        """Whether the words are for the customer."""
        return any(one.name == "reply" for one in self.commands)


def written(text: str) -> Written:
    """The commands at the very beginning, a line each; what comes after the first other line is words.

    A name that is no command begins words, too. Below `#reply` it is a mistyped one: no customer should read it.
    """
    lines = text.strip().split("\n")
    found: list[Command] = []
    while lines and len(found) < MOST and (match := LINE.fullmatch(lines[0].strip())):
        if match[1] not in NAMES and not Written(found).public:
            break
        found.append(Command(match[1], (match[2] or "").strip()))
        lines.pop(0)
    return Written(found, "\n".join(lines).strip())


def obeyed(actor: Agent, ticket: int, ordered: Sequence[Command], *, now: datetime) -> list[str]:
    """What became of each command, a line each: done, or why not."""
    told = []
    for one in ordered:
        try:
            act(actor, ticket, one, now)
            told.append(_("Done: %(command)s") % {"command": one})
        except DeskError as refusal:
            told.append(_("Not done: %(command)s (%(reason)s)") % {"command": one, "reason": refusal.sentence})
    return told


def act(actor: Agent, ticket: int, command: Command, now: datetime) -> None:
    """Raises DeskError as the deed does, Invalid for what is no command."""
    if command.name == "reply":
        return
    words = command.argument.replace(",", " ").split()
    if command.name == "tag":
        changing.change(actor, [ticket], {}, now=now, tag=words)
        return
    if command.name == "untag":
        changing.change(actor, [ticket], {}, now=now, untag=words)
        return
    if command.name not in CHANGES:
        raise Invalid(_("There is no such command."))
    name, value = CHANGES[command.name]
    changing.change(actor, [ticket], {name: value(actor, command.argument)}, now=now)


def agent_named(actor: Agent, argument: str) -> int | None:
    """By address, by name, `me`, or `nobody`. Raises Invalid."""
    if argument.lower() == "me":
        return actor.pk
    if argument.lower() == "nobody":
        return None
    known = Agent.objects.filter(is_active=True)
    found = known.filter(email__iexact=argument) or known.filter(name__iexact=argument)
    if len(found) != 1:
        raise Invalid(_("There is no such agent."))
    return found[0].pk


def word(_actor: Agent, argument: str) -> str:
    return argument.lower().replace(" ", "_")


CHANGES: Final[dict[str, tuple[str, Callable[[Agent, str], Any]]]] = {
    "solve": ("status", lambda _actor, _argument: "solved"),
    "close": ("status", lambda _actor, _argument: "solved"),
    "status": ("status", word),
    "priority": ("priority", word),
    "queue": ("queue", word),
    "assign": ("assignee", agent_named),
}
NAMES: Final = frozenset({"reply", "tag", "untag", *CHANGES})


def write(actor: Agent, ticket: int, said: Written, files: Sequence[File], *, now: datetime) -> int | None:
    """The words with the files, as a note, or as a reply where `#reply` stands above them; None without words. Raises
    as the deed.
    """
    if not said.words:
        return None
    deed = replies.reply if said.public else replies.note
    return deed(actor, ticket, said.words, files=files, now=now)
