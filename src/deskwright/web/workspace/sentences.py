"""What happened to a ticket, in sentences: one function for each kind of event and of effect.

Works on the events as stored; never looks anything up beyond the names it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deskwright.desk import workflows
from deskwright.web import telling
from deskwright.web.keywords import keyword
from deskwright.web.words import FIELDS, custom_value, field, inside, metric, moment, spoken, ticket_type, word
from deskwright.web.workspace import alerts, cautions, joinings, mails, remarks
from deskwright.web.workspace.sentence import Data, Names, Sentence


def told(event: Data, names: Names) -> Iterator[Sentence]:
    """The event itself, then what the workflow did about it."""
    data = event["data"] or {}
    tell_event = WORDS.get(event["kind"])
    if tell_event is not None:
        yield from tell_event(event, data, names)
    if data.get("failed"):
        yield Sentence("octagon-alert", _("The workflow could not decide on this; nothing was changed"), weight=9)
    for effect in data.get("effects") or ():
        tell = EFFECTS.get(effect.get("effect")) or joinings.EFFECTS.get(effect.get("effect", ""))
        if tell is not None:
            yield from tell(effect, names) if tell is entered_tier else map(in_words, tell(effect, names))


def in_words(sentence: Sentence) -> Sentence:
    """With the engine's names in its cause made readable."""
    return replace(sentence, because=telling.told(sentence.because))


