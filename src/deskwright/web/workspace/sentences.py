"""What happened to a ticket, in sentences: one function for each kind of event and of effect.

Works on the events as stored; never looks anything up beyond the names it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.web.words import field, metric, plain, spoken, word

Data = Mapping[str, Any]
Names = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`weight` says how much it deserves the one line a folded group has."""

    icon: str
    text: str
    because: str = ""
    weight: int = 1


def told(event: Data, names: Names) -> Iterator[Sentence]:
    """The event itself, then what the workflow did about it."""
    data = event["data"] or {}
    if event["kind"] in EVENTS:
        yield from EVENTS[event["kind"]](event, data, names)
    if data.get("failed"):
        yield Sentence("octagon-alert", _("The workflow could not decide on this; nothing was changed"), weight=9)
    for effect in data.get("effects") or ():
        tell = EFFECTS.get(effect.get("effect"))
        if tell is not None:
            yield from tell(effect, names) if tell is entered_tier else map(in_words, tell(effect, names))


def in_words(sentence: Sentence) -> Sentence:
    """With the engine's names in its cause made readable."""
    return replace(sentence, because=plain(sentence.because))


def value_of(name: str, value: Any, names: Names) -> str:
    """A field's value as people say it."""
    if value is None or value == "":
        return _("nobody") if name in {"assignee", "assignee_id"} else _("none")
    if name in {"assignee", "assignee_id"}:
        return names.get(value, _("somebody"))
    if name in {"status", "priority"}:
        return word(name, value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or _("none")
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    return spoken(value) if name in {"queue", "category", "complexity", "type"} else str(value)


# Events


def opened(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    by = {"customer": _("The customer opened the ticket"), "agent": _("An agent opened the ticket")}
    yield Sentence("inbox", by.get(data.get("by", ""), _("The desk opened the ticket")), weight=0)


def fields_changed(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    changes = ", ".join(changed(name, pair, names) for name, pair in (data.get("changes") or {}).items())
    who = event.get("agent") or _("The workflow")
    text = _("%(who)s took back: %(changes)s") if data.get("undoes") else _("%(who)s changed %(changes)s")
    yield Sentence("square-pen", text % {"who": who, "changes": changes}, weight=6)


def changed(name: str, pair: Any, names: Names) -> str:
    old, new = [*pair, None, None][:2] if isinstance(pair, list) else (None, pair)
    values = {"field": field(name).lower(), "old": value_of(name, old, names), "new": value_of(name, new, names)}
    return _("%(field)s %(old)s → %(new)s") % values


def clock_mark(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    share = round(float(data.get("share") or 0) * 100)
    name = metric(data.get("metric"))
    if share >= 100:
        text = _("The %(metric)s target ran out") % {"metric": name.lower()}
        yield Sentence("triangle-alert", text, weight=8)
    else:
        text = _("%(share)s %% of the %(metric)s target used") % {"share": share, "metric": name.lower()}
        yield Sentence("timer", text, weight=4)


def acknowledged(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("hand", _("%(who)s took the escalation") % {"who": event.get("agent") or _("Somebody")}, weight=6)


def handed_back(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    text = _("%(who)s handed the ticket back") % {"who": event.get("agent") or _("Somebody")}
    yield Sentence("undo-2", text, str(data.get("reason") or ""), weight=7)


def escalated_by_hand(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    text = _("%(who)s escalated the ticket") % {"who": event.get("agent") or _("Somebody")}
    reason = str(data.get("reason") or "")
    yield Sentence("trending-up", text, "" if reason == "manual" else reason, weight=8)


def survey_answered(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    text = _("The customer rated the answer %(score)s of 5") % {"score": data.get("csat")}
    yield Sentence("star", text, str(data.get("comment") or ""), weight=7)


def agent_returned(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("user", _("An agent became available"), weight=1)


def reconsidered(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("refresh-cw", _("Routing was asked again"), str(data.get("because") or ""), weight=2)


def cut_off(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("octagon-alert", _("The rules never came to rest and were stopped"), weight=9)


EVENTS: Final[Mapping[str, Callable[[Data, Data, Names], Iterator[Sentence]]]] = {
    "ticket_opened": opened,
    "fields_changed": fields_changed,
    "clock_mark": clock_mark,
    "escalation_acknowledged": acknowledged,
    "handed_back": handed_back,
    "escalated_by_hand": escalated_by_hand,
    "survey_answered": survey_answered,
    "agent_returned": agent_returned,
    "reconsidered": reconsidered,
    "cut_off": cut_off,
}


# Effects


def set_field(effect: Data, names: Names) -> Iterator[Sentence]:
    name = effect.get("name", "")
    text = _("%(field)s set to %(value)s") % {
        "field": field(name),
        "value": value_of(name, effect.get("value"), names),
    }
    yield Sentence("square-pen", text, effect.get("because", ""), weight=5 if name == "priority" else 2)


def set_status(effect: Data, names: Names) -> Iterator[Sentence]:
    text = _("Status set to %(status)s") % {"status": word("status", effect.get("status"))}
    yield Sentence("circle-dot", text, effect.get("because", ""), weight=5)


def add_tags(effect: Data, names: Names) -> Iterator[Sentence]:
    text = _("Tagged %(tags)s") % {"tags": ", ".join(effect.get("tags") or ())}
    yield Sentence("tag", text, effect.get("because", ""), weight=2)


def set_signals(effect: Data, names: Names) -> Iterator[Sentence]:
    risen = effect.get("risen") or ()
    if risen:
        text = _("Signal raised: %(signals)s") % {"signals": ", ".join(spoken(name).lower() for name in risen)}
        yield Sentence("flame", text, effect.get("because", ""), weight=4)


def routed(effect: Data, names: Names) -> Iterator[Sentence]:
    queue = effect.get("queue")
    text = _("Routed to %(queue)s") % {"queue": spoken(queue)} if queue else _("Left without a queue")
    yield Sentence("split", text, effect.get("because", ""), weight=7)


def assigned(effect: Data, names: Names) -> Iterator[Sentence]:
    agent = effect.get("agent")
    if agent is None:
        yield Sentence("circle-dashed", _("Waits for an agent"), effect.get("because", ""), weight=6)
    else:
        text = _("Assigned to %(agent)s") % {"agent": names.get(agent, _("somebody"))}
        yield Sentence("user", text, effect.get("because", ""), weight=8)


def put_clock(effect: Data, names: Names) -> Iterator[Sentence]:
    changes = {
        "started": _("%(metric)s clock started: %(target)s"),
        "paused": _("%(metric)s clock paused"),
        "resumed": _("%(metric)s clock goes on"),
        "retargeted": _("%(metric)s target is now %(target)s"),
        "met": _("%(metric)s target met"),
        "breached": _("%(metric)s target missed"),
        "cancelled": _("%(metric)s clock ended without a verdict"),
    }
    sentence = changes.get(effect.get("change", ""))
    clock = effect.get("clock") or {}
    if sentence is None or clock.get("metric") == "tier":
        return
    text = sentence % {"metric": metric(clock.get("metric")), "target": clock.get("target")}
    weight = 7 if effect["change"] == "breached" else 1
    yield Sentence("clock", text, effect.get("because", ""), weight=weight)


def entered_tier(effect: Data, names: Names) -> Iterator[Sentence]:
    reason = str(effect.get("reason") or "")
    tier = {"tier": spoken(effect.get("tier"))}
    if reason == "opened":
        yield Sentence("trending-up", _("Starts in %(tier)s") % tier, weight=0)
    elif reason == "handed_back":
        yield Sentence("undo-2", _("Back in %(tier)s") % tier, _("handed back"), weight=9)
    elif not effect.get("tier"):
        yield Sentence("trending-up", _("Escalation: past the last tier"), said_by(reason), weight=9)
    else:
        yield Sentence("trending-up", _("Escalation: now in %(tier)s") % tier, said_by(reason), weight=9)


def said_by(reason: str) -> str:
    """A tier's reason: a code of the engine, or what an agent wrote."""
    return _("by hand") if reason == "manual" else reason if " " in reason else plain(reason)


def triggers_fired(effect: Data, names: Names) -> Iterator[Sentence]:
    fired = ", ".join(spoken(name).lower() for name in effect.get("triggers") or ())
    yield Sentence("siren", _("Management trigger: %(triggers)s") % {"triggers": fired}, effect.get("because", ""), 8)


def boosted(effect: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("zap", _("Priority raised for repeated escalations"), effect.get("because", ""), weight=5)


def notified(effect: Data, names: Names) -> Iterator[Sentence]:
    people = ", ".join(names.get(agent, _("somebody")) for agent in effect.get("agents") or ())
    audience = spoken(effect.get("audience"))
    text = (
        _("Told %(audience)s: %(people)s") % {"audience": audience, "people": people}
        if people
        else _("Nobody to tell in %(audience)s") % {"audience": audience}
    )
    yield Sentence("bell", text, effect.get("because", ""), weight=3)


def acknowledgement(effect: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("send", _("Automatic acknowledgement written"), weight=0)


def follow_up(effect: Data, names: Names) -> Iterator[Sentence]:
    text = _("Follow-up ticket opened: %(subject)s") % {"subject": effect.get("subject")}
    yield Sentence("corner-down-left", text, effect.get("because", ""), weight=6)


EFFECTS: Final[Mapping[str | None, Callable[[Data, Names], Iterator[Sentence]]]] = {
    "SetField": set_field,
    "SetStatus": set_status,
    "AddTags": add_tags,
    "SetSignals": set_signals,
    "Route": routed,
    "Assign": assigned,
    "PutClock": put_clock,
    "EnterTier": entered_tier,
    "FireTriggers": triggers_fired,
    "MarkBoosted": boosted,
    "Notify": notified,
    "Acknowledge": acknowledgement,
    "OpenFollowUp": follow_up,
}
