"""Which routing rules came, went, moved or changed. A rule is known by its name, else by what it asks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from deskwright.engine.differences.wording import Difference, altered, changed_from, named_alike, parts, said, someone
from deskwright.engine.saying import _
from deskwright.engine.workflow import Action, Assignee, Rule

SECTION: Final = "routing_rules"
ACTION: Final = {
    "set": _("set"),
    "tag": _("tags"),
    "boost_priority": _("priority boost"),
    "notify": _("notify"),
    "cc": _("cc"),
    "status": _("status"),
    "escalate": _("escalate"),
    "open_follow_up": _("follow-up"),
}
Pair = tuple[Rule, Rule]


def rules(before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[Difference]:
    """In the order of the newer document; what is gone comes first."""
    pairs = matched(before, after)
    known = {new.number for _, new in pairs}
    kept = {old.number for old, _ in pairs}
    for old in before:
        if old.number not in kept:
            yield Difference(SECTION, called(old), _("removed; it stood at place %(place)s", place=old.number))
    moved = {new.number for _, new in out_of_order(pairs)}
    old_of = {new.number: old for old, new in pairs}
    for new in after:
        if new.number not in known:
            yield Difference(
                SECTION,
                called(new),
                _("added at place %(place)s: when %(condition)s", place=new.number, condition=new.condition.text),
            )
            continue
        old = old_of[new.number]
        if new.number in moved:
            yield Difference(
                SECTION,
                called(new),
                _("moved from place %(before)s to place %(place)s", before=old.number, place=new.number),
            )
        for how in changed(old, new):
            yield Difference(SECTION, called(new), how)


def called(rule: Rule) -> str:
    return _("rule %(rule)s", rule=rule.name if is_named(rule) else rule.number)


def is_named(rule: Rule) -> bool:
    return rule.name != f"rule {rule.number}"


def matched(before: Sequence[Rule], after: Sequence[Rule]) -> list[Pair]:
    """(old, new) for every rule that stayed; by name, then by condition, by action, at last by place."""
    left, right, pairs = list(before), list(after), []
    for alike in (same_name, same_condition, same_action, same_place):
        for new in list(right):
            old = next((old for old in left if alike(old, new)), None)
            if old is not None:
                pairs.append((old, new))
                left.remove(old)
                right.remove(new)
    return sorted(pairs, key=lambda pair: pair[1].number)


def same_name(old: Rule, new: Rule) -> bool:
    return is_named(new) and old.name == new.name


def same_condition(old: Rule, new: Rule) -> bool:
    return not (is_named(old) and is_named(new)) and old.condition.tree == new.condition.tree


def same_action(old: Rule, new: Rule) -> bool:
    return not (is_named(old) or is_named(new)) and old.action == new.action


def same_place(old: Rule, new: Rule) -> bool:
    return not (is_named(old) or is_named(new)) and old.number == new.number


def out_of_order(pairs: Sequence[Pair]) -> list[Pair]:
    """The fewest pairs whose moving explains the new order: all but a longest run that kept its order."""
    tails: list[int] = []
    length_at: list[int] = []
    for old, _new in pairs:
        place = bisect_left(tails, old.number)
        tails[place : place + 1] = [old.number]
        length_at.append(place + 1)
    wanted, moved = len(tails), []
    for pair, length in zip(reversed(pairs), reversed(length_at), strict=True):
        if length == wanted:
            wanted -= 1
        else:
            moved.append(pair)
    return moved


def changed(old: Rule, new: Rule) -> Iterator[str]:
    if is_named(old) != is_named(new):
        yield _("named %(rule)s", rule=new.name) if is_named(new) else _("no longer named %(rule)s", rule=old.name)
    if old.condition.tree != new.condition.tree:
        yield changed_from(_("condition"), said(old.condition), said(new.condition))
    yield from assignment(old.action, new.action)
    yield from parts(old.action, new.action, ACTION)
    yield from altered("first_response", old.sla_target, new.sla_target)
    yield from altered("", old.targets, new.targets)
    if old.go_on != new.go_on:
        yield _("later rules may add to it now") if new.go_on else _("later rules no longer add to it")


def assignment(old: Action, new: Action) -> Iterator[str]:
    before, after = old.assign, new.assign
    if before == after or named_alike(before, after):
        return
    if just_queue(before) and just_queue(after):
        assert before is not None and after is not None
        yield changed_from(_("queue"), said(before.queue), said(after.queue))
    else:
        yield changed_from(_("assignee"), said_assignee(before), said_assignee(after))


def just_queue(assignee: Assignee | None) -> bool:
    return assignee is not None and assignee in (
        Assignee("", queue=assignee.queue),
        Assignee(assignee.queue or "", queue=assignee.queue),
    )


def said_assignee(assignee: Assignee | None) -> str:
    return someone(assignee) if assignee else _("nobody")
