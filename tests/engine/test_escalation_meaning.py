"""The sentences the language says about tiers, each decided whole: what happens, in this order, and where it stands."""

import pytest

from deskwright.engine.effects import EnterTier, FireTriggers, Notify
from deskwright.engine.events import ClockMark, EscalatedByHand, EscalationAcknowledged, HandedBack, Reconsidered
from deskwright.engine.facts import Signals
from deskwright.engine.loading import load
from tests.engine.desktop import TEXT, Desktop

PATIENT = TEXT.replace(
    "tier_2: {timeout: 4h, conditions: [product_bug], escalate_to: engineering_team}",
    "tier_2: {timeout: 4h, acknowledge_within: 30m, conditions: [product_bug], escalate_to: engineering_team}\n"
    "  tier_3: {timeout: 1h, acknowledge_within: 15m, conditions: [product_bug], escalate_to: engineering_team}",
)
UPSET = {"signals": Signals(sentiment=-0.9)}


def told_of(audience):
    return lambda desk: [effect.subject for effect in desk.of(Notify) if effect.audience == audience]


def mark(cycle):
    return lambda desk, when: desk.happen(ClockMark("tier", cycle, 1.0), when)


def opened(desk, when):
    desk.opened(when)


def opened_upset(desk, when):
    desk.opened(when, text="It never works", **UPSET)


def upset(desk, when):
    desk.wrote(when, text="It never works", **UPSET)


def bug(desk, when):
    desk.wrote(when, text="a regression, I think")


def replied(desk, when):
    desk.replied(when)


def by_hand(desk, when):
    desk.happen(EscalatedByHand(agent=2, reason="too hard"), when)


def acknowledged(desk, when):
    desk.happen(EscalationAcknowledged(agent=1), when)


def handed_back(desk, when):
    desk.happen(HandedBack(agent=1, reason="easy"), when)


def handed_down(desk, when):
    desk.happen(HandedBack(agent=1, to="tier_1"), when)


def asked_again(desk, when):
    desk.happen(Reconsidered("a lead asked"), when)


STORIES = {
    "a ticket enters tier_1 when it opens": (
        [(opened, "10:00")],
        [("tier_1", "opened")],
    ),
    "no response when the timeout ran out escalates": (
        [(opened, "10:00"), (mark(1), "12:00")],
        [("tier_1", "opened"), ("tier_2", "no_response")],
    ),
    "a public reply since the tier began keeps it": (
        [(opened, "10:00"), (replied, "11:00"), (mark(1), "12:00")],
        [("tier_1", "opened")],
    ),
    "a timeout that has not run out does nothing": (
        [(opened, "10:00"), (mark(1), "11:00")],
        [("tier_1", "opened")],
    ),
    "a signal that newly rises escalates at once": (
        [(opened, "10:00"), (upset, "10:30")],
        [("tier_1", "opened"), ("tier_2", "customer_frustration")],
    ),
    "a signal that held when the tier began does not escalate at once": (
        [(opened_upset, "10:00")],
        [("tier_1", "opened")],
    ),
    "and counts when the timeout runs out, whatever was replied": (
        [(opened_upset, "10:00"), (replied, "10:10"), (mark(1), "12:00")],
        [("tier_1", "opened"), ("tier_2", "customer_frustration")],
    ),
    "a signal another tier listens to changes nothing here": (
        [(opened, "10:00"), (bug, "10:30")],
        [("tier_1", "opened")],
    ),
    "escalating starts the next tier's timeout": (
        [(opened, "10:00"), (bug, "10:10"), (upset, "10:30"), (mark(2), "14:30")],
        [("tier_1", "opened"), ("tier_2", "customer_frustration"), (None, "product_bug")],
    ),
    "the reason given by hand is kept": (
        [(opened, "10:00"), (by_hand, "10:10")],
        [("tier_1", "opened"), ("tier_2", "too hard")],
    ),
    "an escalation is handed back, and may be escalated again": (
        [(opened, "10:00"), (by_hand, "10:10"), (handed_back, "10:20"), (by_hand, "10:30")],
        [("tier_1", "opened"), ("tier_2", "too hard"), ("tier_1", "handed_back"), ("tier_2", "too hard")],
    ),
    "from the top it goes down to the tier named": (
        [(opened, "10:00"), (by_hand, "10:10"), (by_hand, "10:20"), (handed_down, "10:30")],
        [("tier_1", "opened"), ("tier_2", "too hard"), (None, "too hard"), ("tier_1", "handed_back")],
    ),
    "it is not handed back below the lowest": (
        [(opened, "10:00"), (handed_back, "10:20"), (handed_down, "10:30")],
        [("tier_1", "opened")],
    ),
    "routing again leaves the ladder alone": (
        [(opened, "10:00"), (by_hand, "10:10"), (asked_again, "10:20")],
        [("tier_1", "opened"), ("tier_2", "too hard")],
    ),
    "what is not escalated cannot be acknowledged: its timeout runs on": (
        [(opened, "10:00"), (acknowledged, "10:10"), (mark(1), "12:00")],
        [("tier_1", "opened"), ("tier_2", "no_response")],
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_ladder_means_what_the_language_says(story):
    deeds, expected = STORIES[story]
    entered, desk = live(Desktop(category="technical"), deeds)
    assert entered == expected
    assert desk.ticket.tier == expected[-1][0]
    assert desk.ticket.tier_number == len(expected)


def live(desk, deeds):
    entered = []
    for deed, when in deeds:
        deed(desk, when)
        entered += [(effect.tier, effect.reason) for effect in desk.of(EnterTier)]
    return entered, desk


def patient():
    desk = Desktop(category="technical")
    desk.flow = load(PATIENT)
    return desk


def test_an_escalation_advances_tier_by_tier_until_somebody_acknowledges():
    marks = [(mark(1), "12:00"), (mark(2), "12:30"), (mark(3), "12:45")]
    entered, desk = live(patient(), [(opened, "10:00"), *marks])
    assert [reason for _, reason in entered] == ["opened", "no_response", "not_acknowledged", "not_acknowledged"]
    assert desk.ticket.tier is None
    assert told_of("leads")(desk) == ["Nobody acknowledged the last tier: Help"]


def test_an_acknowledged_escalation_advances_no_more():
    deeds = [(opened, "10:00"), (mark(1), "12:00"), (acknowledged, "12:10"), (mark(2), "12:30"), (mark(2), "16:30")]
    entered, desk = live(patient(), deeds)
    assert [tier for tier, _ in entered] == ["tier_1", "tier_2"]
    assert told_of("leads")(desk) == []


def test_management_hears_of_each_trigger_once_at_any_tier():
    desk = Desktop(category="technical").opened(text="my lawyer will call")
    assert [effect.triggers for effect in desk.of(FireTriggers)] == [{"legal_threat"}]
    assert told_of("managers")(desk) == ["Legal threat: Help"]
    by_hand(desk, "10:10")
    desk.wrote("10:20", text="my lawyer is here")
    assert desk.of(FireTriggers) == []
    assert told_of("managers")(desk) == []


def test_a_trigger_that_rises_in_a_later_tier_still_fires():
    desk = Desktop(category="technical").opened()
    by_hand(desk, "10:10")
    desk.wrote("10:20", text="my lawyer is here")
    assert [effect.triggers for effect in desk.of(FireTriggers)] == [{"legal_threat"}]
