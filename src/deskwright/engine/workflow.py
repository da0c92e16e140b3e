"""A loaded workflow: frozen, complete (what a document leaves out came from the starter), ready to decide with.

`loading.load` makes it. A `Condition` is compiled; see `conditions`. Durations print as written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deskwright.engine.values import FIRST_RESPONSE

if TYPE_CHECKING:
    from deskwright.engine.calendars import Calendar
    from deskwright.engine.conditions import Condition
    from deskwright.engine.durations import Duration
    from deskwright.engine.routing import RuleIndex


Words = Mapping[str, str]
"""language -> text, in small letters; "" is for every other language."""


def in_language(words: Words, language: str) -> str:
    """The text for a language such as `de-AT`: its own, the plain language's, the one for all, English; else ""."""
    language = language.lower()
    for key in (language, language.split("-")[0], "", "en", *words):
        if words.get(key):
            return words[key]
    return ""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A custom field: `type` is text | number | boolean | date | choice; `of` is ticket | customer | organisation."""

    name: str
    type: str
    of: str = "ticket"
    choices: tuple[str, ...] = ()
    choice_labels: Mapping[str, Words] = field(default_factory=dict)
    label: Words = field(default_factory=dict)
    help: Words = field(default_factory=dict)
    when: Condition | None = None
    """The field is asked for while this holds; None: always."""
    required: str = ""
    """on_open | on_solve | "": when a value must be there, where the field is asked for."""
    portal: bool = False
    """Customers are asked for it with a new question."""
    types: tuple[str, ...] = ()
    """The ticket types whose forms have it; none: all."""


@dataclass(frozen=True, slots=True)
class TicketType:
    name: str
    label: Words = field(default_factory=dict)
    help: Words = field(default_factory=dict)
    icon: str = ""
    portal: bool = False
    """Customers may choose it."""
    set: Mapping[str, Any] = field(default_factory=dict)
    """What a ticket that becomes one gets where nobody has said it: priority, fields ..."""


@dataclass(frozen=True, slots=True)
class Status:
    """A status as people choose it. The desk reasons with its category; see `values.STATUSES`."""

    name: str
    category: str
    label: Words = field(default_factory=dict)
    icon: str = ""
    archived: bool = False
    """Tickets that have it keep it; nobody chooses it any more."""


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    parent: str | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """Raised by whole words in the customer's new text (negation-aware), by a condition, or by the desk itself."""

    name: str
    words: tuple[str, ...] = ()
    when: Condition | None = None
    unless: tuple[str, ...] = ()
    """Longer phrases in which the words mean something else: "scroll down"."""


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    team: str | None = None
    """None: the team of the same name, else every agent."""
    skills: tuple[tuple[str, int], ...] = ()
    """(skill, least level)"""
    optional_skills: tuple[tuple[str, int], ...] = ()
    calendar: str | None = None
    strategy: str = "least_loaded"
    """least_loaded | round_robin | manual"""
    overflow: str | None = None


@dataclass(frozen=True, slots=True)
class Assignee:
    """What "assign_to_X" means: a queue (with seniority, role, skills), or an agent found from a fact."""

    name: str
    queue: str | None = None
    level: str | None = None
    role: str | None = None
    skills: tuple[tuple[str, int], ...] = ()
    from_fact: str | None = None
    """A dotted fact holding an agent's id, such as organisation.csm."""
    otherwise: Assignee | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    name: str
    role: str | None = None
    team: str | None = None
    from_fact: str | None = None
    by: tuple[str, ...] = ("in_app",)


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule, a tier or an automation does; everything it does not mention stays as it is."""

    assign: Assignee | None = None
    set: Mapping[str, Any] = field(default_factory=dict)
    tag: tuple[str, ...] = ()
    boost_priority: int = 0
    notify: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    status: str | None = None
    substatus: str | None = None
    """The custom status, where one of its category was asked for."""
    escalate: bool = False
    open_follow_up: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    number: int
    """From 1, in the document's order."""
    name: str
    """As written, else "rule N"."""
    condition: Condition
    action: Action
    sla_target: Duration | None = None
    go_on: bool = False
    """`continue: true`: later rules may add to it."""
    targets: Mapping[str, Duration] = field(default_factory=dict)
    """Targets of other metrics, where `sla_target` is a mapping: metric -> duration."""
    line: int = 0
    """Where it stands in the document; 0 when it came from the starter."""

    @property
    def override(self) -> str | None:
        """The targets a ticket keeps: "15m" is the first response's, "first_response 15m, resolution 4h" names each;
        None for a rule without any.
        """
        if not self.targets:
            return None if self.sla_target is None else str(self.sla_target)
        first = {} if self.sla_target is None else {FIRST_RESPONSE: self.sla_target}
        return ", ".join(f"{metric} {target}" for metric, target in {**first, **self.targets}.items())


