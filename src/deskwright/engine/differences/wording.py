"""How a difference is said: values as the author knows them, and the comparison of two things part by part."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import reduce
from typing import Any, Final

from deskwright.engine.conditions import Condition
from deskwright.engine.durations import Duration
from deskwright.engine.saying import _, gettext_noop
from deskwright.engine.workflow import Action, Assignee


@dataclass(frozen=True, slots=True)
class Difference:
    """One sentence about one part of the document: "rule Integrations: queue changed from X to Y"."""

    section: str
    """As the document names it: routing_rules, sla_matrix, ..."""
    what: str
    """What changed: rule Integrations, target high, any, ..."""
    how: str
    """added | removed | moved ..., or what of it changed."""

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        return _("%(what)s: %(how)s", what=self.what, how=self.how) if self.what else self.how

    def as_json(self) -> dict[str, str]:
        return {"section": self.section, "what": self.what, "how": self.how, "text": self.sentence}


KINDS: Final[Mapping[str, str]] = {
    "field": gettext_noop("field %(name)s"),
    "type": gettext_noop("type %(name)s"),
    "status": gettext_noop("status %(name)s"),
    "category": gettext_noop("category %(name)s"),
    "signal": gettext_noop("signal %(name)s"),
    "queue": gettext_noop("queue %(name)s"),
    "assignee": gettext_noop("assignee %(name)s"),
    "audience": gettext_noop("audience %(name)s"),
    "tier": gettext_noop("tier %(name)s"),
    "automation": gettext_noop("automation %(name)s"),
}
"""What has a name of its own in the document."""
NOTHING: Final = _("nothing")


def said(value: Any) -> str:
    """A value in the words of the document."""
    match value:
        case None | "":
            return NOTHING
        case bool():
            return _("yes") if value else _("no")
        case Condition():
            return value.text
        case Duration():
            return str(value)
        case Assignee():
            return someone(value)
        case Action():
            return deed(value)
        case float():
            return f"{value:g}"
        case Mapping():
            return (
                listed([_("%(part)s %(value)s", part=key, value=said(item)) for key, item in value.items()]) or NOTHING
            )
        case frozenset() | set():
            return listed(sorted(map(said, value))) or NOTHING
        case tuple() | list():
            return listed([*map(member, value)]) or NOTHING
    return str(value)


def member(value: Any) -> str:
    """One of a list; (skill, level) as `skill 2`."""
    if isinstance(value, tuple) and len(value) == 2:
        name, level = value
        return f"{said(name)} {said(level)}" if level != 1 else said(name)
    return said(value)


def someone(assignee: Assignee) -> str:
    if assignee.name:
        return assignee.name
    parts = {"queue": assignee.queue, "level": assignee.level, "role": assignee.role, "from": assignee.from_fact}
    told = [f"{key} {value}" for key, value in parts.items() if value]
    if assignee.skills:
        told.append(f"skills {said(assignee.skills)}")
    return ", ".join(told) or NOTHING


def deed(action: Action) -> str:
    """All an action does, in short."""
    told = [f"{spec.name.replace('_', ' ')} {said(getattr(action, spec.name))}" for spec in changed_fields(action)]
    return ", ".join(told) or NOTHING


def changed_fields(action: Action) -> list[Any]:
    blank = Action()
    return [spec for spec in fields(Action) if getattr(action, spec.name) != getattr(blank, spec.name)]


def altered(label: str, before: Any, after: Any) -> Iterator[str]:
    """How one value changed: lists by what came and went, everything else from one to the other."""
    if before == after or named_alike(before, after):
        return
    if is_list(before) and is_list(after) and before and after:
        yield from members_changed(label, list(map(member, before)), list(map(member, after)))
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from altered(
                _("%(part)s %(key)s", part=label, key=key) if label else str(key), before.get(key), after.get(key)
            )
    else:
        yield changed_from(label, said(before), said(after))


def changed_from(part: str, before: str, after: str) -> str:
    return _("%(part)s changed from %(before)s to %(after)s", part=part, before=before, after=after)


def arrow(before: Any, after: Any) -> str:
    return _("%(before)s -> %(after)s", before=said(before), after=said(after))


def listed(sentences: Sequence[str]) -> str:
    """As one, with commas; "" for none."""
    first, *others = [*sentences] or [""]
    return reduce(lambda before, then: _("%(before)s, %(then)s", before=before, then=then), others, first)


def named_alike(before: Any, after: Any) -> bool:
    """Assignees of one name: what changed about them is told where they are defined."""
    return isinstance(before, Assignee) and isinstance(after, Assignee) and before.name == after.name != ""


def is_list(value: Any) -> bool:
    return isinstance(value, tuple | list | set | frozenset)


def members_changed(label: str, before: list[str], after: list[str]) -> Iterator[str]:
    new = [item for item in after if item not in before]
    gone = [item for item in before if item not in after]
    if new:
        yield _("%(part)s added: %(names)s", part=label, names=", ".join(new))
    if gone:
        yield _("%(part)s removed: %(names)s", part=label, names=", ".join(gone))
    if not new and not gone:
        yield _("%(part)s in another order: %(names)s", part=label, names=", ".join(after))


def parts(before: Any, after: Any, names: Mapping[str, str]) -> Iterator[str]:
    """How two of a kind differ; `names` says which parts count and what they are called."""
    for part, label in names.items():
        yield from altered(label, getattr(before, part), getattr(after, part))


def named(
    section: str, kind: str, before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]
) -> Iterator[Difference]:
    """Differences between two mappings of names to things of a kind."""
    for name in before:
        if name not in after:
            yield Difference(section, _(KINDS[kind], name=name), _("removed"))
    for name, thing in after.items():
        if name not in before:
            yield Difference(section, _(KINDS[kind], name=name), description(thing, names))
        else:
            for how in parts(before[name], thing, names):
                yield Difference(section, _(KINDS[kind], name=name), how)


def description(thing: Any, names: Mapping[str, str]) -> str:
    """That it is new, and what it is made of when there is something to say."""
    if not is_dataclass(thing):
        return _("added: %(what)s", what=said(thing))
    told = [
        _("%(part)s %(value)s", part=label, value=said(value))
        for part, label in names.items()
        if (value := getattr(thing, part)) is not None and is_said(value)
    ]
    return _("added: %(what)s", what=listed(told)) if told else _("added")


def is_said(value: Any) -> bool:
    return not (isinstance(value, Collection) and not value)