def value_of(name: str, value: Any, names: Names) -> str:
    """A field's value as people say it."""
    if value is None or value == "":
        return _("nobody") if name in {"assignee", "assignee_id"} else _("none")
    if name in {"assignee", "assignee_id"}:
        return names.get(value, _("somebody"))
    if name in {"status", "priority"}:
        return word(name, value)
    if name == "complexity":
        return keyword(value, "complexity")
    if name in {"impact", "urgency"}:
        return telling.level(value)
    if name == "type":
        return ticket_type(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or _("none")
    if name == "vip":
        return _("yes") if value else _("no")
    custom = workflows.latest().fields.get(name.removeprefix("fields."))
    if custom is not None and name not in FIELDS:
        return custom_value(custom, value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    return spoken(value) if name in {"queue", "category"} else str(value)


# Events


def opened(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    if data.get("risks"):
        because = ", ".join(spoken(name) for name in data["risks"])
        yield Sentence("stethoscope", _("The desk opened a health check"), because, weight=7)
        return
    by = {"customer": _("The customer opened the ticket"), "agent": _("An agent opened the ticket")}
    yield Sentence("inbox", by.get(data.get("by", ""), _("The desk opened the ticket")), weight=0)
    yield from joinings.came_from(data)
    yield from cautions.of_mail(event, data, names)


def fields_changed(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    if data.get("alert"):
        yield from alerts.told(data)
        return
    moved = one_status(data.get("changes") or {})
    changes = ", ".join(changed(name, pair, names) for name, pair in moved.items())
    who = event.get("agent") or (_("The customer") if data.get("customer") else _("The workflow"))
    text = _("%(who)s took back: %(changes)s") if data.get("undoes") else _("%(who)s changed %(changes)s")
    yield Sentence("square-pen", text % {"who": who, "changes": changes}, weight=6)


def one_status(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """A category and the custom status within it are one status to people."""
    if "substatus" not in changes:
        return changes
    old, new = changes["substatus"]
    before, after = changes.get("status") or (None, None)
    rest = {name: pair for name, pair in changes.items() if name not in {"status", "substatus"}}
    same = category_of(old or new) if "status" not in changes else None
    return {"status": [old or before or same, new or after or same], **rest}


def category_of(status: str | None) -> str | None:
    known = workflows.latest().statuses.get(status or "")
    return known.category if known else None


def changed(name: str, pair: Any, names: Names) -> str:
    old, new = [*pair, None, None][:2] if isinstance(pair, list) else (None, pair)
    values = {"field": inside(field(name)), "old": value_of(name, old, names), "new": value_of(name, new, names)}
    return _("%(field)s %(old)s → %(new)s") % values


def clock_mark(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    share = round(float(data.get("share") or 0) * 100)
    name = metric(data.get("metric"))
    if share >= 100:
        text = _("The %(metric)s target ran out") % {"metric": inside(name)}
        yield Sentence("triangle-alert", text, weight=8)
    else:
        text = _("%(share)s %% of the %(metric)s target used") % {"share": share, "metric": inside(name)}
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
    said = _("The customer changed the rating to %(score)s of 5") if data.get("before") else None
    text = (said or _("The customer rated the answer %(score)s of 5")) % {"score": data.get("csat")}
    yield Sentence("star", text, str(data.get("comment") or ""), weight=9)


def survey_skipped(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("star", _("The customer was not asked for a rating"), telling.told(data.get("because")), weight=4)


def agent_returned(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("user", _("An agent became available"), weight=1)


def reconsidered(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("refresh-cw", _("Routing was asked again"), telling.told(data.get("because")), weight=2)


def snoozed(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    who = event.get("agent") or _("Somebody")
    if not data.get("until"):
        yield Sentence("calendar-clock", _("%(who)s snoozed it until the customer writes") % {"who": who}, weight=6)
        return
    until = f"{moment(datetime.fromisoformat(data['until']))} UTC"
    yield Sentence("calendar-clock", _("%(who)s snoozed it until %(until)s") % {"who": who, "until": until}, weight=6)


def woken(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    causes = {"time": _("its time came"), "customer_wrote": _("the customer wrote")}
    who = event.get("agent") or _("Somebody")
    because = causes.get(data.get("because", ""), _("%(who)s called it back") % {"who": who})
    yield Sentence("bell", _("Awake again"), because, weight=6)


def note_added(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    """Only what the note itself does not show: who could not be told."""
    unable = ", ".join(names.get(agent, _("somebody")) for agent in data.get("unable") or ())
    if unable:
        yield Sentence(
            "at-sign", _("Not told, because they cannot see this ticket: %(names)s") % {"names": unable}, weight=5
        )


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
    "survey_skipped": survey_skipped,
    "agent_returned": agent_returned,
    "reconsidered": reconsidered,
    "snoozed": snoozed,
    "woken": woken,
    "note_added": note_added,
    "cut_off": cut_off,
}
WORDS: Final = {**EVENTS, **remarks.EVENTS, **joinings.EVENTS, **mails.EVENTS}


# Effects


def set_field(effect: Data, names: Names) -> Iterator[Sentence]:
    name = effect.get("name", "")
    text = _("%(field)s set to %(value)s") % {
        "field": field(name),
        "value": value_of(name, effect.get("value"), names),
    }
    yield Sentence("square-pen", text, effect.get("because", ""), weight=5 if name == "priority" else 2)


def set_customer(effect: Data, names: Names) -> Iterator[Sentence]:
    name = effect.get("name", "")
    value = word("channel", effect.get("value")) if name == "preferred_channel" else effect.get("value")
    text = _("Of the customer: %(field)s is %(value)s") % {"field": inside(field(name)), "value": value or "–"}
    yield Sentence("user", text, effect.get("because", ""), weight=2)


def set_status(effect: Data, names: Names) -> Iterator[Sentence]:
    text = _("Status set to %(status)s") % {"status": word("status", effect.get("substatus") or effect.get("status"))}
    yield Sentence("circle-dot", text, effect.get("because", ""), weight=5)


def add_tags(effect: Data, names: Names) -> Iterator[Sentence]:
    text = _("Tagged %(tags)s") % {"tags": ", ".join(effect.get("tags") or ())}
    yield Sentence("tag", text, effect.get("because", ""), weight=2)


def set_signals(effect: Data, names: Names) -> Iterator[Sentence]:
    risen = effect.get("risen") or ()
    if risen:
        text = _("Signal raised: %(signals)s") % {"signals": ", ".join(inside(spoken(name)) for name in risen)}
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


TIER_REASONS: Final = {
    "manual": gettext_lazy("by hand"),
    "no_response": gettext_lazy("nobody responded in time"),
    "not_acknowledged": gettext_lazy("nobody acknowledged it in time"),
    "automation": gettext_lazy("an automation"),
}
"""What the ladder's own codes mean; the others are signals."""


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
    known = TIER_REASONS.get(reason)
    return str(known) if known else telling.value(reason)


def triggers_fired(effect: Data, names: Names) -> Iterator[Sentence]:
    fired = ", ".join(inside(spoken(name)) for name in effect.get("triggers") or ())
    yield Sentence("siren", _("Management trigger: %(triggers)s") % {"triggers": fired}, effect.get("because", ""), 8)


def boosted(effect: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("zap", _("Priority raised for repeated escalations"), effect.get("because", ""), weight=5)


def notified(effect: Data, names: Names) -> Iterator[Sentence]:
    people = ", ".join(names.get(agent, _("somebody")) for agent in effect.get("agents") or ())
    audience = telling.audience(effect.get("audience") or "")
    text = (
        _("Told %(audience)s: %(people)s") % {"audience": audience, "people": people}
        if people
        else _("Nobody to tell in %(audience)s") % {"audience": audience}
    )
    yield Sentence("bell", text, effect.get("because", ""), weight=3)


def acknowledgement(effect: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("send", _("Automatic acknowledgement written"), "; ".join(told_in_it(effect.get("told") or {})), 0)


def told_in_it(told: Data) -> Iterator[str]:
    """What the acknowledgement said and why."""
    expected, articles = told.get("expected"), told.get("articles")
    if expected and expected.get("usually_by"):
        yield ngettext(
            "%(number)s ticket waits, so it says what is usual, and promises the target",
            "%(number)s tickets wait, so it says what is usual, and promises the target",
            expected["waiting"],
        ) % {"number": expected["waiting"]}
    elif expected:
        yield _("promises the target") if expected.get("promised") else _("promises nothing: there is no target")
    for article in articles or ():
        share = round(article["share"] * 100)
        yield _("suggests “%(title)s”, which speaks of %(share)s %% of the question") % {**article, "share": share}
    if articles == []:
        yield _("no article fits well enough")


def follow_up(effect: Data, names: Names) -> Iterator[Sentence]:
    text = _("Follow-up ticket opened: %(subject)s") % {"subject": effect.get("subject")}
    yield Sentence("corner-down-left", text, effect.get("because", ""), weight=6)


def survey_planned(effect: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("star", _("The customer will be asked for a rating"), effect.get("because", ""), weight=0)


def survey_cancelled(effect: Data, names: Names) -> Iterator[Sentence]:
    yield Sentence("star", _("The customer is not asked for a rating any more"), effect.get("because", ""), weight=1)


EFFECTS: Final[Mapping[str | None, Callable[[Data, Names], Iterator[Sentence]]]] = {
    "SetField": set_field,
    "SetCustomer": set_customer,
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
    "PlanSurvey": survey_planned,
    "CancelSurvey": survey_cancelled,
}
