"""What the history says of the workflow, in words: a heading for each kind of finding, a sentence for each finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deskwright.engine.workflow import Workflow
from deskwright.lab.advice import findings
from deskwright.web import words
from deskwright.web.studio.rules import rule_name

Told = Mapping[str, Any]
HOUR, MINUTE = 3600, 60
LONGEST: Final = 240
"""Characters of a sentence that are shown."""


@dataclass(frozen=True, slots=True)
class Kind:
    title: Promise
    about: Promise
    """Why it matters, and what one might do."""


@dataclass(frozen=True, slots=True)
class Said:
    """One finding: what it is about, a sentence of evidence, and tickets to look at as (number, subject)."""

    subject: str
    evidence: str
    tickets: Sequence[tuple[int, str]]
    words: str = ""
    """What a macro would say; "" where none is meant."""


KINDS: Final[Mapping[str, Kind]] = {
    findings.DEAD: Kind(
        gettext_lazy("Rules that held for no ticket"),
        gettext_lazy("Their condition was never true. It may be wrong, or what they wait for is gone."),
    ),
    findings.LOSING: Kind(
        gettext_lazy("Rules that always lose"),
        gettext_lazy("Their condition held, and each time another rule decided: move them up, or take them out."),
    ),
    findings.BROKEN: Kind(
        gettext_lazy("Promises broken too often"),
        gettext_lazy("Fewer than 70 % were kept: more people, or another promise."),
    ),
    findings.EASY: Kind(
        gettext_lazy("Promises that are too easy"),
        gettext_lazy("Nearly all were kept with most of the time to spare: customers could be promised more."),
    ),
    findings.SCARCE: Kind(
        gettext_lazy("Queues whose tickets wait for an agent"),
        gettext_lazy("Too few have the skills, the room or the hours: train somebody, or ask for less."),
    ),
    findings.MACRO: Kind(
        gettext_lazy("Sentences written again and again"),
        gettext_lazy("No macro has them yet."),
    ),
}


def grouped(found: Sequence[Told], judged: Workflow) -> Iterator[tuple[str, Kind, list[Said]]]:
    """(kind, its heading, findings) in the order they were found in. `judged` is the workflow they are about."""
    for kind, group in groupby(found, lambda each: str(each["kind"])):
        if kind in KINDS:
            yield kind, KINDS[kind], [said(named(each, judged)) for each in group]


def named(found: Told, judged: Workflow) -> Told:
    """With the rules it speaks of in words."""
    if found["kind"] not in {findings.DEAD, findings.LOSING}:
        return found
    figures = found["figures"]
    winner = {"winner": rule_name(figures["winner"], [judged])} if "winner" in figures else {}
    return {**found, "subject": rule_name(found["subject"], [judged]), "figures": {**figures, **winner}}


def said(found: Told) -> Said:
    figures = found["figures"]
    tickets = list(zip(found["tickets"], found["subjects"], strict=True))
    words = found["subject"] if found["kind"] == findings.MACRO else ""
    return Said(SUBJECTS[found["kind"]](found["subject"], figures), EVIDENCE[found["kind"]](figures), tickets, words)


# What it is about


def rule(name: str, told: Told) -> str:
    if told["line"]:
        return _("%(rule)s (line %(line)s)") % {"rule": name, "line": told["line"]}
    return _("%(rule)s (from the starter)") % {"rule": name}


def promise(name: str, told: Told) -> str:
    priority, metric = name.split(", ")
    of = {"priority": words.word("priority", priority), "metric": words.metric(metric), "target": told["target"]}
    return _("%(priority)s · %(metric)s: %(target)s") % of


def queue(name: str, told: Told) -> str:
    return words.spoken(name)


def sentence(text: str, told: Told) -> str:
    return f"“{text[:LONGEST]}”"


# Its evidence


def dead(told: Told) -> str:
    opened = told["opened"]
    said = ngettext("True for none of %(number)s ticket.", "True for none of %(number)s tickets.", opened)
    return said % {"number": opened}


def losing(told: Told) -> str:
    held = ngettext("True for %(number)s ticket.", "True for %(number)s tickets.", told["held"])
    won = ngettext("“%(winner)s” decided %(won)s of them.", "“%(winner)s” decided %(won)s of them.", told["won"])
    return f"{held % {'number': told['held']}} {won % {'winner': told['winner'], 'won': told['won']}}"


def broken(told: Told) -> str:
    of = {"kept": f"{told['kept']:.0%}", "ended": told["ended"], "usual": lasting(told["nine_in_ten"])}
    return _("Kept for %(kept)s of %(ended)s. Nine in ten were done within %(usual)s.") % of


def scarce(told: Told) -> str:
    waits = _("%(waited)s of %(tickets)s tickets waited half an hour or longer, half of them %(half)s.") % {
        "waited": told["waited"],
        "tickets": told["tickets"],
        "half": lasting(told["half_waited"]),
    }
    of = {"able": told["able"], "members": told["members"], "skills": ", ".join(map(words.spoken, told["skills"]))}
    if not told["skills"]:
        people = ngettext("%(members)s person serves it.", "%(members)s people serve it.", told["members"])
    else:
        people = _("%(able)s of the %(members)s who serve it have what it asks: %(skills)s.")
    return f"{waits} {people % of}"


def macro(told: Told) -> str:
    return ngettext("In %(number)s ticket.", "In %(number)s tickets.", told["tickets"]) % {"number": told["tickets"]}


def lasting(seconds: float) -> str:
    if seconds >= HOUR:
        return _("%(number)s h") % {"number": f"{seconds / HOUR:.1f}"}
    return _("%(number)s min") % {"number": f"{seconds / MINUTE:.0f}"}


SUBJECTS: Final[Mapping[str, Callable[[str, Told], str]]] = {
    findings.DEAD: rule,
    findings.LOSING: rule,
    findings.BROKEN: promise,
    findings.EASY: promise,
    findings.SCARCE: queue,
    findings.MACRO: sentence,
}
EVIDENCE: Final[Mapping[str, Callable[[Told], str]]] = {
    findings.DEAD: dead,
    findings.LOSING: losing,
    findings.BROKEN: broken,
    findings.EASY: broken,
    findings.SCARCE: scarce,
    findings.MACRO: macro,
}
