"""A proposal as its page shows it: the difference of the document, what to expect of it, and everything that was tried.

Reads the report, decides nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deskwright.lab.advice.searching import PROMISES
from deskwright.web import words
from deskwright.web.studio.charts import Interval, interval, reach
from deskwright.web.studio.findings import HOUR
from deskwright.web.studio.reporting import SAYS, Line, group_name, signed

Proposal = Mapping[str, Any]
AROUND: Final = 2
"""Lines of the document shown around a change."""
CLOSE, ROUGH = 0.1, 0.2
"""Distances up to which the simulation is close to the record, or follows it roughly."""
FIGURES: Final[Mapping[str, tuple[Promise, bool]]] = {
    "half are answered within": (gettext_lazy("Half are answered within (hours)"), True),
    "three in four within": (gettext_lazy("Three in four within (hours)"), True),
    "nine in ten within": (gettext_lazy("Nine in ten within (hours)"), True),
    "waiting for an agent at the end": (gettext_lazy("Waiting for an agent at the end"), True),
    "customers who left the chat": (gettext_lazy("Customers who left the chat"), True),
    "escalations": (gettext_lazy("Escalations"), True),
    "notices": (gettext_lazy("Notices to agents"), True),
}
"""The name of a figure, and whether less of it is better."""


@dataclass(frozen=True, slots=True)
class Row:
    """A change that was tried: the gain in percentage points of all promises, with its interval over so many runs; a
    change that was given up has no interval.
    """

    said: str
    runs: int
    gain: str
    picture: Interval | None
    says: str


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the simulated floor may be believed, in a sentence."""

    said: str
    doubt: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the difference: `sign` is + - or a blank, and `kind` its class."""

    kind: str
    sign: str
    text: str


def shown(report: Mapping[str, Any]) -> dict[str, Any]:
    found: Proposal = report["proposal"]
    rows = [*found["chosen"], *found["tried"], *found["people"]]
    most = reach(edge for row in rows if row["lasted"] for edge in (row["low"], row["high"]))
    return {
        "chosen": [tried(row, most) for row in found["chosen"]],
        "tried": [tried(row, most) for row in found["tried"]],
        "people": [tried(row, most) for row in found["people"]],
        "expected": expected(found),
        "unsure": bool(found["expected"]) and found["expected"]["low"] <= 0,
        "marks": list(marks(report["live"], found["text"])) if found["chosen"] else [],
        "runs": found["runs"],
        "trust": list(trust(found["honesty"])),
    }


def tried(row: Mapping[str, Any], most: float) -> Row:
    said = row["said"]
    if row["kind"] == "people":
        said = _("One more in %(team)s") % {"team": words.spoken(said)}
    said, runs = said.replace(" -> ", " → "), row["runs"]
    if not row["lasted"]:
        told = ngettext("given up after %(runs)s run", "given up after %(runs)s runs", runs) % {"runs": runs}
        return Row(said, runs, "–", None, told)
    if row["gain"] == row["low"] == row["high"] == 0:
        return Row(said, runs, "0", None, _(SAYS["same"]))
    drawn = interval(row["gain"], row["low"], row["high"], most)
    gain = _("%(points)s points (%(low)s to %(high)s)") % signed(row["gain"], row["low"], row["high"], ".2f")
    return Row(said, runs, gain, drawn, _(SAYS[drawn.says]))


def expected(found: Proposal) -> list[Line]:
    """All promises, each kind of them and by priority, then the other figures, each on a scale of its own kind."""
    whole = [found["expected"]] if found["expected"] else []
    kept = [*whole, *(row for row in found["kept"] if row["group"] != "queue")]
    most = reach(edge for row in kept for edge in (row["low"], row["high"]))
    return [*(kept_line(row, most) for row in kept), *(figure_line(row) for row in found["figures"])]


def kept_line(row: Mapping[str, Any], most: float) -> Line:
    metric = _("All promises") if row["what"] == PROMISES else words.metric(row["what"])
    name = metric if row["group"] == "all" else f"{group_name(row)} · {metric}"
    return line(name, row, 1, "%", most, lower_is_better=False)


def figure_line(row: Mapping[str, Any]) -> Line:
    title, lower = FIGURES.get(row["what"], (row["what"], True))
    unit = HOUR if row["what"].endswith("within") else 1
    return line(str(title), row, unit, "", reach((row["low"] / unit, row["high"] / unit)), lower_is_better=lower)


def line(name: str, row: Mapping[str, Any], unit: int, sign: str, most: float, *, lower_is_better: bool) -> Line:
    before, after, at, low, high = (row[part] / unit for part in ("before", "after", "difference", "low", "high"))
    if at == low == high == 0:
        return Line(name, f"{before:.1f}{sign}", f"{after:.1f}{sign}", "0", None, _(SAYS["same"]))
    drawn = interval(at, low, high, most, lower_is_better=lower_is_better)
    edges = signed(at, low, high, ".1f")
    change = (_("%(points)s points (%(low)s to %(high)s)") if sign else _("%(points)s (%(low)s to %(high)s)")) % edges
    return Line(name, f"{before:.1f}{sign}", f"{after:.1f}{sign}", change, drawn, _(SAYS[drawn.says]))


def marks(live: str, proposed: str) -> Iterator[Mark]:
    """The difference of the document, with the number of the line where each piece begins."""
    before, after = live.splitlines(), proposed.splitlines()
    for each in list(difflib.unified_diff(before, after, n=AROUND, lineterm=""))[2:]:
        if each.startswith("@@"):
            place = each.split("+")[1].split(" ")[0].split(",")[0]
            yield Mark("place", "", _("from line %(number)s") % {"number": place})
        else:
            yield Mark({"+": "new", "-": "old"}.get(each[0], "same"), each[0], each[1:])


def trust(honesty: Mapping[str, Any] | None) -> Iterator[Trust]:
    """Of first answers, and of answers to later messages where enough of them were recorded."""
    if honesty is None:
        yield Trust(_("The record is too short to judge the simulation by: take it with care."), doubt=True)
        return
    of = {"points": round(100 * honesty["distance"]), "tickets": honesty["tickets"]}
    told = _("Learned from the earlier half, it is at most %(points)s points off the %(tickets)s tickets of the later.")
    yield Trust(" ".join((verdict(honesty["distance"]), told % of, luck(honesty))), honesty["distance"] > CLOSE)
    if later := honesty["later"]:
        told = _("Answers to later messages: at most %(points)s points off.") % {
            "points": round(100 * later["distance"])
        }
        yield Trust(" ".join((told, verdict(later["distance"]), luck(later))), later["distance"] > CLOSE)


def luck(honesty: Mapping[str, Any]) -> str:
    """How far a simulation that is true to life comes out by chance, with so few tickets."""
    return _("So few tickets allow up to %(points)s points by chance alone.") % {
        "points": round(100 * honesty["chance"])
    }


def verdict(distance: float) -> str:
    if distance <= CLOSE:
        return _("The simulation is close to the record.")
    if distance <= ROUGH:
        return _("The simulation follows the record roughly: trust the direction of a difference, not its size.")
    return _("The simulation is far from the record: this desk works in ways it does not know. Do not decide by it.")
