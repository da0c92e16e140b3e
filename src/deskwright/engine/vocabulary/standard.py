"""The names every desk has, and how a workflow's own fields, categories and signals join them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from deskwright.engine.events import EVENTS
from deskwright.engine.saying import _
from deskwright.engine.values import CHANNELS, COMPLEXITIES, LEVELS, METRICS, PRIORITIES, STATUSES, TIERS
from deskwright.engine.vocabulary.names import Name, Vocabulary
from deskwright.engine.workflow import Category, FieldSpec, Workflow

TYPES: Final = ("question", "incident", "problem", "task", "request", "health_check")

STANDARD: Final = (
    Name("priority", "choice", _("how important the ticket is"), PRIORITIES, ordered=True, settable=True),
    Name("impact", "choice", _("how many are affected, or how badly"), LEVELS, ordered=True, settable=True),
    Name("urgency", "choice", _("how soon it matters"), LEVELS, ordered=True, settable=True),
    Name("category", "word", _("what it is about; a parent also stands for its children"), settable=True),
    Name("complexity", "choice", _("who can solve it: level_1 to level_3"), COMPLEXITIES, ordered=True, settable=True),
    Name("status", "choice", _("where the ticket stands"), STATUSES, settable=True),
    Name("substatus", "word", _("the custom status within it; missing where the ticket has none")),
    Name("channel", "choice", _("how it came in, or goes on since it was handed over"), CHANNELS, settable=True),
    Name("type", "word", _("question, incident, problem, task ..."), TYPES, settable=True),
    Name("subject", "text", _("its subject line")),
    Name("description", "text", _("the customer's first message, new text only")),
    Name("message", "text", _("the new text of the message that just arrived; missing on other events")),
    Name("text", "text", _("subject, description and the new message together")),
    Name("language", "word", _("of the customer's words, such as en or de"), settable=True),
    Name("sentiment", "number", _("of the customer's latest words: -1 furious to 1 delighted")),
    Name("tags", "set", _("the ticket's tags")),
    Name("signals", "set", _("the signals that hold; signal('x') asks for one")),
    Name("queue", "word", _("the queue it stands in")),
    Name("assignee", "number", _("the id of the agent it is assigned to; missing when nobody is")),
    Name("tier", "word", _("the escalation tier it has reached")),
    Name("rule", "word", _("the routing rule that won the assignment")),
    Name("reopen_count", "number", _("how often it was reopened")),
    Name("escalations", "number", _("how often it was escalated")),
    Name("csat", "number", _("the customer's rating, 1 to 5; missing until one is given")),
    Name("age", "minutes", _("minutes since it was created, on the wall clock; a duration such as 2h may be written")),
    Name("created_at", "instant", _("when it was created (UTC)")),
    Name("solved_at", "instant", _("when it was solved (UTC); missing while it is not")),
    Name("business_hours", "boolean", _("whether the desk's default calendar is open now")),
    Name("automatic", "boolean", _("whether the message that just arrived was sent by a machine")),
    Name("event", "word", _("what just happened"), tuple(EVENTS)),
    Name("metric", "choice", _("of the clock that warns: first_response, resolution ..."), (*METRICS, "tier")),
    Name("share", "number", _("of the target used up when a clock warns: 0.75 is 75 %%")),
    Name("changed", "set", _("the names of the fields that just changed")),
    Name("customer_tier", "word", _("the customer's tier, else the organisation's"), TIERS),
    Name("customer.name", "text", _("the customer's name")),
    Name("customer.email", "text", _("the customer's mail address")),
    Name("customer.language", "word", _("the customer's language")),
    Name("customer.preferred_channel", "choice", _("how the customer likes to be answered"), CHANNELS, settable=True),
    Name("customer.reopened_30d", "number", _("tickets of the customer reopened in the last 30 days")),
    Name("customer.escalations_30d", "number", _("tickets of the customer escalated in the last 30 days")),
    Name("customer.tickets_30d", "number", _("tickets the customer opened in the last 30 days")),
    Name("organisation.name", "text", _("the name of the customer's organisation")),
    Name("organisation.tier", "word", _("the organisation's own tier"), TIERS),
    Name("organisation.vip", "boolean", _("whether the organisation is marked as very important")),
    Name("organisation.csm", "number", _("the id of its customer success manager")),
    Name("organisation.account_manager", "number", _("the id of its account manager")),
)
CUSTOM: Final[Mapping[str, str]] = {
    "ticket": _("custom field of the ticket"),
    "customer": _("custom field of the customer"),
    "organisation": _("custom field of the organisation"),
}
ME: Final = Name("me", "number", _("the agent who looks at the list"))
"""Known to the conditions of lists only."""
ONLY_EVENTS: Final = frozenset({"message", "event", "metric", "share", "changed", "automatic"})
"""Known only while something happens to a ticket."""
ALIASES: Final = {"customer.tier": "customer_tier", "customer.reopened": "customer.reopened_30d"}
_KINDS: Final = {"text": "text", "number": "number", "boolean": "boolean", "date": "date", "choice": "choice"}
_DOTTED: Final = {"ticket": "fields", "customer": "customer", "organisation": "organisation"}
_STANDARD_NAMES: Final = frozenset(name.name for name in STANDARD) | ALIASES.keys()


def vocabulary(
    fields: Mapping[str, FieldSpec],
    categories: Mapping[str, Category],
    signals: Iterable[str],
) -> Vocabulary:
    """Every name a condition of this workflow may use."""
    covers = covered(categories)
    names = [_category(name, covers) if name.name == "category" else name for name in STANDARD]
    aliases = dict(ALIASES)
    for spec in fields.values():
        key = key_of(spec)
        about, settable = CUSTOM[spec.of], spec.of == "ticket"
        names.append(Name(key, _KINDS[spec.type], about, spec.choices, settable=settable))
        aliases.setdefault(spec.name, key)
        aliases[f"{_DOTTED[spec.of]}.{spec.name}"] = key
    return Vocabulary(names, {alias: key for alias, key in aliases.items() if alias != key}, signals)


def of_lists(workflow: Workflow) -> Vocabulary:
    """What the condition of a list may ask: everything that is known of a ticket at rest, and who looks."""
    known = vocabulary(workflow.fields, workflow.categories, workflow.signals)
    names = [name for name in known.names.values() if name.name not in ONLY_EVENTS]
    tiers = tuple(tier for _, tier in workflow.sla_matrix if tier != "any")
    words = {
        "queue": tuple(workflow.queues),
        "customer_tier": tiers,
        "organisation.tier": tiers,
        "tier": tuple(tier.name for tier in workflow.tiers),
    }
    return Vocabulary([*names, ME], known.aliases, known.signals).with_words(words)


def key_of(spec: FieldSpec) -> str:
    """The field's key in the view: its bare name on a ticket, dotted elsewhere."""
    return spec.name if spec.of == "ticket" else f"{spec.of}.{spec.name}"


def taken(spec: FieldSpec) -> bool:
    """Whether the desk's own facts already have this name."""
    return key_of(spec) in _STANDARD_NAMES


def covered(categories: Mapping[str, Category]) -> dict[str, tuple[str, ...]]:
    """category -> itself and everything below it."""
    below: dict[str, list[str]] = {name: [name] for name in categories}
    for name, category in categories.items():
        parent, seen = category.parent, {name}
        while parent is not None and parent not in seen:
            below.setdefault(parent, [parent]).append(name)
            seen.add(parent)
            above = categories.get(parent)
            parent = above.parent if above else None
    return {name: tuple(names) for name, names in below.items()}


def _category(name: Name, covers: Mapping[str, tuple[str, ...]]) -> Name:
    return Name(name.name, name.kind, name.about, tuple(covers), covers=covers, settable=True)
