"""The report of a trial as its page shows it: rows with words and small pictures. Reads the report, decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from deskwright.web import words
from deskwright.web.studio.charts import Interval, interval, reach

Report = Mapping[str, Any]
GROUPS: Final[dict[str, Promise]] = {
    "all": gettext_lazy("All tickets"),
    "priority": gettext_lazy("By priority"),
    "tier": gettext_lazy("By customer tier"),
    "team": gettext_lazy("By team"),
    "queue": gettext_lazy("By queue"),
}
KINDS: Final[dict[str, Promise]] = {
    "all": gettext_lazy("All that differ"),
    "queue": gettext_lazy("Routed elsewhere"),
    "priority": gettext_lazy("Another priority"),
    "worse": gettext_lazy("Break more promises"),
    "better": gettext_lazy("Break fewer promises"),
    "agent": gettext_lazy("Another agent"),
}
TOTALS: Final[dict[str, Promise]] = {
    "escalations": gettext_lazy("Escalations"),
    "notices": gettext_lazy("Notices to agents"),
    "letters": gettext_lazy("Letters to customers"),
    "follow_ups": gettext_lazy("Follow-up tickets"),
}
SAYS: Final = {
    "good": gettext_noop("better"),
    "bad": gettext_noop("worse"),
    "more": gettext_noop("more"),
    "fewer": gettext_noop("fewer"),
    "open": gettext_noop("could be nothing"),
    "same": gettext_noop("no change"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure before and after. `picture` is None where there is no interval; `says` is a word of SAYS or ""."""

    name: str
    before: str
    after: str
    change: str
    picture: Interval | None
    says: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of one kind: those that differ, and those that stay as they are."""

    title: str
    lines: Sequence[Line]
    same: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Load:
    """What one agent was given; bars are shares of the fullest."""

    name: str
    tickets: tuple[int, int]
    units: tuple[float, float]
    bars: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Change:
    """One ticket that would go another way. Without a `subject` the reader may not see it."""

    ticket: int
    subject: str
    said: Sequence[str]
    rule: str
    worse: int
    seen: bool = field(default=True)


def groups(report: Report) -> list[Group]:
    """Promises kept before and after; one scale for all pictures."""
    most = reach(edge for row in report["kept"] for edge in (row["low"], row["high"]))
    found: dict[str, list[Line]] = {}
    for row in report["kept"]:
        found.setdefault(row["group"], []).append(kept_line(row, most))
    return [group(name, lines) for name, lines in found.items()]


def group(name: str, lines: Sequence[Line]) -> Group:
    """Of all tickets together every figure is shown, changed or not."""
    same = [] if name == "all" else [one for one in lines if one.picture is None and one.before == one.after]
    return Group(str(GROUPS.get(name, name)), [one for one in lines if one not in same], same)


def kept_line(row: Mapping[str, Any], most: float) -> Line:
    metric = words.metric(row["metric"])
    name = metric if row["group"] == "all" else f"{group_name(row)} · {metric}"
    sides = [f"{kept / ended:.1%}" if ended else "–" for kept, ended in zip(row["kept"], row["ended"], strict=True)]
    about = _("%(before)s and %(after)s promises") % {"before": row["ended"][0], "after": row["ended"][1]}
    if row["difference"] is None:
        return Line(name, sides[0], sides[1], "–", None, "", about)
    if row["difference"] == row["low"] == row["high"] == 0:
        return Line(name, sides[0], sides[1], "0", None, _(SAYS["same"]), about)
    drawn = interval(row["difference"], row["low"], row["high"], most)
    change = _("%(points)s points (%(low)s to %(high)s)") % signed(row["difference"], row["low"], row["high"], ".1f")
    return Line(name, sides[0], sides[1], change, drawn, _(SAYS[drawn.says]), about)


def signed(points: float, low: float, high: float, form: str) -> dict[str, str]:
    return {"points": f"{points:+{form}}", "low": f"{low:+{form}}", "high": f"{high:+{form}}"}


def group_name(row: Mapping[str, Any]) -> str:
    if row["name"] == "none":
        return _("none")
    return words.word("priority", row["name"]) if row["group"] == "priority" else words.spoken(row["name"])


def totals(report: Report) -> list[Line]:
    """How often things happened; more of them is neither good nor bad by itself."""
    rows = [row for row in report["totals"] if row["before"] or row["after"]]
    most = reach(edge for row in rows for edge in (row["low"], row["high"]))
    return [total_line(row, most) for row in rows]


def total_line(row: Mapping[str, Any], most: float) -> Line:
    name, moved = str(TOTALS.get(row["what"], row["what"])), row["after"] - row["before"]
    if moved == row["low"] == row["high"] == 0:
        return Line(name, str(row["before"]), str(row["after"]), "0", None, _(SAYS["same"]))
    drawn = interval(moved, row["low"], row["high"], most)
    says = "open" if drawn.says == "open" else "more" if moved > 0 else "fewer"
    plain = Interval(drawn.left, drawn.width, drawn.at, "open" if says == "open" else "plain")
    change = _("%(points)s (%(low)s to %(high)s)") % signed(moved, row["low"], row["high"], ".0f")
    return Line(name, str(row["before"]), str(row["after"]), change, plain, _(SAYS[says]))


def loads(report: Report) -> list[Load]:
    most = max((units for row in report["burdens"] for units in row["units"]), default=0.0) or 1.0
    rows = [
        Load(
            agent_name(report, row["agent"]),
            (row["tickets"][0], row["tickets"][1]),
            (round(row["units"][0], 1), round(row["units"][1], 1)),
            (round(100 * row["units"][0] / most, 1), round(100 * row["units"][1] / most, 1)),
        )
        for row in report["burdens"]
    ]
    return sorted(rows, key=lambda load: -max(load.units))


def agent_name(report: Report, number: int | None) -> str:
    if number is None:
        return _("nobody")
    return str(report["names"].get(str(number)) or _("agent %(number)s") % {"number": number})


# The tickets


def moved(report: Report, kind: str = "all", *, queue: str = "", rule: str = "") -> list[Mapping[str, Any]]:
    """The tickets that differ in this way, those that differ most first; only those that leave or reach the queue, and
    that the rule decides now, where these are named.
    """
    tests = {
        "queue": lambda each: each["queue"] is not None,
        "priority": lambda each: each["priority"] is not None,
        "agent": lambda each: each["agent"] is not None,
        "worse": lambda each: each["breaches"][1] > each["breaches"][0],
        "better": lambda each: each["breaches"][1] < each["breaches"][0],
    }
    test = tests.get(kind)
    found = (each for each in report["moved"] if test is None or test(each))
    kept = (each for each in found if (not queue or queue in (each["queue"] or ())) and rule in ("", each["rule"]))
    return sorted(kept, key=weight)


def queues(report: Report) -> list[tuple[str, str]]:
    """(name, title) of the queues that tickets leave or reach."""
    names = {name for each in report["moved"] for name in each["queue"] or () if name}
    return [(name, words.spoken(name)) for name in sorted(names)]


def rules(report: Report) -> list[str]:
    """The rules that decide tickets that differ."""
    return sorted({each["rule"] for each in report["moved"] if each["rule"]})


def weight(each: Mapping[str, Any]) -> tuple[bool, bool, bool, int]:
    """What matters most stands first: another queue, another promise, another priority."""
    return each["queue"] is None, each["breaches"][0] == each["breaches"][1], each["priority"] is None, each["ticket"]


def kinds(report: Report, *, queue: str = "", rule: str = "") -> list[tuple[str, str, int]]:
    """(kind, title, how many tickets): the ways in which tickets differ, those that there are."""
    counted = [(kind, str(title), len(moved(report, kind, queue=queue, rule=rule))) for kind, title in KINDS.items()]
    return [each for each in counted if each[2] or each[0] == "all"]


def change(report: Report, each: Mapping[str, Any], subjects: Mapping[int, str], rules: Mapping[str, str]) -> Change:
    """`rules`: what each is called."""
    before, after = each["breaches"]
    rule = rules.get(each["rule"]) or _("no rule") if each["queue"] or each["priority"] else ""
    number = each["ticket"]
    return Change(number, subjects.get(number, ""), list(said(report, each)), rule, after - before, number in subjects)


def said(report: Report, each: Mapping[str, Any]) -> Iterator[str]:
    """What differs, in short sentences."""
    if each["queue"]:
        yield _("queue: %(before)s → %(after)s") % pair(*(words.spoken(one) or _("none") for one in each["queue"]))
    if each["priority"]:
        yield _("priority: %(before)s → %(after)s") % pair(
            *(words.word("priority", one) if one else _("none") for one in each["priority"])
        )
    if each["agent"]:
        yield _("agent: %(before)s → %(after)s") % pair(*(agent_name(report, one) for one in each["agent"]))
    if each["breaches"][0] != each["breaches"][1]:
        yield _("promises broken: %(before)s → %(after)s") % pair(*each["breaches"])


def pair(before: object, after: object) -> dict[str, object]:
    return {"before": before, "after": after}
