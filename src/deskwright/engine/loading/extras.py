"""Reads what follows the deciding: replies, duplicates, surveys, proactive checks, experiments, tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deskwright.engine.conditions import Condition
from deskwright.engine.document import Node
from deskwright.engine.loading.actions import assign
from deskwright.engine.loading.reading import Reading, kept, plain
from deskwright.engine.problems import meant
from deskwright.engine.saying import _
from deskwright.engine.values import METRICS, PRIORITIES, STATUSES
from deskwright.engine.workflow import Expectation, Replies

_OF_ORGANISATION: Final = "organisation."
JUDGES: Final = ("csat", *METRICS, "first_response_met", "next_response_met", "resolution_met", "reopened", "escalated")
TOLD: Final = ("expected_first_response", "suggested_articles")
"""What an acknowledgement may tell."""
EXPECTED: Final = (
    "rule",
    "assignee",
    "queue",
    "level",
    "notify",
    "cc",
    "tags",
    "signals",
    "priority",
    "category",
    "complexity",
    "status",
    "escalated",
    "tier",
    *METRICS,
)


def replies(reading: Reading, node: Node | None) -> Replies:
    if node is None or not reading.known(node, ("acknowledge", "with"), _("the replies")):
        return Replies()
    acknowledge = node.get("acknowledge")
    if acknowledge is not None and acknowledge.kind == "boolean" and not acknowledge.value:
        return Replies()
    told = reading.several(
        node.get("with"), lambda item: reading.one_of(item, TOLD, _("what an acknowledgement tells"))
    )
    return Replies(reading.text(acknowledge), told)


def duplicates(reading: Reading, node: Node | None) -> dict[str, Any]:
    """same_customer_within: Duration; suggest_at and merge_at: shares of likeness."""
    keys = ("same_customer_within", "suggest_at", "merge_at")
    if node is None or not reading.known(node, keys, _("the search for duplicates")):
        return {}
    found: dict[str, Any] = kept(
        {
            "same_customer_within": reading.duration(node.get("same_customer_within")),
            "suggest_at": reading.share(node.get("suggest_at")),
            "merge_at": reading.share(node.get("merge_at")),
        }
    )
    if found.get("suggest_at", 0) > found.get("merge_at", 1):
        reading.refuse(node, _("merge_at is below suggest_at, so nothing would ever be suggested"), key="merge_at")
    return found


def reopen(reading: Reading, node: Node | None) -> dict[str, Any]:
    """within: Duration; queues: queue -> Duration, where it differs; by_requester: queues where others open nothing."""
    keys = ("within", "queues", "by_requester")
    if node is None or not reading.known(node, keys, _("the window in which a ticket reopens")):
        return {}
    queues = {}
    for name, entry in reading.named(node.get("queues"), _("the queues")):
        queues[reading.referred(entry, name, "queue")] = reading.duration(entry)
    own = kept({name or "": window for name, window in queues.items()})
    alone = reading.references(node.get("by_requester"), "queue")
    return kept({"within": reading.duration(node.get("within")), "queues": own or None, "by_requester": alone or None})


def surveys(reading: Reading, node: Node | None) -> dict[str, dict[str, Any]]:
    """name -> after: a status; wait and expires: Durations."""
    found = {}
    for name, entry in reading.named(node, "surveys"):
        if reading.known(entry, ("after", "wait", "expires", "enabled"), _("a survey")):
            found[name] = kept(
                {
                    "after": reading.one_of(entry.get("after"), STATUSES, _("a status")) or "solved",
                    "wait": reading.duration(entry.get("wait")),
                    "expires": reading.duration(entry.get("expires")),
                    "enabled": reading.flag(entry.get("enabled")),
                }
            )
    return found


def proactive(reading: Reading, node: Node | None) -> dict[str, Any]:
    """risk_factors: name -> Condition; at_least; open: type, priority, assign (an Assignee); cooldown: Duration."""
    if node is None or not reading.known(
        node, ("risk_factors", "at_least", "open", "cooldown"), _("proactive support")
    ):
        return {}
    factors = {
        name: _risk_factor(reading, entry) for name, entry in reading.named(node.get("risk_factors"), _("risk factors"))
    }
    at_least = reading.whole(node.get("at_least"), 1, 100)
    if at_least and len(factors) < at_least:
        reading.refuse(
            node,
            _(
                "at_least is %(at_least)s, and there are only %(count)s risk factors",
                at_least=at_least,
                count=len(factors),
            ),
            key="at_least",
        )
    return {
        "risk_factors": kept(factors),
        "at_least": at_least or 1,
        "open": _opened(reading, node.get("open")),
        "cooldown": reading.duration(node.get("cooldown")),
    }


def _risk_factor(reading: Reading, node: Node) -> Condition | None:
    """A condition over what is known of an organisation; there is no ticket yet that it could look at."""
    condition = reading.condition(node)
    strange = sorted(name for name in (condition.names if condition else ()) if not name.startswith(_OF_ORGANISATION))
    if not strange:
        return condition
    reading.refuse(
        node, _("a risk factor can look at facts of the organisation only, not at %(strange)s", strange=strange[0])
    )
    return None


def _opened(reading: Reading, node: Node | None) -> dict[str, Any]:
    if node is None or not reading.known(node, ("type", "priority", "assign", "subject"), _("the ticket to open")):
        return {}
    assigned = node.get("assign")
    return kept(
        {
            "type": reading.text(node.get("type")),
            "priority": reading.one_of(node.get("priority"), PRIORITIES, _("a priority")),
            "assign": assign(reading, assigned) if assigned else None,
            "subject": reading.text(node.get("subject")),
        }
    )


def experiments(reading: Reading, node: Node | None, sections: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """name -> share; change: the plain sections it replaces; judge_by; guard."""
    found = {}
    for name, entry in reading.named(node, "experiments"):
        if not reading.known(entry, ("share", "change", "judge_by", "guard", "enabled"), _("an experiment")):
            continue
        change = entry.get("change")
        if change is None:
            reading.refuse(entry, _("an experiment needs a change to try"))
        else:
            reading.known(change, sections, _("what an experiment can change"))
        found[name] = {
            "share": _share(reading, entry),
            "change": plain(change) or {},
            "judge_by": reading.one_of(entry.get("judge_by"), JUDGES, _("a figure to judge by")) or "csat",
            "guard": reading.several(entry.get("guard"), lambda item: reading.one_of(item, JUDGES, _("a figure"))),
            "enabled": reading.flag(entry.get("enabled")) is not False,
        }
    return found


def _share(reading: Reading, node: Node) -> float:
    """Of the customers who get the variant; without a control group there is nothing to compare with."""
    share = reading.share(node.get("share"))
    if share in {0, 1}:
        reading.refuse(node, _("a share leaves some to the variant and some to the control"), key="share")
    return share or 0.5


def tests(reading: Reading, node: Node | None) -> tuple[Expectation, ...]:
    if node is None:
        return ()
    if node.kind != "list":
        reading.unexpected(node, _("a list of tests"))
        return ()
    return tuple(_test(reading, number, item) for number, item in enumerate(node.value, 1))


def _test(reading: Reading, number: int, node: Node) -> Expectation:
    if not reading.known(node, ("name", "given", "expect"), _("a test")):
        return Expectation(f"test {number}", {}, {}, node.line)
    expect = node.get("expect")
    if expect is None:
        reading.refuse(node, _("a test needs to expect something"))
    else:
        reading.known(expect, EXPECTED, _("what a test can expect"))
    return Expectation(
        reading.text(node.get("name")) or f"test {number}",
        _given(reading, node.get("given")),
        plain(expect) or {},
        node.line,
    )


def _given(reading: Reading, node: Node | None) -> Mapping[str, Any]:
    found = {}
    for written, entry in reading.named(node, _("what is given")):
        assert node is not None
        name = reading.vocabulary.find(written)
        if name is None:
            near = meant(written, reading.vocabulary.names)
            reading.refuse(node, _("nothing is named %(written)s", written=repr(written)), near, key=written)
        elif name.kind == "choice" and entry.value not in name.words:
            reading.one_of(entry, name.words, f"a {name.name}")
        else:
            found[name.name] = entry.plain()
    return found