@dataclass(frozen=True, slots=True)
class AssignmentPolicy:
    weights: Mapping[str, float] = field(default_factory=dict)
    """complexity -> units"""
    channel_weights: Mapping[str, float] = field(default_factory=dict)
    per_agent: int = 12
    prefer_last_agent: Duration | None = None
    repeat_over: int | None = None
    """More escalations of the customer than this within `repeat_within` boost and ask for seniority."""
    repeat_within: Duration | None = None
    repeat_boost: int = 0
    repeat_level: str | None = None
    relax_skills_after: Duration | None = None
    hand_on_after: Duration | None = None
    """Work of an agent absent for longer is handed on; None leaves it."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of one cell of the SLA matrix: metric -> duration."""

    priority: str
    tier: str
    by_metric: Mapping[str, Duration] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    calendar: str | None = None
    """Default calendar of every clock; None is round the clock."""
    calendars: Mapping[str, str] = field(default_factory=dict)
    """metric -> calendar, where it differs."""
    warn_at: tuple[float, ...] = (0.5, 0.75, 0.9)
    pause: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """metric -> statuses that pause it"""
    on_reopen: str = "resume"
    """resume | restart | none"""
    retarget: str = "strict"
    """strict | grace: what a change of target does whose new due time has already passed."""


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    timeout: Duration | None
    conditions: tuple[str, ...]
    """no_response and names of signals."""
    escalate_to: Assignee | None
    next: str | None
    """The tier after this one in the document, None for the last."""
    notify: tuple[str, ...] = ()
    acknowledge_within: Duration | None = None


@dataclass(frozen=True, slots=True)
class Management:
    triggers: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Automation:
    name: str
    on: str
    """An event's kind, `sla_warning`, `sla_breach`, `ticket_solved`, `every` (time-based) ..."""
    when: Condition | None
    do: tuple[Action, ...]
    every: Duration | None = None
    per_hour: int | None = None
    enabled: bool = True
    number: int = field(default=0, compare=False)
    """Its place in the document, from 1; one with several moments is several automations of one number."""


@dataclass(frozen=True, slots=True)
class Replies:
    acknowledge: str | None = None
    with_: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """One of the document's own tests."""

    name: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    line: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Workflow:
    """Compared by identity: a version is loaded once; `content_hash` tells whether two say the same."""

    name: str
    text: str
    """The document as written."""
    content_hash: str
    """sha256 of the text, hexadecimal."""
    fields: Mapping[str, FieldSpec]
    types: Mapping[str, TicketType]
    statuses: Mapping[str, Status]
    calendars: Mapping[str, Calendar]
    priority_matrix: Mapping[tuple[str, str], str]
    """(impact, urgency) -> priority"""
    categories: Mapping[str, Category]
    complexity: tuple[tuple[str, Condition], ...]
    """(level, condition), highest level first; the first that holds wins, else level_1."""
    signals: Mapping[str, Signal]
    queues: Mapping[str, Queue]
    assignees: Mapping[str, Assignee]
    audiences: Mapping[str, Audience]
    rules: tuple[Rule, ...]
    rule_index: RuleIndex
    assignment: AssignmentPolicy
    sla_matrix: Mapping[tuple[str, str], Targets]
    sla: SlaPolicy
    tiers: tuple[Tier, ...]
    management: Management
    automations: tuple[Automation, ...]
    replies: Replies
    duplicates: Mapping[str, Any]
    """same_customer_within: Duration; suggest_at and merge_at: shares."""
    reopen: Mapping[str, Any]
    """within: Duration; queues: queue -> Duration; by_requester: queues. Empty: a message opens its ticket again."""
    surveys: Mapping[str, Any]
    proactive: Mapping[str, Any]
    experiments: Mapping[str, Any]
    variants: Mapping[str, Mapping[str, Any]]
    """experiment -> the parts of the workflow that its change replaces; see `experiments.under`."""
    tests: tuple[Expectation, ...]
    default_queue: str
    """Where a ticket goes that no rule sends anywhere."""
    version: int = 0
    """The number of its published version; 0 for a draft."""
