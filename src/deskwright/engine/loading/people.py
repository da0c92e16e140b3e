"""Reads who does the work and who is told: queues, assignees, audiences, and the assignment policy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from deskwright.engine.document import Node
from deskwright.engine.durations import Duration
from deskwright.engine.loading.reading import Reading, kept
from deskwright.engine.problems import meant
from deskwright.engine.saying import _
from deskwright.engine.values import CHANNELS, COMPLEXITIES, SENIORITIES
from deskwright.engine.workflow import Assignee, AssignmentPolicy, Audience, Queue

ROLES: Final = ("admin", "lead", "agent", "light")
STRATEGIES: Final = ("least_loaded", "round_robin", "manual")
WAYS: Final = ("in_app", "mail")
AGENT_FACTS: Final = ("organisation.csm", "organisation.account_manager", "assignee", "customer.last_agent")
"""Facts that hold an agent's id."""
ASSIGNEE_KEYS: Final = ("queue", "level", "role", "skills", "from", "otherwise")
_QUEUE_KEYS: Final = ("team", "skills", "optional_skills", "calendar", "strategy", "overflow")
_POLICY_KEYS: Final = (
    "capacity",
    "prefer_last_agent",
    "repeat_escalations",
    "relax_skills_after",
    "hand_on_after",
)
_HIGHEST_SKILL: Final = 3
_LONGEST_MEMORY: Final = 90
"""Days. What the store reads of a customer's past escalations."""
_DAY: Final = 1440


def queues(reading: Reading, node: Node | None) -> dict[str, Queue]:
    return {name: _queue(reading, name, entry) for name, entry in reading.named(node, "queues")}


def _queue(reading: Reading, name: str, node: Node) -> Queue:
    if node.kind == "nothing" or not reading.known(node, _QUEUE_KEYS, _("a queue")):
        return Queue(name)
    overflow = reading.reference(node.get("overflow"), "queue")
    if overflow == name:
        reading.refuse(node, _("the queue %(name)s overflows into itself", name=name), key="overflow")
    return Queue(
        name,
        team=reading.text(node.get("team")),
        skills=skills(reading, node.get("skills")),
        optional_skills=skills(reading, node.get("optional_skills")),
        calendar=reading.reference(node.get("calendar"), "calendar"),
        strategy=reading.one_of(node.get("strategy"), STRATEGIES, _("a strategy")) or "least_loaded",
        overflow=overflow,
    )


def skills(reading: Reading, node: Node | None) -> tuple[tuple[str, int], ...]:
    """`[api_expert]` or `{api_expert: 2}`: (skill, least level)."""
    if node is None:
        return ()
    if node.kind == "mapping":
        levels = ((name, reading.whole(level, 1, _HIGHEST_SKILL)) for name, level in node.items())
        return tuple((name, level) for name, level in levels if level is not None)
    return tuple((name, 1) for name in reading.texts(node))


def assignees(reading: Reading, node: Node | None) -> dict[str, Assignee]:
    found = ((name, assignee(reading, name, entry)) for name, entry in reading.named(node, "assignees"))
    return {name: someone for name, someone in found if someone is not None}


def assignee(reading: Reading, name: str, node: Node) -> Assignee | None:
    """What a mapping, or the bare name of a queue, means."""
    if node.kind == "text":
        queue = reading.reference(node, "queue")
        return Assignee(name, queue=queue) if queue else None
    if not reading.known(node, ASSIGNEE_KEYS, _("an assignee")):
        return None
    otherwise, told = node.get("otherwise"), len(reading.problems)
    found = Assignee(
        name,
        queue=reading.reference(node.get("queue"), "queue"),
        level=reading.one_of(node.get("level"), SENIORITIES, _("a level of seniority")),
        role=reading.one_of(node.get("role"), ROLES, _("a role")),
        skills=skills(reading, node.get("skills")),
        from_fact=agent_fact(reading, node.get("from")),
        otherwise=assignee(reading, name, otherwise) if otherwise else None,
    )
    if found == Assignee(name) and len(reading.problems) == told:
        reading.refuse(node, _("an assignee needs a queue, a role, a level, skills or `from`"))
    return found


def agent_fact(reading: Reading, node: Node | None) -> str | None:
    name = reading.text(node)
    if node is None or name is None or name in AGENT_FACTS:
        return name
    spelled = reading.vocabulary.find(name)
    if spelled is not None and spelled.kind == "number":
        return spelled.name
    reading.refuse(node, _("%(name)s is no fact that holds an agent", name=repr(name)), meant(name, AGENT_FACTS))
    return None


def audiences(reading: Reading, node: Node | None) -> dict[str, Audience]:
    return {name: _audience(reading, name, entry) for name, entry in reading.named(node, "audiences")}


def _audience(reading: Reading, name: str, node: Node) -> Audience:
    if not reading.known(node, ("role", "team", "from", "by"), _("an audience")):
        return Audience(name)
    found = Audience(
        name,
        role=reading.one_of(node.get("role"), ROLES, _("a role")),
        team=reading.text(node.get("team")),
        from_fact=agent_fact(reading, node.get("from")),
        by=reading.several(node.get("by"), lambda item: reading.one_of(item, WAYS, _("a way to tell somebody")))
        or ("in_app",),
    )
    if not (found.role or found.team or found.from_fact):
        reading.refuse(node, _("the audience %(name)s is nobody; give it a role, a team or `from`", name=name))
    return found


def assignment(reading: Reading, node: Node | None) -> AssignmentPolicy:
    if node is None or not reading.known(node, _POLICY_KEYS, _("the assignment policy")):
        return AssignmentPolicy()
    capacity, repeat = node.get("capacity"), node.get("repeat_escalations")
    if capacity is not None:
        reading.known(capacity, ("weights", "channel_weights", "per_agent"), _("the capacity"))
    if repeat is not None:
        reading.known(repeat, ("over", "within", "boost_priority", "level"), "repeat_escalations")
    return AssignmentPolicy(
        weights=_weights(reading, capacity and capacity.get("weights"), COMPLEXITIES),
        channel_weights=_weights(reading, capacity and capacity.get("channel_weights"), CHANNELS),
        per_agent=reading.whole(capacity and capacity.get("per_agent"), 1, 10_000) or 12,
        prefer_last_agent=reading.duration(node.get("prefer_last_agent")),
        repeat_over=reading.whole(repeat and repeat.get("over"), 0, 1000),
        repeat_within=_remembered(reading, repeat and repeat.get("within")),
        repeat_boost=reading.whole(repeat and repeat.get("boost_priority"), 0, 3) or 0,
        repeat_level=reading.one_of(repeat and repeat.get("level"), SENIORITIES, _("a level of seniority")),
        relax_skills_after=reading.duration(node.get("relax_skills_after")),
        hand_on_after=reading.duration(node.get("hand_on_after")),
    )


def _remembered(reading: Reading, node: Node | None) -> Duration | None:
    """How far back escalations count: no farther than the desk looks."""
    within = reading.duration(node)
    if node is not None and within is not None and within.minutes / _DAY + within.business_days > _LONGEST_MEMORY:
        reading.refuse(
            node,
            _(
                "the desk looks back %(longest_memory)s days at most, not %(within)s",
                longest_memory=_LONGEST_MEMORY,
                within=within,
            ),
        )
        return None
    return within


def _weights(reading: Reading, node: Node | None, words: Iterable[str]) -> dict[str, float]:
    if node is None or not reading.known(node, words, _("the weights")):
        return {}
    return kept({name: reading.number(entry, 0, 1000) for name, entry in node.items()})
